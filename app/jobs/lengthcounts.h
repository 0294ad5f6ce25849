#pragma once

#include "engine/core/dataset.h"

#include <cstdint>
#include <map>
#include <vector>

namespace taskfold::jobs {

/// How many rows have which length: of any number of rows in little memory.
class LengthCounts {
public:
    void add(std::int64_t length);
    void add(const LengthCounts& other);

    std::int64_t rows() const { return m_rows; }
    std::int64_t sum() const { return m_sum; }
    LengthStatistics statistics() const;

private:
    std::int64_t at(double share) const;
    template <typename Told>
    void each(const Told& told) const;

    static constexpr std::size_t kShort = 1 << 14;

    std::vector<std::int64_t> m_short;  // rows by length
    std::map<std::int64_t, std::int64_t> m_long;  // those that are longer
    std::int64_t m_rows = 0, m_sum = 0;
};

}  // namespace taskfold::jobs
