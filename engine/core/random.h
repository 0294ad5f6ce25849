#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace taskfold {

/// SplitMix64 (Steele, Lea, Flood 2014): its whole state is one number, so that it can lie in a checkpoint.
struct Random {
    std::uint64_t state = 0;

    std::uint64_t next()
    {
        std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    /// At least 0, below 1.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// At least 0, below n; n > 0. (The bias is below n / 2^64.)
    std::uint64_t below(std::uint64_t n)
    {
        return next() % n;
    }

    template <typename Items>
    void shuffle(Items& items)
    {
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
    }
};

}  // namespace taskfold
