#pragma once

#include "engine/core/task.h"
#include "engine/data/rowstore.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// Every input of any task's validation and test split, and where it lies: sixteen bytes each.
class HeldOut {
public:
    void add(const std::string& task, Split split, const RowFile& rows);

    /// Where the input lies: "banking77/test line 12". Empty: nowhere. Not from several threads before the first answer.
    std::string twinOf(std::string_view input) const;

private:
    struct Entry {
        std::uint64_t hash;
        std::uint64_t place;  // source and line
    };

    void settle() const;
    const Entry* find(std::uint64_t hash) const;
    std::string placeOf(const Entry& entry) const;

    std::vector<std::string> m_sources;
    mutable std::vector<Entry> m_inputs;
    mutable std::vector<std::uint64_t> m_sieve;  // a bit for each hash, sixteen bits an input: most rows end here
    mutable bool m_sorted = true;
};

}  // namespace taskfold::data
