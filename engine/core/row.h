#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace taskfold {

/// One example of a task, as it was imported.
struct Row {
    std::int64_t line = 0;  // of its source file, from 1
    std::string input;
    std::string target;
    std::vector<std::string> references;  // further right answers
    std::string group;  // rows of one group stay in one split

    bool operator==(const Row&) const = default;
};

}  // namespace taskfold
