#include "app/jobs/lengthcounts.h"

#include <algorithm>

namespace taskfold::jobs {

void LengthCounts::add(std::int64_t length)
{
    ++m_rows;
    m_sum += length;
    if (length < 0 || static_cast<std::size_t>(length) >= kShort) {
        ++m_long[length];
        return;
    }
    m_short.resize(std::max(m_short.size(), static_cast<std::size_t>(length) + 1));
    ++m_short[static_cast<std::size_t>(length)];
}

void LengthCounts::add(const LengthCounts& other)
{
    m_rows += other.m_rows;
    m_sum += other.m_sum;
    m_short.resize(std::max(m_short.size(), other.m_short.size()));
    for (std::size_t i = 0; i < other.m_short.size(); ++i)
        m_short[i] += other.m_short[i];
    for (const auto& [length, rows] : other.m_long)
        m_long[length] += rows;
}

// Lengths that occur, rising, with how many rows have them; until it is told false.
template <typename Told>
void LengthCounts::each(const Told& told) const
{
    for (std::size_t i = 0; i < m_short.size(); ++i)
        if (m_short[i] > 0 && !told(static_cast<std::int64_t>(i), m_short[i]))
            return;
    for (const auto& [length, rows] : m_long)
        if (!told(length, rows))
            return;
}

std::int64_t LengthCounts::at(double share) const
{
    auto left = static_cast<std::int64_t>(share * static_cast<double>(m_rows - 1) + 0.5);
    std::int64_t found = 0;
    each([&](std::int64_t length, std::int64_t rows) {
        found = length;
        left -= rows;
        return left >= 0;
    });
    return found;
}

LengthStatistics LengthCounts::statistics() const
{
    constexpr std::int64_t kBars = 40;
    LengthStatistics result;
    if (m_rows == 0)
        return result;
    result.smallest = at(0);
    result.median = at(0.5);
    result.p90 = at(0.9);
    result.p99 = at(0.99);
    result.largest = at(1);
    result.barWidth = std::max<std::int64_t>(1, (result.p99 + kBars - 1) / kBars);
    // The last bar holds what is longer.
    result.bars.resize(std::min<std::size_t>(4 * kBars, static_cast<std::size_t>(result.largest / result.barWidth + 1)));
    each([&](std::int64_t length, std::int64_t rows) {
        result.bars[std::min(static_cast<std::size_t>(length / result.barWidth), result.bars.size() - 1)] += rows;
        return true;
    });
    return result;
}

}  // namespace taskfold::jobs
