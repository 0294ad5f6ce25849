#include "app/gui/application.h"
#include "db/comparisonrepository.h"
#include "db/metricrepository.h"
#include "db/transaction.h"
#include "support/clicks.h"
#include "support/shot.h"
#include "support/stallwatch.h"
#include "support/startedwindow.h"
#include "support/trained.h"
#include "widgets/pages/comparepage.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;
using test::lines;

namespace {

constexpr int kRuns = 1500;
constexpr int kTasks = 11;
constexpr int kPoints = 1'000'000;

// Names as people give them, in every script.
const std::vector<std::string> kNames{"a_name_that_is_much_longer_than_any_column_has_room_for_and_never_ends_wwwwwwwwwwwwwwwwwwwwww",
    "\u94F6\u884C\u5BA2\u6237\u610F\u56FE\u5206\u7C7B\u4EFB\u52A1", "\u05E1\u05D9\u05D5\u05D5\u05D2 \u05DB\u05D5\u05E0\u05D5\u05EA",
    "\u062A\u0635\u0646\u064A\u0641 \u0627\u0644\u0646\u0648\u0627\u064A\u0627 (1)", "<b>bold</b> & \"quoted\"", "generated task 7", "generated task 8",
    "generated task 9", "generated task 10"};

// Goals are 200 ms and 16 ms, and what is measured is printed. A machine that is busy with other tests takes longer: these
// bounds only find a design that reads or draws everything at once.
constexpr double kOpen = 2000, kStall = 250;

TaskComparison made(const Task& task, int number)
{
    TaskComparison one;
    one.task = task.id;
    one.name = task.name;
    one.suite = number % 2 ? "odd" : "even";
    one.single = 0.8;
    one.multi = 0.8 + 0.002 * (number - 5);
    one.difference = one.multi - one.single;
    one.low = one.difference - 0.01;
    one.high = one.difference + 0.01;
    one.margin = 0.01;
    one.n = 1000;
    one.verdict = number < 3 ? Verdict::Worse : number < 6 ? Verdict::Undecided : Verdict::NotWorse;
    one.trainRows = 100 << number;
    one.affinity = 0.01 * (number - 4);
    for (int bin = 0; bin < 10; ++bin)
        one.calibrationSingle.bins.push_back({0.05 + 0.1 * bin, 0.1 * bin, 100});
    one.calibrationMulti = one.calibrationSingle;
    return one;
}

/// Runs, scores, curves and comparisons without a training.
class Many {
public:
    Many()
    {
        auto& database = m_trained.database();
        for (int i = 2; i < kTasks; ++i) {
            Task task = m_trained.task();
            task.id = {};
            task.name = kNames[static_cast<std::size_t>(i - 2)];
            if (!db::TaskRepository(database).put(task))
                qFatal("no task");
        }
        m_tasks = *db::TaskRepository(database).all();
        const Result<void> done = db::inTransaction(database, [&]() -> Result<void> { return fill(database); });
        if (!done)
            qFatal("not filled: %s", done.error().detail.c_str());
    }

    QString folder() const { return QString::fromStdString(m_trained.project().folder.string()); }

private:
    Result<void> fill(SQLite::Database& database)
    {
        db::RunRepository runs(database);
        Run run = *runs.byId(m_trained.run(RunKind::Stage3));
        const int before = static_cast<int>(runs.all()->size());
        for (int i = before; i < kRuns; ++i) {
            run.kind = i % 4 == 0 ? RunKind::Stage3 : i % 4 == 1 ? RunKind::Stage2 : RunKind::Baseline;
            run.task = run.kind == RunKind::Baseline ? m_tasks[static_cast<std::size_t>(i) % m_tasks.size()].id : TaskId{};
            run.seed = static_cast<std::uint64_t>(1 + i % 5);
            const Result<RunId> id = runs.add(run);
            if (!id)
                return id.error();
            run.id = *id;
            run.status = RunStatus::Completed;
            if (Result<void> put = runs.setProgress(run); !put)
                return put;
            if (Result<void> put = runs.setStatus(run.id, RunStatus::Completed); !put)
                return put;
            if (Result<void> put = fillRun(database, run, i); !put)
                return put;
        }
        return compareAll(database);
    }

    Result<void> fillRun(SQLite::Database& database, const Run& run, int number)
    {
        std::vector<MetricPoint> points;
        for (int step = 0; step < kPoints / (kRuns - 10) + 1; ++step)
            points.push_back({{}, step, "loss", 2.0 / (1 + step)});
        if (Result<void> put = db::MetricRepository(database).append(run.id, points); !put)
            return put;
        for (std::size_t k = 0; k < m_tasks.size(); ++k) {
            if (run.kind == RunKind::Baseline && m_tasks[k].id != run.task)
                continue;
            Score score;
            score.run = run.id;
            score.task = m_tasks[k].id;
            score.value = 0.5 + 0.0003 * (number % 1000);
            score.n = 1000;
            score.dataHash = "generated";
            if (Result<void> put = db::PredictionRepository(database).put(score, {}); !put)
                return put;
        }
        return {};
    }

    Result<void> compareAll(SQLite::Database& database)
    {
        const auto runs = db::RunRepository(database).all();
        Comparison comparison;
        for (std::size_t k = 0; k < m_tasks.size(); ++k)
            comparison.tasks.push_back(made(m_tasks[k], static_cast<int>(k)));
        comparison.suite.tasks = kTasks;
        comparison.created = "2026-01-02T03:04:05Z";
        for (const Run& run : *runs) {
            if (run.kind != RunKind::Stage3)
                continue;
            comparison.candidate = run.id;
            if (const auto added = db::ComparisonRepository(database).add(comparison); !added)
                return added.error();
        }
        return {};
    }

    test::Trained m_trained;
    std::vector<Task> m_tasks;
};

}  // namespace

/// The Compare page where a year's work lies in the project.
class CompareScaleTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_many = std::make_unique<Many>();
        Options options;
        options.project = m_many->folder();
        options.page = Mode::Filter;
        m_application = test::started(m_folder, options);
        QVERIFY(m_application);
        QTRY_VERIFY(m_application->opened() != nullptr);
        QVERIFY(idle());
    }

    // Where the time of opening goes, for those who want to shorten it.
    void thePageIsBuilt()
    {
        QElapsedTimer timer;
        timer.start();
        ComparePage page;
        const double built = static_cast<double>(timer.nsecsElapsed()) / 1e6;
        page.resize(1180, 760);
        page.ensurePolished();
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        qInfo("page built in %.1f ms, on the screen after %.1f ms", built, static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QVERIFY(built < kStall);
    }

    void thePageOpensAtOnce()
    {
        test::StallWatch watch;
        QElapsedTimer timer;
        timer.start();
        QVERIFY(click(u"compareMode"_s));
        const qint64 shown = timer.elapsed();
        QVERIFY(test::turnUntil([] { return lines(u"comparison"_s).size() == kTasks; }, 20000));
        const qint64 filled = timer.elapsed();
        QVERIFY(idle());
        qInfo("%d runs, %d points: page shown after %lld ms, comparison after %lld ms; longest gap of the event loop %.1f ms", kRuns, kPoints,
            static_cast<long long>(shown), static_cast<long long>(filled), watch.longest());
        QVERIFY(filled < kOpen);
        QVERIFY(watch.longest() < kStall);
    }

    void everyLookIsDrawnWithoutAStall()
    {
        for (int look = 0; look < 7; ++look) {
            test::StallWatch watch;
            QVERIFY(click(u"compareLook"_s + QString::number(look)));
            settle();
            tell("look " + QByteArray::number(look), watch);
            test::shot(m_application->window(), u"scale-look"_s + QString::number(look));
        }
    }

    void allRunsAreSortedAndFilteredWithoutAStall()
    {
        {
            test::StallWatch watch;
            QVERIFY(test::clickTab(u"compareTabs"_s, 5));
            settle();
            tell("table of all runs", watch);
        }
        QVERIFY(lines(u"allRuns"_s).size() >= kRuns);
        {
            test::StallWatch watch;
            QVERIFY(test::type(u"allRunsFilter"_s, u"stage seed 3"_s));
            settle();
            tell("filter", watch);
        }
        const qsizetype found = lines(u"allRuns"_s).size();
        QVERIFY(found > 50 && found < kRuns / 2);
        {
            test::StallWatch watch;
            QVERIFY(test::type(u"allRunsFilter"_s, u"1"_s));
            auto* view = test::visible<QTableView>(u"allRunsView"_s);
            view->sortByColumn(6, Qt::DescendingOrder);
            settle();
            tell("sorted by mean", watch);
        }
        {
            test::StallWatch watch;
            QVERIFY(click(u"pivotValue1"_s));
            settle();
            tell("differences", watch);
        }
        test::shot(m_application->window(), u"scale-runs"_s);
    }

    void anotherComparisonIsThereAtOnce()
    {
        auto* box = test::visible<QComboBox>(u"candidates"_s);
        QVERIFY(box && box->count() >= 200);
        int next = box->currentIndex() + 1;  // the next of a stage 3: those were compared
        while (!box->itemText(next).contains(u"Stage 3"_s))
            ++next;
        for (int at = box->currentIndex(); at + 1 < next; ++at)
            QTest::keyClick(box, Qt::Key_Down);
        QVERIFY(idle());
        test::StallWatch watch;
        QElapsedTimer timer;
        timer.start();
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Down);
        QVERIFY(idle());
        qInfo("another candidate: %lld ms", static_cast<long long>(timer.elapsed()));
        tell("another candidate", watch);
    }

    void cleanupTestCase()
    {
        QVERIFY(idle());
        m_application.reset();
    }

private:
    bool idle()
    {
        return test::turnUntil([this] { return m_application->background().isIdle(); }, 60000);
    }

    // Until what was asked for is painted: plots and tables draw in the next turns.
    static void settle()
    {
        QElapsedTimer timer;
        timer.start();
        test::turnUntil([&] { return timer.elapsed() > 60; }, 1000);
    }

    static void tell(const QByteArray& what, const test::StallWatch& watch)
    {
        qInfo("%s: longest gap of the event loop %.1f ms", what.constData(), watch.longest());
        QVERIFY(watch.longest() < kStall);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Many> m_many;
    std::unique_ptr<Application> m_application;
};

QTEST_MAIN(CompareScaleTest)
#include "tst_comparescale.moc"
