#pragma once

#include "engine/stats/metrics.h"

#include <cstdint>
#include <vector>

namespace taskfold::stats {

/// The two models' rows of one seed, in the same order.
struct SeedPair {
    RowScores single, multi;
};

/// What a difference over resampled rows needs, gathered once: rows that count alike are one group, and a metric that is the
/// mean of its rows needs no more than one number a row. Not changed by drawing: any number of threads may share it.
class PairedRows {
public:
    explicit PairedRows(const std::vector<SeedPair>& seeds);

    std::size_t rows() const { return m_rows; }
    std::size_t seeds() const { return m_seeds; }

    /// Differences (mean over the seeds) over resamples of the rows, drawn by SplitMix64 from that state.
    void resample(std::uint64_t state, double* into, std::size_t count) const;

    /// Differences when the two models' answers are swapped on a random half of the rows, over and over.
    void randomise(std::uint64_t state, double* into, std::size_t count) const;

    /// How much each row bears on each seed's difference, [seed][row]: (n - 1) times what leaving it out changes (jackknife).
    std::vector<std::vector<double>> influence() const;

    /// For tests of the exact distribution: rows on which the two sides differ.
    const std::vector<std::uint32_t>& differing() const { return m_differing; }
    /// Swapped where `swap` says so, by place in `differing()`.
    double swappedDifference(const std::vector<bool>& swap) const;

private:
    enum class Way { Means, Sums, Groups };

    void gather(const std::vector<SeedPair>& seeds);
    void group();
    void drawMeans(std::uint64_t state, double* into, std::size_t count) const;
    void drawSums(std::uint64_t state, double* into, std::size_t count) const;
    void findPlaces();
    void addClasses(const std::vector<std::uint32_t>& counts, std::vector<double>& sums) const;
    void drawGroups(std::uint64_t state, double* into, std::size_t count) const;
    /// Adds the row's numbers `weight` times to both sides of every seed; `swapped`: each to the other side.
    void add(std::size_t row, double weight, bool swapped, std::vector<double>& sums) const;
    double valueOfSide(const double* sums, double rows) const;
    double seedDifference(std::size_t seed, const std::vector<double>& sums, double rows) const;
    double difference(const std::vector<double>& sums) const;
    std::vector<double> totals() const;

    Way m_way = Way::Sums;
    MetricKind m_metric = MetricKind::Accuracy;
    std::size_t m_rows = 0, m_seeds = 0;
    std::size_t m_width = 1;  // numbers of a row and side
    std::size_t m_sideSums = 1;  // sums of a side: the same, for macro-F1 three a class
    std::vector<double> m_values;  // [row][seed][side][number]
    std::vector<float> m_means;  // [row], of the differences over the seeds
    std::vector<std::uint32_t> m_groupOf;  // [row]
    std::vector<std::uint32_t> m_firstOf;  // [group], a row of it
    std::vector<std::uint32_t> m_places;  // macro-F1: [group][seed][side][right, answered, gold]
    std::vector<std::uint32_t> m_differing;
};

}  // namespace taskfold::stats
