#include "engine/stats/pairedrows.h"

#include "engine/core/random.h"

#include <algorithm>
#include <cassert>
#include <map>

namespace taskfold::stats {

namespace {

// Two places below n from one draw; n < 2^32, so the bias is below n / 2^32.
struct Places {
    Random random;
    std::uint64_t n;

    std::pair<std::uint32_t, std::uint32_t> next()
    {
        const std::uint64_t bits = random.next();
        return {static_cast<std::uint32_t>(((bits & 0xFFFFFFFFU) * n) >> 32), static_cast<std::uint32_t>(((bits >> 32) * n) >> 32)};
    }
};

template <typename Take>
void drawn(Places& places, std::size_t rows, Take take)
{
    for (std::size_t i = 0; i + 1 < rows; i += 2) {
        const auto [a, b] = places.next();
        take(a);
        take(b);
    }
    if (rows % 2 == 1)
        take(places.next().first);
}

}  // namespace

PairedRows::PairedRows(const std::vector<SeedPair>& seeds)
{
    if (seeds.empty() || seeds.front().single.size() == 0)
        return;
    const RowScores& first = seeds.front().single;
    m_metric = first.metric;
    m_rows = first.size();
    m_seeds = seeds.size();
    m_width = first.width;
    m_sideSums = m_metric == MetricKind::MacroF1 ? 3 * first.classes : m_width;
    for (const SeedPair& pair : seeds)
        for (const RowScores* side : {&pair.single, &pair.multi}) {
            assert(side->size() == m_rows && side->width == m_width);
            if (m_metric == MetricKind::MacroF1)
                m_sideSums = std::max(m_sideSums, 3 * side->classes);
        }
    gather(seeds);
    if (isMeanOfRows(m_metric))
        m_way = Way::Means;
    else
        group();
    if (m_metric == MetricKind::MacroF1)
        findPlaces();
}

void PairedRows::gather(const std::vector<SeedPair>& seeds)
{
    m_values.reserve(m_rows * m_seeds * 2 * m_width);
    for (std::size_t row = 0; row < m_rows; ++row) {
        bool differs = false;
        double mean = 0;
        for (const SeedPair& pair : seeds) {
            const double* single = pair.single.values.data() + row * m_width;
            const double* multi = pair.multi.values.data() + row * m_width;
            m_values.insert(m_values.end(), single, single + m_width);
            m_values.insert(m_values.end(), multi, multi + m_width);
            differs = differs || !std::equal(single, single + m_width, multi);
            mean += (*multi - *single) / static_cast<double>(m_seeds);
        }
        m_means.push_back(static_cast<float>(mean));
        if (differs)
            m_differing.push_back(static_cast<std::uint32_t>(row));
    }
}

// Few kinds of rows: counting each kind is cheaper than adding row by row. Macro-F1 always is counted so.
void PairedRows::group()
{
    const std::size_t stride = m_seeds * 2 * m_width;
    std::map<std::vector<double>, std::uint32_t> groups;
    for (std::size_t row = 0; row < m_rows; ++row) {
        const auto from = m_values.begin() + static_cast<std::ptrdiff_t>(row * stride);
        const auto [place, fresh] = groups.try_emplace(
            std::vector<double>(from, from + static_cast<std::ptrdiff_t>(stride)), static_cast<std::uint32_t>(m_firstOf.size()));
        if (fresh)
            m_firstOf.push_back(static_cast<std::uint32_t>(row));
        m_groupOf.push_back(place->second);
    }
    m_way = m_metric == MetricKind::MacroF1 || 8 * m_firstOf.size() <= m_rows ? Way::Groups : Way::Sums;
}

void PairedRows::add(std::size_t row, double weight, bool swapped, std::vector<double>& sums) const
{
    const double* from = m_values.data() + row * m_seeds * 2 * m_width;
    for (std::size_t k = 0; k < 2 * m_seeds; ++k, from += m_width) {
        double* to = sums.data() + (swapped ? k ^ 1U : k) * m_sideSums;
        if (m_metric != MetricKind::MacroF1) {
            for (std::size_t i = 0; i < m_width; ++i)
                to[i] += weight * from[i];
            continue;
        }
        const std::size_t classes = m_sideSums / 3;  // right, answered, gold
        if (from[0] == from[1])
            to[static_cast<std::size_t>(from[0])] += weight;
        if (from[1] >= 0)
            to[classes + static_cast<std::size_t>(from[1])] += weight;
        to[2 * classes + static_cast<std::size_t>(from[0])] += weight;
    }
}

double PairedRows::valueOfSide(const double* sums, double rows) const
{
    if (m_metric != MetricKind::MacroF1)
        return valueOf(m_metric, sums, rows);
    const std::size_t classes = m_sideSums / 3;
    return macroF1Of({sums, classes}, {sums + classes, classes}, {sums + 2 * classes, classes});
}

double PairedRows::seedDifference(std::size_t seed, const std::vector<double>& sums, double rows) const
{
    const double* side = sums.data() + 2 * seed * m_sideSums;
    return valueOfSide(side + m_sideSums, rows) - valueOfSide(side, rows);
}

double PairedRows::difference(const std::vector<double>& sums) const
{
    double sum = 0;
    for (std::size_t seed = 0; seed < m_seeds; ++seed)
        sum += seedDifference(seed, sums, static_cast<double>(m_rows));
    return sum / static_cast<double>(m_seeds);
}

void PairedRows::resample(std::uint64_t state, double* into, std::size_t count) const
{
    switch (m_way) {
    case Way::Means: return drawMeans(state, into, count);
    case Way::Sums: return drawSums(state, into, count);
    case Way::Groups: return drawGroups(state, into, count);
    }
}

void PairedRows::drawMeans(std::uint64_t state, double* into, std::size_t count) const
{
    Places places{{state}, m_rows};
    const float* means = m_means.data();
    for (std::size_t b = 0; b < count; ++b) {
        double sums[4]{};  // four, so that an addition needn't wait for the last
        std::size_t i = 0;
        for (; i + 3 < m_rows; i += 4) {
            const auto [first, second] = places.next();
            const auto [third, fourth] = places.next();
            sums[0] += static_cast<double>(means[first]);
            sums[1] += static_cast<double>(means[second]);
            sums[2] += static_cast<double>(means[third]);
            sums[3] += static_cast<double>(means[fourth]);
        }
        for (; i < m_rows; ++i)
            sums[0] += static_cast<double>(means[places.next().first]);
        into[b] = (sums[0] + sums[1] + sums[2] + sums[3]) / static_cast<double>(m_rows);
    }
}

void PairedRows::drawSums(std::uint64_t state, double* into, std::size_t count) const
{
    Places places{{state}, m_rows};
    const std::size_t stride = m_seeds * 2 * m_width;
    std::vector<double> sums(stride);
    for (std::size_t b = 0; b < count; ++b) {
        std::fill(sums.begin(), sums.end(), 0.0);
        double* const to = sums.data();
        drawn(places, m_rows, [&](std::uint32_t row) {
            const double* from = m_values.data() + row * stride;
            for (std::size_t i = 0; i < stride; ++i)
                to[i] += from[i];
        });
        into[b] = difference(sums);
    }
}

void PairedRows::drawGroups(std::uint64_t state, double* into, std::size_t count) const
{
    Places places{{state}, m_rows};
    std::vector<std::uint32_t> counts(m_firstOf.size());
    std::vector<double> sums(m_seeds * 2 * m_sideSums);
    for (std::size_t b = 0; b < count; ++b) {
        std::fill(counts.begin(), counts.end(), 0U);
        drawn(places, m_rows, [&](std::uint32_t row) { ++counts[m_groupOf[row]]; });
        std::fill(sums.begin(), sums.end(), 0.0);
        if (m_metric == MetricKind::MacroF1)
            addClasses(counts, sums);
        else
            for (std::size_t g = 0; g < counts.size(); ++g)
                add(m_firstOf[g], counts[g], false, sums);
        into[b] = difference(sums);
    }
}

// As `add` does, group by group, without a decision in the loop: a place past the end takes what counts nowhere.
void PairedRows::addClasses(const std::vector<std::uint32_t>& counts, std::vector<double>& sums) const
{
    const std::size_t sides = 2 * m_seeds;
    sums.push_back(0);
    const std::uint32_t* place = m_places.data();
    for (const std::uint32_t count : counts) {
        const double weight = count;
        for (std::size_t k = 0; k < 3 * sides; ++k)
            sums[place[k]] += weight;
        place += 3 * sides;
    }
    sums.pop_back();
}

// Where a group's rows count on each side: right, answered, gold.
void PairedRows::findPlaces()
{
    const std::size_t classes = m_sideSums / 3, sides = 2 * m_seeds;
    const auto nowhere = static_cast<std::uint32_t>(sides * m_sideSums);
    for (const std::uint32_t row : m_firstOf)
        for (std::size_t k = 0; k < sides; ++k) {
            const double* pair = m_values.data() + (row * sides + k) * m_width;
            const auto at = [&](std::size_t part, double label) {
                return static_cast<std::uint32_t>(k * m_sideSums + part * classes + static_cast<std::size_t>(label));
            };
            m_places.push_back(pair[0] == pair[1] ? at(0, pair[0]) : nowhere);
            m_places.push_back(pair[1] >= 0 ? at(1, pair[1]) : nowhere);
            m_places.push_back(at(2, pair[0]));
        }
}

std::vector<double> PairedRows::totals() const
{
    std::vector<double> sums(m_seeds * 2 * m_sideSums);
    for (std::size_t row = 0; row < m_rows; ++row)
        add(row, 1, false, sums);
    return sums;
}

void PairedRows::randomise(std::uint64_t state, double* into, std::size_t count) const
{
    Random random{state};
    const std::vector<double> whole = totals();
    std::vector<double> sums;
    for (std::size_t b = 0; b < count; ++b) {
        sums = whole;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < m_differing.size(); ++i, bits >>= 1) {
            if (i % 64 == 0)
                bits = random.next();
            if ((bits & 1U) == 0)
                continue;
            add(m_differing[i], -1, false, sums);
            add(m_differing[i], 1, true, sums);
        }
        into[b] = difference(sums);
    }
}

double PairedRows::swappedDifference(const std::vector<bool>& swap) const
{
    std::vector<double> sums = totals();
    for (std::size_t i = 0; i < m_differing.size(); ++i)
        if (swap[i]) {
            add(m_differing[i], -1, false, sums);
            add(m_differing[i], 1, true, sums);
        }
    return difference(sums);
}

std::vector<std::vector<double>> PairedRows::influence() const
{
    std::vector<double> sums = totals();
    const double n = static_cast<double>(m_rows);
    std::vector<std::vector<double>> bearing(m_seeds, std::vector<double>(m_rows));
    for (std::size_t seed = 0; seed < m_seeds; ++seed) {
        const double whole = seedDifference(seed, sums, n);
        for (std::size_t row = 0; row < m_rows; ++row)
            bearing[seed][row] = whole;
    }
    for (std::size_t row = 0; row < m_rows; ++row) {
        add(row, -1, false, sums);
        for (std::size_t seed = 0; seed < m_seeds; ++seed)
            bearing[seed][row] = (n - 1) * (bearing[seed][row] - seedDifference(seed, sums, n - 1));
        add(row, 1, false, sums);
    }
    return bearing;
}

}  // namespace taskfold::stats
