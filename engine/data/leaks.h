#pragma once

#include "engine/core/result.h"
#include "engine/core/task.h"
#include "engine/data/rowstore.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace taskfold::data {

/// Every input of any task's validation and test split, and where it lies.
class HeldOut {
public:
    void add(const std::string& task, Split split, const RowFile& rows);

    /// Where the input lies: "banking77/test line 12". Empty: nowhere.
    std::string twinOf(std::string_view input) const;

    /// The rows of a training split that may not be trained on: line to its twin's place.
    std::map<std::int64_t, std::string> masksFor(const RowFile& train) const;

private:
    struct Place {
        int source = 0;
        std::int64_t line = 0;
    };

    std::vector<std::string> m_sources;
    std::unordered_map<std::string, Place> m_inputs;
};

}  // namespace taskfold::data
