#include "engine/core/random.h"
#include "engine/stats/bootstrap.h"
#include "engine/stats/noninferiority.h"

#include <QTest>

#include <cmath>
#include <numbers>

using namespace taskfold;
using namespace taskfold::stats;

namespace {

constexpr int kComparisons = 2000;
constexpr int kRows = 300;
constexpr double kGap = -0.25;  // what folding costs, in logits

double normal(Random& random)
{
    return std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
}

double chance(double logit)
{
    return 1 / (1 + std::exp(-logit));
}

// Test rows of unlike difficulty, and trainings of unlike luck: each seed moves every row of its model.
struct World {
    double rowsVary = 1.5;
    double seedsVary = 0.15;
    double gapVaries = 0;  // what folding costs differs by row, for every seed alike

    std::vector<SeedPair> compared(Random& random, int seeds) const
    {
        std::vector<double> difficulty(kRows), cost(kRows);
        for (int i = 0; i < kRows; ++i) {
            difficulty[static_cast<std::size_t>(i)] = 1 + rowsVary * normal(random);
            cost[static_cast<std::size_t>(i)] = kGap + (gapVaries > 0 ? gapVaries * normal(random) : 0);
        }
        std::vector<SeedPair> pairs;
        for (int s = 0; s < seeds; ++s) {
            SeedPair pair;
            const double luck = seedsVary * normal(random), other = seedsVary * normal(random);
            for (std::size_t i = 0; i < kRows; ++i) {
                pair.single.values.push_back(random.uniform() < chance(difficulty[i] + luck) ? 1 : 0);
                pair.multi.values.push_back(random.uniform() < chance(difficulty[i] + cost[i] + other) ? 1 : 0);
            }
            pairs.push_back(std::move(pair));
        }
        return pairs;
    }

    // The difference over all rows and all seeds there could be: by the midpoint rule over the normal distribution.
    double truth() const
    {
        const double single = std::hypot(rowsVary, seedsVary), multi = std::hypot(single, gapVaries);
        double sum = 0, weights = 0;
        for (double z = -8; z < 8; z += 0.001) {
            const double weight = std::exp(-z * z / 2);
            sum += weight * (chance(1 + kGap + multi * z) - chance(1 + single * z));
            weights += weight;
        }
        return sum / weights;
    }
};

struct Held {
    double low = 0, high = 0, notWorse = 0;
};

Held simulate(const World& world, int seeds)
{
    const double truth = world.truth();
    Random random{static_cast<std::uint64_t>(1000 + seeds)};
    Held held;
    for (int i = 0; i < kComparisons; ++i) {
        const PairedDifference found = pairedDifference(world.compared(random, seeds), 1000, static_cast<std::uint64_t>(i + 1));
        held.low += found.low <= truth ? 1.0 / kComparisons : 0;
        held.high += found.high >= truth ? 1.0 / kComparisons : 0;
        const Verdict verdict = judge(found, MetricKind::Accuracy, -truth).verdict;  // the truth lies at the margin: not acceptable
        held.notWorse += verdict == Verdict::NotWorse || verdict == Verdict::Better ? 1.0 / kComparisons : 0;
    }
    return held;
}

}  // namespace

/// Whether the verdicts keep what they promise, over thousands of comparisons whose truth is known.
class VerdictsTest : public QObject {
    Q_OBJECT

private slots:
    void boundsHoldTheTruthAsOftenAsTheySay_data()
    {
        QTest::addColumn<int>("seeds");
        QTest::addColumn<double>("luck");
        QTest::addColumn<double>("agreement");  // how much the same rows are won and lost by every seed
        QTest::newRow("one seed") << 1 << 0.0 << 0.0;
        QTest::newRow("one seed, rows differ") << 1 << 0.0 << 2.0;
        for (const int seeds : {3, 5}) {
            const auto row = [seeds](const char* name) -> QTestData& { return QTest::newRow((QByteArray::number(seeds) + name).constData()); };
            row(" seeds without luck") << seeds << 0.0 << 0.0;
            row(" seeds of some luck") << seeds << 0.15 << 0.0;
            row(" seeds of much luck") << seeds << 0.4 << 0.0;
            row(" seeds that agree") << seeds << 0.0 << 4.0;
            row(" seeds that agree, some luck") << seeds << 0.15 << 4.0;
            row(" seeds that agree, much luck") << seeds << 0.4 << 4.0;
        }
    }

    void boundsHoldTheTruthAsOftenAsTheySay()
    {
        QFETCH(int, seeds);
        QFETCH(double, luck);
        QFETCH(double, agreement);
        const Held held = simulate({1.5, luck, agreement}, seeds);
        const QByteArray words = QStringLiteral("low %1, high %2, false not worse %3").arg(held.low).arg(held.high).arg(held.notWorse).toUtf8();
        qInfo("%s", words.constData());
        QVERIFY2(std::abs(held.low - 0.95) <= 0.015, words.constData());
        QVERIFY2(std::abs(held.high - 0.95) <= 0.015, words.constData());
        const double error = 1.645 * std::sqrt(0.05 * 0.95 / kComparisons);  // of the simulation
        QVERIFY2(held.notWorse <= 0.05 + error, words.constData());
    }

    void theSameNumbersWhateverTheThreads()
    {
        Random random{3};
        const auto pairs = World{}.compared(random, 3);
        const PairedDifference one = pairedDifference(pairs, 20000, 9, 1);
        const PairedDifference four = pairedDifference(pairs, 20000, 9, 4);
        QCOMPARE(one.resampled, four.resampled);
        QCOMPARE(one.low, four.low);
        QVERIFY(pairedDifference(pairs, 20000, 10, 1).resampled != one.resampled);
        QCOMPARE(randomisationP(pairs, 20000, 9, 1), randomisationP(pairs, 20000, 9, 4));
    }

    void everyWayOfCountingResamplesTheSame()
    {
        // The same rows as a mean, as groups and as sums: micro-F1 of right and wrong labels is accuracy.
        Random random{4};
        SeedPair mean = World{}.compared(random, 1).front();
        SeedPair groups{{MetricKind::MicroF1, 3, 0, {}, {}}, {MetricKind::MicroF1, 3, 0, {}, {}}};
        SeedPair macro{{MetricKind::MacroF1, 2, 1, {}, {}}, {MetricKind::MacroF1, 2, 1, {}, {}}};
        for (const bool multi : {false, true})
            for (const double right : multi ? mean.multi.values : mean.single.values) {
                auto& micro = multi ? groups.multi.values : groups.single.values;
                micro.insert(micro.end(), {right, 1 - right, 1 - right});
                auto& one = multi ? macro.multi.values : macro.single.values;
                one.insert(one.end(), {0, right > 0 ? 0.0 : -1.0});
            }
        const PairedDifference byMean = pairedDifference({mean}), byGroups = pairedDifference({groups}), byClass = pairedDifference({macro});
        for (std::size_t b = 0; b < byMean.resampled.size(); ++b) {
            QVERIFY(std::abs(byMean.resampled[b] - byGroups.resampled[b]) < 1e-6);
            if (std::abs(byMean.resampled[b]) > 1e-9)  // F1 of one class grows with its share of right answers
                QVERIFY((byClass.resampled[b] > 0) == (byMean.resampled[b] > 0));
        }
        QVERIFY(std::abs(byMean.difference - byGroups.difference) < 1e-12);
    }

    void holmIsTheStepDownOfItsPaper()
    {
        const std::vector<double> adjusted = holm({0.01, 0.04, 0.03, 0.005});
        const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(std::abs(adjusted[i] - expected[i]) < 1e-12);
    }

    void rowsNeededResolveTheMargin()
    {
        PairedDifference difference;
        difference.seRows = 0.01;
        const std::int64_t rows = rowsNeeded(difference, 500, 0.01);
        const double se = 0.01 * std::sqrt(500.0 / static_cast<double>(rows));
        QVERIFY(std::abs((1.644854 + 0.841621) * se - 0.01) < 1e-5);
        difference.seSeeds = 0.01;
        QCOMPARE(rowsNeeded(difference, 500, 0.01), 0);  // no number of rows outweighs the trainings' luck
    }

    void aSuitesMeanHasItsOwnVerdict()
    {
        Random random{5};
        std::vector<TaskComparison> tasks(4);
        std::vector<PairedDifference> differences;
        for (TaskComparison& task : tasks) {
            differences.push_back(pairedDifference({World{}.compared(random, 1)}, 2000, random.next()));
            task.verdict = Verdict::Worse;
        }
        tasks[3].verdict = Verdict::NotComputable;
        const SuiteComparison suite = suiteOf(tasks, differences, 0.2);
        QCOMPARE(suite.worse, 3);
        QCOMPARE(suite.verdict, Verdict::NotWorse);
        QVERIFY(suite.high - suite.low < differences[0].high - differences[0].low);  // a mean is known better than its parts
        QCOMPARE(suiteOf(tasks, differences, 0.0001).verdict, Verdict::Worse);
    }
};

QTEST_APPLESS_MAIN(VerdictsTest)
#include "tst_verdicts.moc"
