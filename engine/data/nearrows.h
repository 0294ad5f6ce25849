#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

/// Texts that are nearly the same: MinHash over character 5-grams (method.md 3: 126 hashes in 21 bands of 6, which finds
/// 99.8 % of pairs at Jaccard 0.8), each pair verified on its shingles.
namespace taskfold::data {

constexpr double kNear = 0.8;  // Jaccard of the sets of shingles

struct NearPair {
    std::int64_t row = 0, twin = 0;  // twin < row
    double similarity = 0;
};

struct NearSearch {
    std::int64_t count = 0;
    std::function<std::string_view(std::int64_t)> textAt;  // from several threads
    std::int64_t references = 0;  // so many rows at the beginning are what the others are held against; 0: all are
    std::function<void(std::int64_t done, std::int64_t total)> progress;
    int threads = 0;  // 0: as many as there are, up to eight
    std::filesystem::path folder{};  // for scratch files, where there are many rows; empty: all in memory
    std::function<void()> forget{};  // of the texts that were looked at, now and then; from one thread
};

/// For each row the nearest of the earlier rows that it was held against, where there is one at kNear or above. Told by
/// row, from one thread. The answer doesn't depend on the number of threads. Letter case and runs of white space don't count.
Result<void> eachNearPair(
    const NearSearch& search, const std::function<Result<void>(const NearPair&)>& told, const std::stop_token& stop);
/// All of them at once.
Result<std::vector<NearPair>> nearPairs(const NearSearch& search, const std::stop_token& stop);

/// Jaccard of two texts' shingles.
double similarity(std::string_view a, std::string_view b);

}  // namespace taskfold::data
