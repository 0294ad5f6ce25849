#pragma once

#include <algorithm>
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

}  // namespace taskfold::data
