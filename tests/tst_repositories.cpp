#include "db/baserepository.h"
#include "db/comparisonrepository.h"
#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/decisionrepository.h"
#include "db/integrity.h"
#include "db/metricrepository.h"
#include "db/open.h"
#include "db/planrepository.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/schema.h"
#include "db/settingrepository.h"
#include "db/taskrepository.h"
#include "db/transaction.h"
#include "support/codeof.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

Task someTask(const std::string& name = "intent")
{
    Task task;
    task.name = name;
    task.kind = TaskKind::Classification;
    task.metric = MetricKind::MacroF1;
    task.labels = {"a", "b"};
    task.instruction = "which?";
    task.owner = "ann";
    task.margin = 0.02;
    task.deployedScore = 0.9;
    return task;
}

bool alive(ProcessMark) { return true; }
bool gone(ProcessMark) { return false; }

}  // namespace

class RepositoriesTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_connection = connect();
    }

    void tasksAreKeptChangedAndRemoved()
    {
        db::TaskRepository tasks(*m_connection);
        Task task = someTask();
        task.id = *tasks.put(task);
        QVERIFY(*tasks.byName("intent") == task);
        task.owner = "bob";
        QCOMPARE(*tasks.put(task), task.id);
        QVERIFY(*tasks.byId(task.id) == task);
        QVERIFY(tasks.remove(task.id));
        QCOMPARE(tasks.byName("intent").error().code, ErrorCode::NotFound);
    }

    void versionsKeepTheirIssuesMasksAndTheNewestCounts()
    {
        const TaskId task = *db::TaskRepository(*m_connection).put(someTask());
        db::DatasetRepository datasets(*m_connection);
        DatasetVersion version;
        version.task = task;
        version.hash = std::string(64, 'a');
        version.sources = {{"train.jsonl", "abc", 12}};
        version.rowsIn = 3;
        version.rowsKept = 2;
        version.issues = {{Reason::Empty, 1}};
        const std::vector<RowIssue> issues{{"train.jsonl", 2, "input", Reason::Empty, IssueAction::Quarantined, "x", "why"}};
        const VersionId first = *datasets.add(version, issues);
        int given = 0;
        const auto next = [&]() -> Result<std::optional<db::Mask>> {
            return given++ == 0 ? std::optional(db::Mask{7, "other/test line 1"}) : std::nullopt;
        };
        QVERIFY(datasets.setMasks(first, next));
        QCOMPARE(*datasets.maskCount(first), 1);
        QCOMPARE(**datasets.mask(first, 7), std::string("other/test line 1"));
        const auto failing = []() -> Result<std::optional<db::Mask>> { return Error{ErrorCode::Io, "no"}; };
        QCOMPARE(test::codeOf(datasets.setMasks(first, failing)), std::optional(ErrorCode::Io));
        QCOMPARE(*datasets.maskCount(first), 1);  // those before
        QVERIFY(datasets.setMasks(first, next));
        QCOMPARE(*datasets.maskCount(first), 0);
        QVERIFY(*datasets.issues(first, std::nullopt, 0, 10) == issues);
        QCOMPARE(datasets.issues(first, Reason::Json, 0, 10)->size(), 0U);
        version.hash = std::string(64, 'b');
        const VersionId second = *datasets.add(version, {});
        QCOMPARE(datasets.newest(task)->at(Split::Train).id, second);
        QCOMPARE(datasets.history(task)->size(), 2U);
        QCOMPARE(datasets.hashesInUse()->size(), 2U);
    }

    void runsAreTakenByOneProcessOnly()
    {
        db::RunRepository runs(*m_connection);
        Run run;
        run.seed = 5;
        run.created = "now";
        const RunId id = *runs.add(run);
        QVERIFY(runs.take(id, {11, 100}, gone));
        QCOMPARE(runs.take(id, {12, 200}, alive).error().code, ErrorCode::Busy);
        QVERIFY(runs.take(id, {12, 200}, gone));  // the first one is gone
        QCOMPARE(runs.byId(id)->process.pid, 12);
        QCOMPARE(*runs.markInterrupted(alive), 0);
        QCOMPARE(*runs.markInterrupted(gone), 1);
        QCOMPARE(*runs.status(id), RunStatus::Interrupted);
        QVERIFY(!runs.requestStop(id));
    }

    void twoConnectionsSeeEachOthersRunsAndMetrics()
    {
        const db::Connection other = connect();
        db::RunRepository mine(*m_connection), theirs(*other);
        const RunId id = *mine.add({});
        db::MetricRepository metrics(*other);
        std::vector<MetricPoint> points;
        for (int step = 1; step <= 500; ++step)
            points.push_back({{}, step, "loss", 1.0 / step});
        QVERIFY(metrics.append(id, points));
        QVERIFY(theirs.requestStop(id));
        QCOMPARE(*mine.status(id), RunStatus::Stopped);  // it was only queued
        const db::MetricRepository here(*m_connection);
        QCOMPARE(here.since(id, 100)->size(), 400U);
        QVERIFY(metrics.truncate(id, 10));
        QCOMPARE(here.curve(id, {}, "loss")->size(), 10U);
        points.resize(1);
        points[0].value = 7;
        QVERIFY(metrics.append(id, points));
        QCOMPARE(here.curve(id, {}, "loss")->front().value, 7.0);
    }

    void decisionsAreAHistoryAndTheNewestCounts()
    {
        const TaskId task = *db::TaskRepository(*m_connection).put(someTask());
        db::DecisionRepository decisions(*m_connection);
        Decision decision;
        decision.task = task;
        decision.by = "user";
        decision.verb = Verb::Exclude;
        QVERIFY(decisions.add(decision));
        decision.verb = Verb::Keep;
        QVERIFY(decisions.add(decision));
        QCOMPARE(decisions.history()->size(), 2U);
        QCOMPARE(decisions.current()->at(task).verb, Verb::Keep);
    }

    void evidenceAnswersAndComparisonsComeBack()
    {
        const TaskId task = *db::TaskRepository(*m_connection).put(someTask());
        const RunId run = *db::RunRepository(*m_connection).add({});
        db::DecisionRepository decisions(*m_connection);
        AffinityEvidence evidence;
        evidence.run = run;
        evidence.tasks = {task};
        evidence.cells = {{task, task, 0.5, 0.1, true}};
        evidence.probes = {{0.5}, {0.4}};
        QVERIFY(decisions.putEvidence(evidence));
        QVERIFY((*decisions.newestEvidence())->cells == evidence.cells);
        db::PredictionRepository predictions(*m_connection);
        const Score score{run, task, Split::Test, MetricKind::Accuracy, Decode::Labels, 0.5, 2, 1, "hash"};
        const std::vector<Prediction> answers{{run, task, Split::Test, 1, "a", false, -0.5}, {run, task, Split::Test, 2, "?", true, -3}};
        QVERIFY(predictions.put(score, answers));
        QVERIFY(predictions.put(score, answers));  // in place of the first
        QVERIFY(*predictions.predictions(run, task, Split::Test) == answers);
        QVERIFY(predictions.scores(run)->front() == score);
        db::ComparisonRepository comparisons(*m_connection);
        QVERIFY(!*comparisons.newest());
        Comparison comparison;
        comparison.candidate = run;
        comparison.tasks.resize(1);
        comparison.tasks[0].name = "intent";
        comparison.suite.notWorse = 1;
        comparison.ledger.lines = {{"bytes", 2, 1, "bytes", "how"}};
        QVERIFY(comparisons.add(comparison));
        QCOMPARE((*comparisons.newest())->tasks[0].name, std::string("intent"));
        QCOMPARE((*comparisons.newest())->ledger.lines[0].before, 2.0);
    }

    void plansBasesCorporaAndSettingsComeBack()
    {
        db::PlanRepository plans(*m_connection);
        const PlanId plan = *plans.put({{}, "p", "hash", "{}", "now"});
        QCOMPARE(*plans.put({{}, "q", "hash", "{}", "later"}), plan);  // the same plan
        QCOMPARE(plans.byId(plan)->body, std::string("{}"));
        BaseModel base;
        base.name = "tiny";
        base.path = "models/tiny";
        QVERIFY(db::BaseRepository(*m_connection).put(base));
        QCOMPARE(db::BaseRepository(*m_connection).byName("tiny")->path, base.path);
        Corpus corpus;
        corpus.name = "faq";
        corpus.hash = std::string(64, 'c');
        corpus.heldOutHash = std::string(64, 'd');
        QVERIFY(db::CorpusRepository(*m_connection).put(corpus));
        QCOMPARE(db::CorpusRepository(*m_connection).all()->size(), 1U);
        db::SettingRepository settings(*m_connection);
        QVERIFY(settings.set("page", "data"));
        QCOMPARE(**settings.get("page"), std::string("data"));
        QVERIFY(!*settings.get("nothing"));
    }

    void aFailedTransactionLeavesNothing()
    {
        const Result<void> failed = db::inTransaction(*m_connection, [&]() -> Result<void> {
            if (const auto put = db::TaskRepository(*m_connection).put(someTask()); !put)
                return put.error();
            return Error{ErrorCode::Io, "no"};
        });
        QVERIFY(!failed);
        QCOMPARE(db::TaskRepository(*m_connection).all()->size(), 0U);
    }

    void aTaskTakesItsOwnWithIt()
    {
        const TaskId task = *db::TaskRepository(*m_connection).put(someTask());
        Run run;
        run.task = task;
        const RunId id = *db::RunRepository(*m_connection).add(run);
        QVERIFY(db::TaskRepository(*m_connection).remove(task));
        QCOMPARE(db::RunRepository(*m_connection).byId(id).error().code, ErrorCode::NotFound);
        QCOMPARE(db::integrityProblems(*m_connection)->size(), 0U);
    }

    void laterAndBrokenDatabasesAreRefused()
    {
        const QString other = m_folder->filePath(u"broken.db"_s);
        QFile file(other);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5000, 'x'));
        file.close();
        Result<db::Connection> opened = db::open(other.toStdString());
        QVERIFY(!opened || !db::migrate(**opened));
    }

private:
    db::Connection connect() const
    {
        Result<db::Connection> opened = db::open(m_folder->filePath(u"project.db"_s).toStdString());
        if (!opened || !db::migrate(**opened))
            qFatal("no database");
        return *std::move(opened);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    db::Connection m_connection;
};

QTEST_APPLESS_MAIN(RepositoriesTest)
#include "tst_repositories.moc"
