#pragma once

#include "engine/data/stream.h"

#include <memory>
#include <string>
#include <string_view>

namespace taskfold::data {

bool isJsonBlank(char c);

/// Where a value that starts at `at` ends, by its brackets and quotes; npos while the text doesn't hold all of it.
std::size_t endOfJsonValue(std::string_view text, std::size_t at);

/// A JSON file of any size, of which only what isn't consumed yet is held.
class JsonWindow {
public:
    static constexpr std::size_t kBlock = 1 << 20;
    static constexpr std::size_t kLongest = 64 << 20;  // of one value

    explicit JsonWindow(std::unique_ptr<ByteStream> stream) : m_stream(std::move(stream)) { }

    /// Whether there is a byte so many places further on.
    Result<bool> ensure(std::size_t place);
    char at(std::size_t place) const { return m_window[m_from + place]; }
    std::string_view ahead() const { return std::string_view(m_window).substr(m_from); }
    void consume(std::size_t bytes) { m_from += bytes; }

    /// To the next byte that isn't blank; false at the end.
    Result<bool> skipBlank();
    /// A value that begins here, consumed; a small one.
    Result<std::string> take();
    /// Consumes a value of any size.
    Result<bool> skipValue();
    /// Where the value that begins at that place ends; npos: it has more than 64 MiB, or is never closed.
    Result<std::size_t> endOf(std::size_t place);
    /// Reads the rest of the file: for its hash, and because it may have changed.
    Result<bool> readRest();

    const ByteStream& stream() const { return *m_stream; }
    std::string hash() { return m_stream->hash(); }

private:
    std::unique_ptr<ByteStream> m_stream;
    std::string m_window;
    std::size_t m_from = 0;
    bool m_beginning = true, m_atEnd = false;
};

}  // namespace taskfold::data
