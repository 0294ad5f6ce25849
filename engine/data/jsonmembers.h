#pragma once

#include "engine/data/jsonwindow.h"

#include <memory>
#include <string>
#include <vector>

namespace taskfold::data {

/// Values one after another: of an object, of a list, or of a file of nothing else. Commas between them may be missing.
class JsonMembers {
public:
    enum class Kind { List, Object, File };

    JsonMembers(std::unique_ptr<ByteStream> stream, Kind kind) : m_window(std::move(stream)), m_kind(kind) { }

    JsonWindow& window() { return m_window; }
    /// Of an object's last value, in its quotes.
    const std::string& key() const { return m_key; }

    /// To the value that the top object has there; false where it has none.
    Result<bool> enter(const std::string& quotedName);
    /// The names of the top object's values, in their quotes.
    Result<std::vector<std::string>> names();
    /// Past the bracket by which the values begin, of whichever kind; false where there is none.
    Result<bool> begin();
    /// The size of the next value, which begins where the window stands; 0 at the end. InvalidInput where it can't be read on.
    Result<std::size_t> next();

private:
    Result<bool> open(char bracket);
    Result<bool> skipSeparators();
    Result<bool> nextKey();

    JsonWindow m_window;
    Kind m_kind;
    std::string m_key;
};

Error brokenJson(const std::string& words);

}  // namespace taskfold::data
