#pragma once

#include "engine/stats/bleutokens.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Scores of generated text (method.md 10), each as numbers of one row that add up over a split.
namespace taskfold::stats {

constexpr std::size_t kBleuOrders = 4;
constexpr std::size_t kChrfOrders = 6;

/// Length of the longest common subsequence. By 64 positions at a time (Hyyrö 2004): long answers are no trap.
std::size_t commonSubsequence(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// F with beta 1; 0 when either side has no token (as rouge-score has it).
double rougeF(const std::vector<std::string>& candidate, const std::vector<std::string>& reference);

/// Matches and totals by order, then the candidate's length and the closest reference's (the shorter of two as close).
using BleuCounts = std::array<double, 2 * kBleuOrders + 2>;
BleuCounts bleuCounts(std::string_view candidate, const std::vector<std::string>& references, BleuTokenizer tokenizer);

/// Corpus BLEU-4 as a fraction of 1; zero counts are smoothed by halving (Chen and Cherry 2014, sacrebleu's `exp`).
double bleuOf(const double* sums);

/// For each order the candidate's, the reference's and the common n-grams; of the reference with the highest F.
using ChrfCounts = std::array<double, 3 * kChrfOrders>;
ChrfCounts chrfCounts(std::string_view candidate, const std::vector<std::string>& references);

/// chrF2 (Popović 2015) as a fraction of 1; orders that either side lacks are left out (sacrebleu's default).
double chrfOf(const double* sums);

}  // namespace taskfold::stats
