#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <thread>
#include <vector>

namespace taskfold::data {

/// Sorts on two threads, where there is enough to sort.
template <typename T, typename Less>
void sortInTwo(std::vector<T>& values, Less less)
{
    constexpr std::size_t kWorthAThread = 20'000;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    if (values.size() < kWorthAThread)
        return std::sort(values.begin(), values.end(), less);
    {
        const std::jthread other([&] { std::sort(values.begin(), middle, less); });
        std::sort(middle, values.end(), less);
    }
    std::inplace_merge(values.begin(), middle, values.end(), less);
}

/// Sorts values that have a number by it, and by `less` where it is the same: each is dealt to where it will be about, which
/// for numbers that are spread evenly takes as long for each value, however many there are.
template <typename T, typename Less, typename Number>
void sortByNumber(std::vector<T>& values, Less less, Number numberOf)
{
    constexpr int kMostBits = 20;
    if (values.size() < 2)
        return;
    const auto smaller = [&](const T& a, const T& b) { return numberOf(a) < numberOf(b); };
    const auto [least, most] = std::minmax_element(values.begin(), values.end(), smaller);
    const std::uint64_t first = numberOf(*least), range = numberOf(*most) - first;
    const int bits = std::clamp(static_cast<int>(std::bit_width(values.size())) - 1, 1, kMostBits);
    const int shift = std::max(0, static_cast<int>(std::bit_width(range)) - bits);
    const auto bucketOf = [&](const T& value) { return static_cast<std::size_t>((numberOf(value) - first) >> shift); };
    std::vector<std::size_t> ends((std::size_t{1} << bits) + 1);
    for (const T& value : values)
        ++ends[bucketOf(value) + 1];
    for (std::size_t i = 1; i < ends.size(); ++i)
        ends[i] += ends[i - 1];
    std::vector<T> dealt(values.size());
    for (const T& value : values)
        dealt[ends[bucketOf(value)]++] = value;
    values.swap(dealt);
    std::size_t begin = 0;
    for (std::size_t i = 0; i + 1 < ends.size(); begin = ends[i++])
        if (ends[i] - begin > 1)
            std::sort(values.begin() + static_cast<std::ptrdiff_t>(begin), values.begin() + static_cast<std::ptrdiff_t>(ends[i]), less);
}

/// By Less::numberOf() first, where there is one.
template <typename T, typename Less>
void sortValues(std::vector<T>& values, Less less)
{
    if constexpr (requires(const T& value) { Less::numberOf(value); })
        sortByNumber(values, less, Less::numberOf);
    else
        sortInTwo(values, less);
}

}  // namespace taskfold::data
