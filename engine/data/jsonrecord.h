#pragma once

#include "engine/data/reader.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace taskfold::data {

/// Objects of JSON as records. Keeps its buffers from one line to the next.
class JsonReader {
public:
    JsonReader();
    ~JsonReader();

    /// Fills the record's values; words about what is wrong, nothing when all is well.
    std::string read(std::string_view object, Record& record);

private:
    struct Parser;

    std::unique_ptr<Parser> m_parser;
};

/// A file that is one array of objects, or an object whose only array is that. The line is the element's number.
Result<void> readJsonArray(const std::string& text, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop);

}  // namespace taskfold::data
