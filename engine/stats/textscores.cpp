#include "engine/stats/textscores.h"

#include "engine/stats/ngrams.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace taskfold::stats {

namespace {

using Ids = std::vector<std::uint32_t>;

// The same word, the same number.
class Interned {
public:
    Ids of(const std::vector<std::string>& words)
    {
        Ids ids;
        ids.reserve(words.size());
        for (const std::string& word : words)
            ids.push_back(m_ids.try_emplace(word, static_cast<std::uint32_t>(m_ids.size())).first->second);
        return ids;
    }

private:
    std::unordered_map<std::string, std::uint32_t> m_ids;
};

// v + u and its carry, word by word from the lowest.
std::uint64_t added(std::uint64_t v, std::uint64_t u, std::uint64_t& carry)
{
    const std::uint64_t sum = v + u;
    const std::uint64_t all = sum + carry;
    carry = (sum < v || all < sum) ? 1U : 0U;
    return all;
}

double closestLength(const std::vector<Ids>& references, double length)
{
    double closest = static_cast<double>(references.front().size());
    for (const Ids& reference : references) {
        const auto size = static_cast<double>(reference.size());
        const double nearer = std::abs(size - length) - std::abs(closest - length);
        if (nearer < 0 || (nearer == 0 && size < closest))
            closest = size;
    }
    return closest;
}

}  // namespace

std::size_t commonSubsequence(const std::vector<std::string>& a, const std::vector<std::string>& b)
{
    if (a.empty() || b.empty())
        return 0;
    Interned interned;
    const Ids left = interned.of(a), right = interned.of(b);
    const std::size_t words = (left.size() + 63) / 64;
    std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> places;
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::vector<std::uint64_t>& place = places[left[i]];
        place.resize(words);
        place[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    std::vector<std::uint64_t> open(words, ~std::uint64_t{0});
    for (const std::uint32_t id : right) {
        const auto place = places.find(id);
        if (place == places.end())
            continue;
        std::uint64_t carry = 0;
        for (std::size_t w = 0; w < words; ++w) {
            const std::uint64_t hit = open[w] & place->second[w];
            open[w] = added(open[w], hit, carry) | (open[w] & ~hit);
        }
    }
    std::size_t closed = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        closed += (open[i / 64] >> (i % 64) & 1U) == 0 ? 1U : 0U;
    return closed;
}

double rougeF(const std::vector<std::string>& candidate, const std::vector<std::string>& reference)
{
    if (candidate.empty() || reference.empty())
        return 0;
    return 2.0 * static_cast<double>(commonSubsequence(candidate, reference))
        / static_cast<double>(candidate.size() + reference.size());
}

BleuCounts bleuCounts(std::string_view candidate, const std::vector<std::string>& references, BleuTokenizer tokenizer)
{
    Interned interned;
    const Ids words = interned.of(bleuTokens(candidate, tokenizer));
    std::vector<Ids> right;
    for (const std::string& reference : references)
        right.push_back(interned.of(bleuTokens(reference, tokenizer)));
    BleuCounts counts{};
    for (std::size_t n = 1; n <= kBleuOrders; ++n) {
        std::vector<Ngrams<std::uint32_t>> theirs;
        for (const Ids& reference : right)
            theirs.emplace_back(std::span<const std::uint32_t>(reference), n);
        const Ngrams<std::uint32_t> mine(std::span<const std::uint32_t>(words), n);
        counts[n - 1] = static_cast<double>(mine.matches(theirs));
        counts[kBleuOrders + n - 1] = static_cast<double>(mine.total());
    }
    counts[2 * kBleuOrders] = static_cast<double>(words.size());
    counts[2 * kBleuOrders + 1] = closestLength(right, static_cast<double>(words.size()));
    return counts;
}

double bleuOf(const double* sums)
{
    double logarithms = 0, smooth = 1, any = 0;
    for (std::size_t n = 0; n < kBleuOrders; ++n)
        any += sums[n];
    if (any == 0)
        return 0;
    for (std::size_t n = 0; n < kBleuOrders; ++n) {
        const double total = sums[kBleuOrders + n];
        if (total == 0)
            return 0;
        double matches = sums[n];
        if (matches == 0) {
            smooth *= 2;
            matches = 1 / smooth;
        }
        logarithms += std::log(matches / total);
    }
    const double length = sums[2 * kBleuOrders], wanted = sums[2 * kBleuOrders + 1];
    const double brevity = length < wanted ? 1 - wanted / length : 0;
    return std::exp(brevity + logarithms / kBleuOrders);
}

ChrfCounts chrfCounts(std::string_view candidate, const std::vector<std::string>& references)
{
    const std::u32string mine = charactersOf(candidate);
    ChrfCounts best{};
    double most = -1;
    for (const std::string& reference : references) {
        const std::u32string theirs = charactersOf(reference);
        ChrfCounts counts{};
        for (std::size_t n = 1; n <= kChrfOrders; ++n) {
            const Ngrams<char32_t> left(std::span<const char32_t>(mine), n), right(std::span<const char32_t>(theirs), n);
            counts[3 * n - 3] = right.total() > 0 ? static_cast<double>(left.total()) : 0;
            counts[3 * n - 2] = static_cast<double>(right.total());
            counts[3 * n - 1] = static_cast<double>(left.matches(right));
        }
        if (const double score = chrfOf(counts.data()); score > most) {
            most = score;
            best = counts;
        }
    }
    return best;
}

double chrfOf(const double* sums)
{
    double precision = 0, recall = 0, orders = 0;
    for (std::size_t n = 0; n < kChrfOrders; ++n) {
        const double mine = sums[3 * n], theirs = sums[3 * n + 1], both = sums[3 * n + 2];
        if (mine == 0 || theirs == 0)
            continue;
        precision += both / mine;
        recall += both / theirs;
        orders += 1;
    }
    if (precision + recall == 0)
        return 0;
    precision /= orders;
    recall /= orders;
    return 5 * precision * recall / (4 * precision + recall);
}

}  // namespace taskfold::stats
