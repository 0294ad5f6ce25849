#include "app/jobs/comparing.h"
#include "app/jobs/pairing.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/comparisonrepository.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "db/termsrepository.h"
#include "support/codeof.h"
#include "support/smallproject.h"

#include <QTest>

#include <algorithm>

using namespace taskfold;

namespace {

bool mentions(const std::vector<std::string>& warnings, std::initializer_list<const char*> words)
{
    return std::any_of(warnings.begin(), warnings.end(), [&](const std::string& warning) {
        return std::all_of(words.begin(), words.end(), [&](const char* word) { return warning.find(word) != std::string::npos; });
    });
}

/// Trained runs as the database has them, with the answers a test gives them: nothing is computed.
class Trained {
public:
    explicit Trained(std::vector<std::uint64_t> seeds = {1})
    {
        m_plan = m_small.plan();
        m_plan.stages = {3};
        m_plan.seeds = std::move(seeds);
        m_plan.id = *jobs::queuePlan(project(), m_plan, {});
        m_connection = *openExisting(project());
        db::RunRepository runs(database());
        const auto queued = runs.ofPlan(m_plan.id);
        for (const Run& run : *queued)
            if (!runs.setStatus(run.id, RunStatus::Completed))
                qFatal("no status");
        m_plan = *jobs::planOf(project(), m_plan.id);
    }

    Project project() const { return m_small.project(); }
    SQLite::Database& database() { return *m_connection; }
    Task task() { return *db::TaskRepository(database()).byName("colour"); }
    std::string testHash() { return m_plan.dataHashes.at("colour/test"); }

    std::vector<Row> rows()
    {
        return *jobs::rowsOf(project(), database(), jobs::frozenTask(database(), m_plan, "colour")->splits.at(Split::Test));
    }

    RunId run(RunKind kind, std::uint64_t seed = 1)
    {
        const auto all = db::RunRepository(database()).ofPlan(m_plan.id);
        for (const Run& one : *all)
            if (one.kind == kind && one.seed == seed && (kind != RunKind::Baseline || one.task == task().id))
                return one.id;
        return {};
    }

    /// Answers of rows from..to, all right but every `wrongEvery`th.
    void answer(RunId run, std::size_t wrongEvery, std::size_t from = 0, std::size_t to = 1000, std::string hash = {})
    {
        std::vector<Prediction> answers;
        const std::vector<Row> all = rows();
        for (std::size_t i = from; i < std::min(to, all.size()); ++i) {
            Prediction one;
            one.line = all[i].line;
            one.text = wrongEvery > 0 && i % wrongEvery == 0 ? "nonsense" : all[i].target;
            one.invalid = one.text == "nonsense";
            one.confidence = one.invalid ? 0.4 : 0.9;
            answers.push_back(one);
        }
        Score score;
        score.run = run;
        score.task = task().id;
        score.dataHash = hash.empty() ? testHash() : hash;
        score.n = static_cast<std::int64_t>(answers.size());
        if (!db::PredictionRepository(database()).put(score, answers)
            || !db::TermsRepository(database()).addRead({run, task().id, score.dataHash, "prompt", score.n, "now"}))
            qFatal("no answers");
    }

    TaskComparison compared(const std::string& baseline = {})
    {
        comparison = *jobs::compareRuns(project(), {}, baseline, {});
        return *std::find_if(comparison.tasks.begin(), comparison.tasks.end(), [](const TaskComparison& one) { return one.name == "colour"; });
    }

    Comparison comparison;

private:
    test::SmallProject m_small;
    Plan m_plan;
    db::Connection m_connection;
};

}  // namespace

/// What a comparison says beside its numbers.
class ComparingTest : public QObject {
    Q_OBJECT

private slots:
    void marginAndMetricAreThoseThatWereFixedBeforehand()
    {
        Trained trained;
        const Task before = trained.task();
        const auto fixed = db::TermsRepository(trained.database())
                               .fix({before.id, trained.testHash(), before.metric, before.margin, "rule", "2026-01-02T03:04:05Z"});
        QVERIFY(fixed);
        Task after = before;
        after.margin = 0.9;
        after.metric = MetricKind::ChrF;  // the table of tasks takes the newer metrics, too
        QVERIFY(db::TaskRepository(trained.database()).put(after));
        trained.answer(trained.run(RunKind::Baseline), 0);
        trained.answer(trained.run(RunKind::Stage3), 3);
        const TaskComparison task = trained.compared();
        QCOMPARE(task.margin, before.margin);
        QCOMPARE(task.metric, MetricKind::Accuracy);
        QCOMPARE(trained.comparison.fixed, std::string("2026-01-02T03:04:05Z"));
        QVERIFY(mentions(trained.comparison.warnings, {"colour", "fixed on 2026-01-02", "90 points"}));
        const auto again = db::TermsRepository(trained.database()).fix({before.id, trained.testHash(), MetricKind::ChrF, 0.9, "", "later"});
        QCOMPARE(again->margin, before.margin);  // a promise can't be made twice
    }

    void withoutAPromiseThereIsAWarning()
    {
        Trained trained;
        trained.answer(trained.run(RunKind::Baseline), 0);
        trained.answer(trained.run(RunKind::Stage3), 4);
        const TaskComparison task = trained.compared();
        QVERIFY(mentions(trained.comparison.warnings, {"colour", "weren't fixed"}));
        QCOMPARE(task.n, 12);
        QCOMPARE(task.lost, 3);
        QCOMPARE(task.invalidMulti, 0.25);
        QCOMPARE(task.mcNemar.value(), 0.25);
        QVERIFY(std::abs(task.calibrationSingle.ece - 0.1) < 1e-9);
        QVERIFY(task.affinity.has_value() == false);
        const auto stored = db::ComparisonRepository(trained.database()).newest();
        QCOMPARE((*stored)->warnings, trained.comparison.warnings);  // they stay with it
        QCOMPARE((*stored)->tasks.front().perSeed.size(), 1U);
    }

    void otherRowsAreNamedAndTheCommonOnesCompared()
    {
        Trained trained;
        trained.answer(trained.run(RunKind::Baseline), 0, 0, 10);
        trained.answer(trained.run(RunKind::Stage3), 0, 2, 12);
        const TaskComparison task = trained.compared();
        QCOMPARE(task.n, 8);
        QVERIFY(mentions(trained.comparison.warnings, {"colour: 2 rows (lines 1, 2) were answered by run", "2 rows (lines 11, 12)", "8 in common"}));
    }

    void scoresOfOtherDataArentCompared()
    {
        Trained trained;
        trained.answer(trained.run(RunKind::Baseline), 0, 0, 1000, "0123456789abcdef");
        trained.answer(trained.run(RunKind::Stage3), 0);
        const TaskComparison task = trained.compared();
        QCOMPARE(task.verdict, Verdict::NotComputable);
        QVERIFY(task.note.find("other test rows (0123456789ab, not ") != std::string::npos);
    }

    void readingTestRowsTwiceIsSaid()
    {
        Trained trained;
        trained.answer(trained.run(RunKind::Baseline), 0);
        trained.answer(trained.run(RunKind::Stage3), 0);
        trained.answer(trained.run(RunKind::Stage3), 0);
        trained.compared();
        QCOMPARE(trained.comparison.testReads, 2);
        QVERIFY(mentions(trained.comparison.warnings, {"more than once", "colour", "2 times"}));
    }

    void seedsStandOneByOne()
    {
        Trained trained({1, 2, 3});
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            trained.answer(trained.run(RunKind::Baseline, seed), 0);
            trained.answer(trained.run(RunKind::Stage3, seed), seed == 2 ? 2 : 6);
        }
        const TaskComparison task = trained.compared();
        QCOMPARE(task.seeds, 3);
        QCOMPARE(task.perSeed.size(), 3U);
        QCOMPARE(task.perSeed[1].multi, 0.5);
        QVERIFY(std::abs(task.perSeed[0].multi - 10.0 / 12) < 1e-12);
        QVERIFY(!mentions(trained.comparison.warnings, {"One seed"}));
        QCOMPARE(trained.comparison.runs.size(), 6U);
    }

    void importedPredictionsAreABaseline()
    {
        Trained trained;
        const QString file = QString::fromStdString((trained.project().folder / "deployed.jsonl").string());
        QByteArray lines;
        for (const Row& row : trained.rows())
            lines += "{\"line\": " + QByteArray::number(qlonglong{row.line}) + ", \"prediction\": \"" + (row.line % 2 == 0 ? "zebra" : row.target.c_str()) + "\"}\n";
        test::writeFile(file, lines);
        const auto run = jobs::importPredictions(trained.project(), "colour", file.toStdString(), "live");
        QVERIFY2(run, run ? "" : run.error().detail.c_str());
        trained.answer(trained.run(RunKind::Stage3), 0);
        const TaskComparison task = trained.compared("imported:live");
        QCOMPARE(task.single, 0.5);
        QCOMPARE(task.invalidSingle, 0.5);
        QCOMPARE(task.won, 6);
        QCOMPARE(test::codeOf(jobs::compareRuns(trained.project(), {}, "imported:other", {})), ErrorCode::NotFound);
        QCOMPARE(test::codeOf(jobs::compareRuns(trained.project(), {}, "7x", {})), ErrorCode::InvalidInput);
        const auto rows = jobs::rowDifferences(trained.project(), trained.comparison, task.task);
        QVERIFY(rows);
        QCOMPARE(rows->size(), 6U);
    }

    void badPredictionsAreRefusedByTheirLine_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("no JSON") << QByteArray("{\"line\": 1, \"prediction\": \"red\"}\nred\n") << QByteArray("line 2: expected");
        QTest::newRow("no answer") << QByteArray("{\"line\": 1}\n") << QByteArray("line 1: expected");
        QTest::newRow("answer is a number") << QByteArray("{\"prediction\": 3}\n") << QByteArray("line 1: expected");
        QTest::newRow("unknown row") << QByteArray("{\"line\": 99, \"prediction\": \"\"}\n") << QByteArray("no test row at line 99");
        QTest::newRow("twice") << QByteArray("{\"line\": 1, \"prediction\": \"\"}\n{\"line\": 1, \"prediction\": \"\"}\n") << QByteArray("answered before");
        QTest::newRow("half named") << QByteArray("{\"line\": 1, \"prediction\": \"\"}\n{\"prediction\": \"\"}\n") << QByteArray("either every object");
        QTest::newRow("line is text") << QByteArray("{\"line\": \"1\", \"prediction\": \"\"}\n") << QByteArray("whole number");
        QTest::newRow("too few") << QByteArray("{\"prediction\": \"red\"}\n") << QByteArray("holds 1 predictions");
        QTest::newRow("too many") << QByteArray("{\"prediction\": \"red\"}\n").repeated(13) << QByteArray("line 13: there are only 12");
        QTest::newRow("empty") << QByteArray("\n\n") << QByteArray("holds no predictions");
    }

    void badPredictionsAreRefusedByTheirLine()
    {
        QFETCH(QByteArray, lines);
        QFETCH(QByteArray, said);
        Trained trained;
        const auto file = trained.project().folder / "bad.jsonl";
        test::writeFile(QString::fromStdString(file.string()), lines);
        const std::size_t before = db::RunRepository(trained.database()).all()->size();
        const auto run = jobs::importPredictions(trained.project(), "colour", file, "live");
        QVERIFY(!run);
        QVERIFY2(run.error().detail.find(said.toStdString()) != std::string::npos, run.error().detail.c_str());
        QCOMPARE(db::RunRepository(trained.database()).all()->size(), before);
        QCOMPARE(test::codeOf(jobs::importPredictions(trained.project(), "nowhere", file, "live")), ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(ComparingTest)
#include "tst_comparing.moc"
