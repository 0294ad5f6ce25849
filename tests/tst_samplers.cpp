#include "engine/stats/highresource.h"
#include "engine/stats/overhead.h"
#include "engine/stats/samplers.h"
#include "support/golden.h"

#include "engine/core/random.h"

#include <QTest>

#include <cmath>
#include <numeric>
#include <set>

using namespace taskfold;
using namespace taskfold::stats;

namespace {

std::vector<double> rowsOf(const nlohmann::json& golden, std::vector<std::string>& names)
{
    std::vector<double> rows;
    for (const auto& [name, count] : golden["dev_train_rows"].items()) {
        names.push_back(name);
        rows.push_back(count.get<double>());
    }
    return rows;
}

double sum(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

class SamplersTest : public QObject {
    Q_OBJECT

private slots:
    void giveTheGoldenShares_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("sampler");
        QTest::addColumn<double>("parameter");
        QTest::addColumn<double>("second");
        const auto add = [](const char* key, SamplerKind kind, double parameter, double second = 0) {
            QTest::newRow(key) << QString::fromLatin1(key) << static_cast<int>(kind) << parameter << second;
        };
        add("instance_balanced(q=1)", SamplerKind::InstanceBalanced, 0);
        add("square_root(q=0.5; T=2)", SamplerKind::Power, 0.5);
        add("square_root(q=0.5; T=2)", SamplerKind::Temperature, 2);
        add("mT5(q=0.3; T=3.333)", SamplerKind::Power, 0.3);
        add("class_balanced(q=0)", SamplerKind::TaskBalanced, 0);
        add("examples_proportional_K=3000", SamplerKind::ProportionalCap, 3000, 1);
        add("examples_proportional_K=8192", SamplerKind::ProportionalCap, 8192, 1);
        add("K=8192,T=2", SamplerKind::ProportionalCap, 8192, 2);
    }

    void giveTheGoldenShares()
    {
        QFETCH(QString, key);
        QFETCH(int, sampler);
        QFETCH(double, parameter);
        QFETCH(double, second);
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        std::vector<std::string> names;
        const auto rows = rowsOf(golden, names);
        const Shares found = shares(static_cast<SamplerKind>(sampler), parameter, second, rows, {}, 0);
        for (std::size_t i = 0; i < names.size(); ++i)
            QVERIFY(std::abs(found.atStart[i] - golden["sampling"][key.toStdString()][names[i]].get<double>()) < 1e-6);
        QVERIFY(std::abs(sum(found.atStart) - 1) < 1e-12);
    }

    void moveFromInstanceToTaskBalanceHalfWay()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        std::vector<std::string> names;
        const auto rows = rowsOf(golden, names);
        const Shares found = shares(SamplerKind::ProgressivelyBalanced, 0, 0, rows, {}, 0);
        const auto half = sharesAt(found, 0.5);
        for (std::size_t i = 0; i < names.size(); ++i)
            QVERIFY(std::abs(half[i] - golden["sampling"]["progressively_balanced_t=0.5"][names[i]].get<double>()) < 1e-6);
    }

    void uniMaxGivesTheGoldenSharesAndNeverExceedsItsEpochs()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        std::vector<std::string> names;
        const auto rows = rowsOf(golden, names);
        for (const int epochs : {1, 4, 10}) {
            const auto& expected = golden["sampling"]["unimax_C=200000_N=" + std::to_string(epochs)]["p"];
            const Shares found = shares(SamplerKind::UniMax, epochs, 0, rows, {}, 200000);
            double all = 0;
            for (const double n : rows)
                all += std::min(n * epochs, 200000.0);
            for (std::size_t i = 0; i < names.size(); ++i)
                QVERIFY(std::abs(found.atStart[i] - expected[names[i]].get<double>()) < 1e-6);
            const auto seen = expectedEpochs(found, rows, std::min(200000.0, all));
            for (const double e : seen)
                QVERIFY(e <= epochs + 1e-9);
        }
    }

    void temperatureReachesBothEnds()
    {
        const std::vector<double> rows{100, 10, 1};
        const Shares warm = shares(SamplerKind::Temperature, 1, 0, rows, {}, 0);
        const Shares hot = shares(SamplerKind::Temperature, 1e9, 0, rows, {}, 0);
        const Shares instance = shares(SamplerKind::InstanceBalanced, 0, 0, rows, {}, 0);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QVERIFY(std::abs(warm.atStart[i] - instance.atStart[i]) < 1e-12);
            QVERIFY(std::abs(hot.atStart[i] - 1.0 / 3) < 1e-6);
        }
    }

    void epochMatchedGivesEachTaskItsOwnEpochs()
    {
        const std::vector<double> rows{1000, 50}, epochs{2, 8};
        const Shares found = shares(SamplerKind::EpochMatched, 0, 0, rows, epochs, 0);
        const auto seen = expectedEpochs(found, rows, 1000 * 2 + 50 * 8);
        QVERIFY(std::abs(seen[0] - 2) < 1e-9);
        QVERIFY(std::abs(seen[1] - 8) < 1e-9);
    }

    void followTheTasksWhenTheirOrderChanges()
    {
        for (const SamplerKind kind : {SamplerKind::InstanceBalanced, SamplerKind::TaskBalanced, SamplerKind::Power,
                 SamplerKind::Temperature, SamplerKind::ProportionalCap, SamplerKind::UniMax, SamplerKind::EpochMatched}) {
            const Shares one = shares(kind, 0, 0, {5000, 300, 40}, {1, 2, 3}, 9000);
            const Shares other = shares(kind, 0, 0, {40, 5000, 300}, {3, 1, 2}, 9000);
            QVERIFY(std::abs(one.atStart[0] - other.atStart[1]) < 1e-12);
            QVERIFY(std::abs(one.atStart[2] - other.atStart[0]) < 1e-12);
        }
    }

    void warnOfEpochsFarFromTheBest()
    {
        QCOMPARE(epochWarning(10, 4), EpochWarning::OverFitting);
        QCOMPARE(epochWarning(1, 4), EpochWarning::UnderFitting);
        QCOMPARE(epochWarning(4, 4), EpochWarning::None);
    }

    void highResourceSetsAreTheGoldenOnes()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        std::vector<std::string> names;
        const auto rows = rowsOf(golden, names);
        const auto chosen = [&](HighResourceRule rule) {
            const HighResource high = highResource(rule, 0, rows, std::vector<double>(rows.size(), 1));
            std::set<std::string> set;
            for (std::size_t i = 0; i < names.size(); ++i)
                if (high.chosen[i])
                    set.insert(names[i]);
            return set;
        };
        const auto& expected = golden["high_resource"];
        QVERIFY(chosen(HighResourceRule::GeometricMean) == expected["above_geometric_mean"].get<std::set<std::string>>());
        QVERIFY(chosen(HighResourceRule::Coverage) == expected["coverage80"].get<std::set<std::string>>());
        QVERIFY(chosen(HighResourceRule::Absolute) == expected["abs_10000"].get<std::set<std::string>>());
        const HighResource mean = highResource(HighResourceRule::GeometricMean, 0, rows, {});
        QVERIFY(std::abs(mean.threshold - expected["geometric_mean"].get<double>()) < 0.1);
    }

    void evenTasksHaveNoHighResourceSet()
    {
        const HighResource high = highResource(HighResourceRule::GeometricMean, 0, {100, 120, 110}, {1, 1, 1});
        QVERIFY(!high.skipped.empty());
    }

    void overheadIsTheGoldenOne()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        for (const int n : {2, 5, 8, 9, 10, 11, 12})
            for (const int x : {0, 1}) {
                const std::string key = "N=" + std::to_string(n) + ",excluded=" + std::to_string(x);
                QVERIFY(std::abs(overheadReduction(n, x) - golden["overhead_reduction"][key].get<double>()) < 1e-6);
            }
        QCOMPARE(overheadReduction(0, 0), 0.0);
    }
};

QTEST_APPLESS_MAIN(SamplersTest)
#include "tst_samplers.moc"
