#include "app/jobs/comparing.h"
#include "app/jobs/overview.h"
#include "db/comparisonrepository.h"
#include "engine/stats/overhead.h"
#include "support/codeof.h"
#include "support/trained.h"

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

class Trained : public test::Trained {
public:
    using test::Trained::Trained;

    TaskComparison compared(const std::string& baseline = {})
    {
        comparison = *jobs::compareRuns(project(), {}, baseline, {});
        return *std::find_if(comparison.tasks.begin(), comparison.tasks.end(), [](const TaskComparison& one) { return one.name == "colour"; });
    }

    Comparison comparison;
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

    void likeAnswersToFewRowsAreNoProof()
    {
        Trained trained;
        trained.answer(trained.run(RunKind::Baseline), 0);
        trained.answer(trained.run(RunKind::Stage3), 0);
        QCOMPARE(trained.compared().verdict, Verdict::NotWorse);
        QVERIFY(mentions(trained.comparison.warnings, {"scored alike on every row", "colour (12 rows, up to 22.1 points)"}));
        trained.answer(trained.run(RunKind::Stage3), 5);
        trained.compared();
        QVERIFY(!mentions(trained.comparison.warnings, {"scored alike on every row"}));
        const auto self = jobs::compareRuns(trained.project(), {}, std::to_string(trained.run(RunKind::Stage3).value), {});
        QVERIFY(!mentions(self->warnings, {"scored alike on every row"}));  // with itself: there is nothing to prove
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
        const auto run = jobs::importPredictions(trained.project(), {{"colour", file.toStdString()}}, "live", {});
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

    void allFilesOfPredictionsAreTakenOrNone()
    {
        Trained trained;
        const auto good = trained.project().folder / "colour.jsonl", bad = trained.project().folder / "copy.jsonl";
        test::writeFile(QString::fromStdString(good.string()), QByteArray("{\"prediction\": \"red\"}\n").repeated(12));
        test::writeFile(QString::fromStdString(bad.string()), "{\"prediction\": \"red\"}\nbroken\n");
        const std::size_t before = db::RunRepository(trained.database()).all()->size();
        const auto refused = jobs::importPredictions(trained.project(), {{"colour", good}, {"copy", bad}}, "live", {});
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.find("copy.jsonl, line 2") != std::string::npos);
        QCOMPARE(db::RunRepository(trained.database()).all()->size(), before);
        test::writeFile(QString::fromStdString(bad.string()), QByteArray("{\"prediction\": \"I say red\"}\n").repeated(6));
        const auto kept = jobs::importPredictions(trained.project(), {{"colour", good}, {"copy", bad}}, "live", {});
        QVERIFY(kept);
        QCOMPARE(kept->size(), 2U);
        const auto overview = jobs::overviewOf(trained.project());
        QCOMPARE(overview->imported, std::vector<std::string>{"live"});
        QCOMPARE(overview->runs.size(), before + 2);
        QVERIFY(std::abs(overview->runs.back().scores.at(trained.task("copy").id).value - 1.0 / 3) < 1e-12);
    }

    void theLedgerStandsAgainstWholeModelsAndAgainstOneBaseWithAdapters()
    {
        Trained trained;
        Plan plan = trained.plan();
        const double tasks = static_cast<double>(plan.kept.size() + plan.excluded.size());
        const auto& tiny = plan.tiny;
        const double h = tiny.hidden, f = tiny.feedForward, kv = h / tiny.heads * tiny.keyValueHeads;
        const double whole = tiny.vocabulary * h + tiny.layers * (2 * h * h + 2 * h * kv + 3 * h * f + 2 * h) + h;
        const double adapter = tiny.layers * 16 * (2 * (h + h) + 2 * (h + kv) + 3 * (h + f));
        const auto line = [&](const std::string& key) {
            const auto ledger = jobs::ledgerOf(trained.project(), trained.database(), plan, 1, trained.run(RunKind::Stage3));
            const auto found = std::find_if(ledger->lines.begin(), ledger->lines.end(), [&](const LedgerLine& one) { return one.key == key; });
            return found == ledger->lines.end() ? LedgerLine{} : *found;
        };
        db::RunRepository runs(trained.database());
        const auto all = runs.ofPlan(plan.id);
        for (Run run : *all) {
            run.parameters = 1000 * run.id.value;
            run.seconds = 10;
            QVERIFY(runs.setProgress(run));
        }
        Run probe = all->front();
        probe.kind = RunKind::Probe;
        probe.id = *runs.add(probe);
        probe.seconds = 7;
        QVERIFY(runs.setProgress(probe));
        const LedgerLine stored = line("parameters");
        QVERIFY(stored.before > 0 && stored.after > 0);
        QCOMPARE(line("parameters_against_adapters").before, whole + tasks * adapter);
        QCOMPARE(line("parameters_against_adapters").after, stored.after);
        QCOMPARE(line("train_seconds").after, 10.0);
        QCOMPARE(line("train_seconds_with_singles").after, 10.0 * (1 + tasks) + 7);
        QCOMPARE(line("parameters_against_models").before, 0.0);  // those are what is stored

        plan.method = Method::Lora;  // what is stored are adapters now
        QCOMPARE(line("parameters_against_models").before, tasks * whole);
        QCOMPARE(line("parameters_against_models").after, (1 + static_cast<double>(plan.excluded.size())) * whole);
        QCOMPARE(line("parameters_against_adapters").before, whole + stored.before);
        QCOMPARE(line("parameters_against_adapters").after, whole + stored.after);
        QVERIFY(std::abs(stats::overheadReduction(11, 0) - 0.909) < 5e-4);  // eleven tasks, none left out: 90.9 %
        QCOMPARE(stats::overheadReduction(11, 2), 1 - 3.0 / 11);
    }

    void slopesGoOverTheStagesToTheAblations()
    {
        Trained trained({1}, {2, 3});
        Plan plan = trained.plan();
        plan.name = "no-stage2";
        plan.stages = {3};
        const Plan other = trained.another(plan);
        trained.answer(trained.run(RunKind::Baseline), 0);
        trained.answer(trained.run(RunKind::Stage3), 4);
        trained.answer(trained.run(other.id, RunKind::Stage3), 2);
        const TaskComparison task = [&] {
            trained.comparison = *jobs::compareRuns(trained.project(), trained.run(RunKind::Stage3), {}, {});
            return trained.comparison.tasks.front();
        }();
        const auto overview = jobs::overviewOf(trained.project());
        Slopes slopes = jobs::slopesOf(*overview, trained.comparison);
        QCOMPARE(slopes.stops.size(), 4U);
        QVERIFY(slopes.stops[0].baseline && slopes.stops[1].kind == RunKind::Stage2 && slopes.stops[2].kind == RunKind::Stage3);
        QVERIFY(slopes.stops[3].ablation && slopes.stops[3].plan == "no-stage2");
        QCOMPARE(slopes.unscored, std::vector<RunId>{trained.run(RunKind::Stage2)});
        QCOMPARE(slopes.lines.front().task, task.task);
        QCOMPARE(slopes.lines.front().scores, (std::vector<std::optional<double>>{1.0, std::nullopt, 0.75, 0.5}));
        trained.answer(trained.run(RunKind::Stage2), 3);
        slopes = jobs::slopesOf(*jobs::overviewOf(trained.project()), trained.comparison);
        QVERIFY(slopes.unscored.empty());
        QVERIFY(std::abs(*slopes.lines.front().scores[1] - 2.0 / 3) < 1e-12);
    }

    void settingsThatDifferAreKnown()
    {
        Trained trained;
        Plan plan = trained.plan();
        plan.name = "hotter";
        plan.learningRate["stage3"] = 0.5;
        const Plan other = trained.another(plan);
        for (const RunId run : {trained.run(RunKind::Stage3), trained.run(other.id, RunKind::Stage3)})
            trained.answer(run, 0);
        const auto comparison = jobs::compareRuns(
            trained.project(), trained.run(other.id, RunKind::Stage3), std::to_string(trained.run(RunKind::Stage3).value), {});
        QVERIFY(comparison);
        const auto lines = jobs::comparedSettings(trained.project(), *jobs::overviewOf(trained.project()), *comparison);
        QVERIFY(lines);
        std::map<std::string, std::pair<std::string, std::string>> differing;
        std::size_t equal = 0;
        for (const SettingLine& line : *lines) {
            if (line.differs())
                differing[line.key] = {line.baseline, line.candidate};
            else
                ++equal;
        }
        QVERIFY(equal > 30);
        QCOMPARE(differing.size(), 3U);  // run, name, learning_rate.stage3
        QCOMPARE(differing.at("learning_rate.stage3"), (std::pair<std::string, std::string>("0.01", "0.5")));
        QCOMPARE(differing.at("name"), (std::pair<std::string, std::string>("small", "hotter")));
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
        const auto run = jobs::importPredictions(trained.project(), {{"colour", file}}, "live", {});
        QVERIFY(!run);
        QVERIFY2(run.error().detail.find(said.toStdString()) != std::string::npos, run.error().detail.c_str());
        QCOMPARE(db::RunRepository(trained.database()).all()->size(), before);
        QCOMPARE(test::codeOf(jobs::importPredictions(trained.project(), {{"nowhere", file}}, "live", {})), ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(ComparingTest)
#include "tst_comparing.moc"
