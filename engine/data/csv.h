#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

struct CsvShape {
    char delimiter = ',';
    bool quotes = true;  // TSV has none: its cells can't hold tabs or line ends
};

struct CsvRecord {
    std::int64_t line = 0;  // where it begins, from 1
    std::vector<std::string> cells;
    std::string_view raw;
    bool unclosedQuote = false;
};

/// RFC 4180 with any one-character delimiter: tells every record until the answer is false. A quote that is never
/// closed takes its own line only, so that one broken row doesn't swallow the file.
void readCsv(std::string_view text, const CsvShape& shape, const std::function<bool(CsvRecord)>& told);

}  // namespace taskfold::data
