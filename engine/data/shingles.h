#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// Hashes of every five characters of a text, sorted, each once; of a shorter text, of all of it. Letter case and runs of
/// white space don't count. `room` and `starts` are used again.
void shinglesOf(std::string_view text, std::string& room, std::vector<std::size_t>& starts, std::vector<std::uint32_t>& shingles);

/// Of two sets of shingles; where it can't reach kNear, something below that.
double jaccard(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b);

std::uint32_t mixedHash(std::uint64_t value);

}  // namespace taskfold::data
