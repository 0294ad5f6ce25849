#include "app/jobs/check.h"
#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/filter.h"
#include "app/jobs/project.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/comparisonrepository.h"
#include "db/runrepository.h"
#include "db/schema.h"

#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Database.h>

#include <filesystem>

using namespace taskfold;

/// Projects that earlier versions wrote are opened, brought up to date, and hold what they held.
class OlderProjectsTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_project = {std::filesystem::path(m_folder->path().toStdString()) / "project"};
        std::filesystem::copy(std::filesystem::path(TEST_DATA) / "project-1", m_project.folder,
            std::filesystem::copy_options::recursive);
    }

    void theFirstVersionsProjectIsBroughtUpToDate()
    {
        const auto connection = openProject(m_project);
        QVERIFY2(connection, connection ? "" : connection.error().detail.c_str());
        QCOMPARE((*connection)->execAndGet("PRAGMA user_version").getInt(), db::migrations().back().version);
        const auto tasks = jobs::versionsOf(**connection);
        QVERIFY(tasks);
        QCOMPARE(tasks->size(), 2U);
        QCOMPARE(tasks->front().task.name, std::string("colour"));
        QCOMPARE(tasks->front().task.margin, 0.05);
        QCOMPARE(tasks->front().splits.size(), 3U);
        QCOMPARE(tasks->front().masked, 1);  // its input stands in the test split
        QCOMPARE(tasks->front().trainable(), 48);
        const auto rows = jobs::rowsOf(m_project, **connection, tasks->front().splits.at(Split::Train));
        QVERIFY(rows);
        QCOMPARE(rows->front().input, std::string("red thing train 0"));
        QCOMPARE(rows->front().target, std::string("red"));
    }

    void itsRunsComparisonAndDecisionsAreThere()
    {
        const auto connection = openProject(m_project);
        QVERIFY(connection);
        const auto runs = db::RunRepository(**connection).all();
        QVERIFY(runs);
        QCOMPARE(runs->size(), 5U);
        for (const Run& run : *runs)
            QCOMPARE(run.status, RunStatus::Completed);
        const auto comparison = db::ComparisonRepository(**connection).newest();
        QVERIFY(comparison && *comparison);
        QCOMPARE((*comparison)->tasks.size(), 2U);
        QCOMPARE((*comparison)->ledger.modelsBefore, 2);
        const auto view = jobs::filterView(m_project);
        QVERIFY(view);
        QCOMPARE(view->history.size(), 1U);
        QCOMPARE(view->history.front().reason, std::string("as an example"));
    }

    void everyFileIsWhole()
    {
        QVERIFY(openProject(m_project));
        const auto problems = jobs::checkProject(m_project, {});
        QVERIFY(problems);
        for (const jobs::Problem& problem : *problems)
            qWarning("%s: %s", problem.where.c_str(), problem.what.c_str());
        QVERIFY(problems->empty());
    }

    void itsModelsStillAnswerAsTheyDid()
    {
        QVERIFY(openProject(m_project));
        const auto before = jobs::compareRuns(m_project, {}, {}, {});
        QVERIFY2(before, before ? "" : before.error().detail.c_str());
        const auto connection = openExisting(m_project);
        const auto runs = db::RunRepository(**connection).all();
        QVERIFY(runs);
        for (const Run& run : *runs)
            if (run.kind == RunKind::Stage3) {
                const auto scores = jobs::evaluateRun(m_project, run.id, Split::Validation, {});
                QVERIFY2(scores, scores ? "" : scores.error().detail.c_str());
                QCOMPARE(scores->size(), 2U);
            }
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    Project m_project;
};

QTEST_GUILESS_MAIN(OlderProjectsTest)
#include "tst_olderprojects.moc"
