#include "engine/stats/bootstrap.h"
#include "engine/stats/metrics.h"
#include "engine/stats/noninferiority.h"
#include "engine/stats/panel.h"
#include "support/golden.h"

#include "engine/core/random.h"

#include <QTest>

#include <cmath>

using namespace taskfold;
using namespace taskfold::stats;

namespace {

double metricOf(MetricKind metric, const std::vector<std::string>& answers, const std::vector<std::string>& right)
{
    std::vector<Judged> rows;
    for (std::size_t i = 0; i < answers.size(); ++i)
        rows.push_back({answers[i], right[i], {}, false});
    return aggregate(rowScores(metric, rows));
}

SeedPair pairOf(const std::vector<int>& single, const std::vector<int>& multi)
{
    std::vector<Judged> left, right;
    for (std::size_t i = 0; i < single.size(); ++i) {
        left.push_back({single[i] != 0 ? "a" : "b", "a", {}, false});
        right.push_back({multi[i] != 0 ? "a" : "b", "a", {}, false});
    }
    return {rowScores(MetricKind::Accuracy, left), rowScores(MetricKind::Accuracy, right)};
}

}  // namespace

class MetricsTest : public QObject {
    Q_OBJECT

private slots:
    void rougeIsTheGoldenOne()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        for (const auto& one : golden["metrics"]["rougeL_f1(whitespace, lower-case)"])
            QVERIFY(std::abs(metricOf(MetricKind::RougeL, {one["candidate"]}, {one["reference"]}) - one["f1"].get<double>()) < 1e-6);
    }

    void bleuIsTheGoldenOne()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        const auto& one = golden["metrics"]["corpus_bleu4_exp_smoothing(whitespace tokens)"];
        const auto answers = one["candidates"].get<std::vector<std::string>>();
        const auto right = one["references"].get<std::vector<std::string>>();
        QVERIFY(std::abs(100 * metricOf(MetricKind::Bleu, answers, right) - one["bleu"].get<double>()) < 1e-4);
        QVERIFY(std::abs(100 * metricOf(MetricKind::Bleu, {answers[0]}, {right[0]}) - one["first_only"].get<double>()) < 1e-4);
    }

    void macroF1AndAccuracyAreTheGoldenOnes()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        const auto& one = golden["metrics"]["macro_f1"];
        const auto gold = one["gold"].get<std::vector<std::string>>();
        const auto pred = one["pred"].get<std::vector<std::string>>();
        QVERIFY(std::abs(metricOf(MetricKind::MacroF1, pred, gold) - one["macro"].get<double>()) < 1e-6);
        QVERIFY(std::abs(metricOf(MetricKind::Accuracy, pred, gold) - one["accuracy"].get<double>()) < 1e-6);
    }

    void slotF1IsTheGoldenOne()
    {
        const auto golden = test::golden();
        SKIP_WITHOUT_GOLDEN(golden);
        const auto& one = golden["metrics"]["slot_f1"];
        QVERIFY(std::abs(metricOf(MetricKind::SlotF1, one["pred"], one["gold"]) - one["micro_f1"].get<double>()) < 1e-6);
    }

    void anAnswerOutsideTheLabelsIsWrongAndNoRowsScoreNothing()
    {
        const std::vector<Judged> rows{{"a", "a", {}, false}, {"zebra", "a", {}, true}};
        QCOMPARE(aggregate(rowScores(MetricKind::Accuracy, rows)), 0.5);
        QCOMPARE(aggregate(rowScores(MetricKind::Accuracy, {})), 0.0);
    }

    void furtherReferencesCountAsRight()
    {
        const std::vector<Judged> rows{{"yes please", "no", {"yes please"}, false}};
        QCOMPARE(aggregate(rowScores(MetricKind::ExactMatch, rows)), 1.0);
        QCOMPARE(aggregate(rowScores(MetricKind::RougeL, rows)), 1.0);
    }

    void aModelAgainstItselfIsNotWorse()
    {
        Random random{7};
        std::vector<int> right;
        for (int i = 0; i < 500; ++i)
            right.push_back(random.below(3) > 0 ? 1 : 0);
        const PairedDifference same = pairedDifference({pairOf(right, right)});
        QCOMPARE(same.difference, 0.0);
        QCOMPARE(same.low, 0.0);
        QCOMPARE(judge(same, MetricKind::Accuracy, 0.01).verdict, Verdict::NotWorse);
    }

    void fivePointsOfFlippedAnswersAreWorseOnManyRows()
    {
        std::vector<int> good(4000, 1), bad(4000, 1);
        for (std::size_t i = 0; i < bad.size(); i += 20)
            bad[i] = 0;
        const PairedDifference down = pairedDifference({pairOf(good, bad)});
        QVERIFY(std::abs(down.difference + 0.05) < 1e-12);
        QCOMPARE(judge(down, MetricKind::Accuracy, 0.01).verdict, Verdict::Worse);
        const PairedDifference up = pairedDifference({pairOf(bad, good)});
        QCOMPARE(judge(up, MetricKind::Accuracy, 0.01).verdict, Verdict::Better);
    }

    void fewRowsAreUndecidedAndSayWhatTheyCouldResolve()
    {
        const PairedDifference few = pairedDifference({pairOf({1, 0, 1, 0, 1, 1, 0, 1, 1, 0}, {0, 1, 1, 0, 1, 1, 1, 0, 1, 0})});
        const Judgement judgement = judge(few, MetricKind::Accuracy, 0.01);
        QCOMPARE(judgement.verdict, Verdict::Undecided);
        QVERIFY(judgement.resolvable > 0.1);
    }

    void theBootstrapAgreesWithMcNemar()
    {
        std::vector<int> single(1000, 1), multi(1000, 1);
        for (std::size_t i = 0; i < 60; ++i)
            single[i] = 0;
        for (std::size_t i = 60; i < 100; ++i)
            multi[i] = 0;
        const double expected = mcNemarError(40, 60, 1000);
        const PairedDifference found = pairedDifference({pairOf(single, multi)});
        QVERIFY(std::abs(found.se - expected) < 0.05 * expected);
    }

    void calibrationIsTheMeanDistanceOfTheBins()
    {
        const std::vector<double> confidence{0.95, 0.85, 0.3, 0.2};
        const Calibration found = calibrationOf(confidence, {true, false, true, false});
        QVERIFY(std::abs(found.ece - (0.05 + 0.85 + 0.7 + 0.2) / 4) < 1e-12);
        QCOMPARE(found.bins.size(), std::size_t{10});
        QCOMPARE(found.bins[2].n, 1);  // 0.3 is the upper edge of its bin
        QCOMPARE(calibrationOf({}, {}).ece, 0.0);
    }

    void severalSeedsWidenTheInterval()
    {
        std::vector<int> base(400, 1), a(400, 1), b(400, 1);
        for (std::size_t i = 0; i < 20; ++i)
            a[i] = 0;
        for (std::size_t i = 0; i < 60; ++i)
            b[i] = 0;
        const PairedDifference one = pairedDifference({pairOf(base, a)});
        const PairedDifference two = pairedDifference({pairOf(base, a), pairOf(base, b)});
        QVERIFY(two.se > one.se);
        QVERIFY(std::abs(two.difference + 0.1) < 1e-12);
    }

    void studentsQuantilesAreTheTabulatedOnes()
    {
        QVERIFY(std::abs(studentQuantile(0.95, 1) - 6.3138) < 1e-3);
        QVERIFY(std::abs(studentQuantile(0.95, 10) - 1.8125) < 1e-3);
        QVERIFY(std::abs(studentQuantile(0.95, 1e6) - 1.6449) < 1e-3);
    }

    void holmTakesBackTheWeakestClaims()
    {
        std::vector<Judgement> claims(3);
        for (Judgement& claim : claims)
            claim.verdict = Verdict::Worse;
        claims[0].inferiorityP = 0.001;
        claims[1].inferiorityP = 0.04;
        claims[2].inferiorityP = 0.03;
        correctWorse(claims);
        QCOMPARE(claims[0].verdict, Verdict::Worse);
        QCOMPARE(claims[1].verdict, Verdict::Undecided);
        QCOMPARE(claims[2].verdict, Verdict::Undecided);
    }
};

QTEST_APPLESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
