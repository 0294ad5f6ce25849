#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::jobs {

/// How many rows have which label, of any number of rows in little memory: targets that aren't labels (a task's labels can be
/// changed after its rows were imported) are told apart while they are few, and are one entry when they are many.
class LabelCounts {
public:
    static constexpr std::size_t kMostOthers = 2000;
    static constexpr std::string_view kOthers = "…";

    explicit LabelCounts(const std::vector<std::string>& labels)
    {
        for (const std::string& label : labels)
            m_labels.emplace(label, 0);
    }

    void add(std::string_view target, std::int64_t rows = 1);
    /// Of the same labels. The sum doesn't depend on the order.
    void add(const LabelCounts& other);
    /// Those that occur.
    std::map<std::string, std::int64_t> all() const;

private:
    using Counts = std::map<std::string, std::int64_t, std::less<>>;

    Counts m_labels, m_others;
    std::int64_t m_manyOthers = 0;  // rows, once they are too many to be told apart
    bool m_many = false;
};

}  // namespace taskfold::jobs
