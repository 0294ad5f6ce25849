#pragma once

#include <cstdint>
#include <limits>
#include <optional>

/// Arithmetic on numbers that came out of a file: nothing when the result doesn't fit.
namespace taskfold::checked {

constexpr std::optional<std::uint64_t> sum(std::uint64_t a, std::uint64_t b)
{
    if (a > std::numeric_limits<std::uint64_t>::max() - b)
        return {};
    return a + b;
}

constexpr std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b)
{
    if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b)
        return {};
    return a * b;
}

/// The next multiple of `step`, which isn't 0.
constexpr std::optional<std::uint64_t> roundedUp(std::uint64_t a, std::uint64_t step)
{
    const std::uint64_t over = a % step;
    return over == 0 ? std::optional(a) : sum(a, step - over);
}

}  // namespace taskfold::checked
