#include "engine/data/blocks.h"

#include <cctype>
#include <cstring>
#include <string>

namespace taskfold::data {

namespace {

constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kLongest = 64 << 20;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Where a value that starts at `at` ends, by its brackets and quotes; npos while the text doesn't hold all of it.
std::size_t endOfValue(std::string_view text, std::size_t at)
{
    int depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        switch (text[i]) {
        case '"':
            for (++i; i < text.size() && text[i] != '"'; ++i)
                i += text[i] == '\\' ? 1 : 0;
            if (i >= text.size())
                return std::string_view::npos;
            break;
        case '{':
        case '[': ++depth; continue;
        case '}':
        case ']':
            if (depth == 0)
                return i;  // the list's own end, after a bare word
            --depth;
            break;
        case ',':
            if (depth == 0)
                return i;
            continue;
        default: continue;
        }
        if (depth == 0)
            return i + 1;
    }
    return std::string_view::npos;
}

// Elements of one list of a file, without ever holding the file. Keeps a window of bytes that aren't consumed yet.
class JsonBlocks final : public BlockSource {
public:
    JsonBlocks(std::unique_ptr<ByteStream> stream, std::string path) : m_stream(std::move(stream)), m_path(std::move(path)) { }

    Result<bool> next(Block& block) override
    {
        block.spans.clear();
        block.overlong = false;
        block.trouble.clear();
        if (!m_inside) {
            if (m_ended)
                return false;
            Result<bool> found = findList();
            if (!found || !*found)
                return found;
        }
        std::size_t taken = 0;
        while (m_inside && taken < kBlock) {
            const Result<bool> one = element(block, taken);
            if (!one)
                return one;
            if (!*one)
                break;
        }
        block.make(taken);
        std::memcpy(block.data(), m_window.data() + m_from, taken);
        block.setSize(taken);
        m_from += taken;
        return !block.spans.empty() || !block.trouble.empty();
    }

    std::int64_t done() const override { return m_stream->done(); }
    std::int64_t total() const override { return m_stream->total(); }
    std::string hash() override { return m_stream->hash(); }

private:
    // One more element behind the `taken` bytes of this block; false at the list's end.
    Result<bool> element(Block& block, std::size_t& taken)
    {
        std::size_t at = taken;
        for (;; ++at) {  // to the element's first byte
            if (Result<bool> there = ensure(at); !there)
                return there;
            else if (!*there)
                return trouble(block, "the list of rows is never closed");
            const char c = m_window[m_from + at];
            if (c == ']')
                return finish(taken, at, block);
            if (c == ',' && !m_comma) {
                m_comma = true;
                continue;
            }
            if (!isBlank(c))
                break;
        }
        if (!m_comma && m_count > 0)
            return trouble(block, "a comma is missing between two rows");
        if (m_window[m_from + at] == ',')
            return trouble(block, "there are two commas where one should be");
        std::size_t end = std::string_view::npos;
        while ((end = endOfValue(std::string_view(m_window).substr(m_from), at)) == std::string_view::npos) {
            const std::size_t had = m_window.size() - m_from;
            if (had - at > kLongest)
                return trouble(block, "a row has more than 64 MiB, or is never closed");
            if (Result<bool> more = ensure(had + kBlock / 2); !more)
                return more;
            if (m_window.size() - m_from == had)
                return trouble(block, "the last row is never closed");
        }
        block.spans.emplace_back(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at));
        taken = end;
        m_comma = false;
        ++m_count;
        return true;
    }

    Result<bool> trouble(Block& block, const char* words)
    {
        block.trouble = words;
        m_inside = false;
        m_ended = true;
        return false;
    }

    Result<bool> finish(std::size_t& taken, std::size_t at, Block& block)
    {
        taken = at + 1;
        m_inside = false;
        m_ended = true;
        if (m_comma && m_count > 0)
            block.trouble = "a comma follows the last row";
        // The rest of the file is read for its hash, and because it may have changed.
        std::string dust(kBlock, '\0');
        for (;;) {
            const Result<std::size_t> got = m_stream->read(dust.data(), dust.size());
            if (!got)
                return got.error();
            if (*got == 0)
                return false;
        }
    }

    // Whether the window reaches to that place behind m_from.
    Result<bool> ensure(std::size_t place)
    {
        if (m_from > 4 * kBlock) {
            m_window.erase(0, m_from);
            m_from = 0;
        }
        while (m_from + place >= m_window.size() && !m_atEnd) {
            const std::size_t size = m_window.size();
            m_window.resize(size + kBlock);
            const Result<std::size_t> got = m_stream->read(m_window.data() + size, kBlock);
            if (!got)
                return got.error();
            m_window.resize(size + *got);
            m_atEnd = *got == 0;
        }
        return m_from + place < m_window.size();
    }

    // Consumes everything up to the first byte behind the opening bracket of the list.
    Result<bool> findList()
    {
        if (Result<bool> any = skipBlank(); !any || !*any)
            return any;
        std::string rest = m_path;
        for (;;) {
            if (Result<bool> any = skipBlank(); !any)
                return any;
            else if (!*any)
                break;
            const char c = m_window[m_from];
            if (c == '[' && rest.empty()) {
                ++m_from;
                m_inside = true;
                return true;
            }
            if (c != '{')
                break;
            ++m_from;
            const Result<bool> found = enterField(rest);
            if (!found || !*found)
                return found ? missing() : found;
        }
        return missing();
    }

    Result<bool> missing() const
    {
        return Error{ErrorCode::InvalidInput,
            m_path.empty() ? "the file holds no list of rows" : "the file has no list of rows at “" + m_path + "”"};
    }

    // Stands behind an opening brace: goes to the value of the path's next field (with no path: of the first list).
    Result<bool> enterField(std::string& rest)
    {
        const std::string name = rest.substr(0, rest.find('.'));
        for (;;) {
            if (Result<bool> any = skipBlank(); !any || !*any)
                return any;
            if (m_window[m_from] == '}')
                return false;
            if (m_window[m_from] == ',') {
                ++m_from;
                continue;
            }
            Result<std::string> key = take();
            if (!key)
                return std::move(key).error();
            if (Result<bool> any = skipBlank(); !any || !*any || m_window[m_from] != ':')
                return any ? Result<bool>(false) : any;
            ++m_from;
            if (Result<bool> any = skipBlank(); !any || !*any)
                return any;
            if (rest.empty() ? m_window[m_from] == '[' : *key == "\"" + name + "\"") {
                rest = rest.find('.') == std::string::npos ? std::string{} : rest.substr(rest.find('.') + 1);
                return true;
            }
            if (Result<std::string> value = take(); !value)
                return std::move(value).error();
        }
    }

    Result<bool> skipBlank()
    {
        for (;; ++m_from) {
            const Result<bool> there = ensure(0);
            if (!there || !*there)
                return there;
            const char c = m_window[m_from];
            if (std::exchange(m_beginning, false) && c == '\xEF') {
                m_from += 2;  // the byte order mark
                continue;
            }
            if (!isBlank(c))
                return true;
        }
    }

    // A whole value, consumed. (One before the list of rows, so small.)
    Result<std::string> take()
    {
        for (;;) {
            const std::size_t end = endOfValue(std::string_view(m_window).substr(m_from), 0);
            const std::size_t had = m_window.size();
            if (end != std::string_view::npos && end > 0) {
                std::string value = m_window.substr(m_from, end);
                m_from += end;
                return value;
            }
            if (end == 0 || had - m_from > kLongest)
                return Error{ErrorCode::InvalidInput, "the file isn't valid JSON before its list of rows"};
            if (Result<bool> more = ensure(had - m_from + kBlock); !more)
                return std::move(more).error();
            if (m_window.size() == had)
                return Error{ErrorCode::InvalidInput, "the file ends inside its first value: it isn't valid JSON"};
        }
    }

    std::unique_ptr<ByteStream> m_stream;
    std::string m_path;
    std::string m_window;
    std::size_t m_from = 0;
    std::int64_t m_count = 0;
    bool m_beginning = true, m_atEnd = false, m_inside = false, m_ended = false, m_comma = false;
};

}  // namespace

std::unique_ptr<BlockSource> jsonBlocks(std::unique_ptr<ByteStream> stream, std::string path)
{
    return std::make_unique<JsonBlocks>(std::move(stream), std::move(path));
}

}  // namespace taskfold::data
