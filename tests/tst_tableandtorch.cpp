#include "app/jobs/mappingfile.h"
#include "app/jobs/training.h"
#include "db/datasetrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "engine/data/rowstore.h"
#include "support/smallproject.h"

#include <QTest>

using namespace taskfold;

/// Parquet's libraries and libtorch in one process, each before and behind the other: both carry copies of the same things.
class TableAndTorchTest : public QObject {
    Q_OBJECT

private:
    // The task's splits as Parquet, in a folder that is a task.
    static QString asTables(const test::SmallProject& small, const QString& name)
    {
        const QString folder = QString::fromStdString(small.project().folder.string()) + QStringLiteral("-tables/") + name;
        QDir().mkpath(folder);
        for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
            const std::string file = (folder + u'/').toStdString() + std::string(wordOf(split)) + ".parquet";
            if (!jobs::exportTaskRows(small.project(), "colour", split, file, {}))
                qFatal("nothing was written");
        }
        return folder;
    }

    static void import(const test::SmallProject& small, const QString& folder)
    {
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = folder.toStdString();
        request.sources.push_back(source);
        const auto imported = jobs::importData(small.project(), request, {});
        QVERIFY2(imported, imported ? "" : imported.error().detail.c_str());
        QVERIFY(imported->accepted);
    }

    static std::vector<Row> rowsOf(const test::SmallProject& small, const std::string& task)
    {
        const auto connection = openExisting(small.project());
        const auto id = db::TaskRepository(**connection).byName(task)->id;
        return *data::readRows(small.project().rows(), db::DatasetRepository(**connection).newest(id)->at(Split::Train).hash);
    }

    static void train(const test::SmallProject& small, const std::string& task)
    {
        Plan plan = small.plan();
        plan.stages = {};
        plan.kept = {task};
        plan.highResource = {};
        const auto queued = jobs::queuePlan(small.project(), plan, {});
        QVERIFY2(queued, queued ? "" : queued.error().detail.c_str());
        const Result<void> done = jobs::runQueue(small.project(), *queued, {});
        QVERIFY2(done, done ? "" : done.error().detail.c_str());
        const auto connection = openExisting(small.project());
        const auto runs = db::RunRepository(**connection).ofPlan(*queued);
        QVERIFY(runs && !runs->empty());
        for (const Run& run : *runs) {
            QCOMPARE(run.status, RunStatus::Completed);
            QVERIFY(run.steps > 0);
        }
    }

private slots:
    void aTableIsImportedBeforeAndAfterATraining()
    {
        const test::SmallProject small;
        import(small, asTables(small, QStringLiteral("before")));
        train(small, "before");
        import(small, asTables(small, QStringLiteral("after")));
        train(small, "after");
        const std::vector<Row> rows = rowsOf(small, "colour");
        QCOMPARE(rows.size(), 48U);
        for (const char* task : {"before", "after"}) {
            const std::vector<Row> others = rowsOf(small, task);
            QCOMPARE(others.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                QCOMPARE(others[i].input, rows[i].input);
                QCOMPARE(others[i].target, rows[i].target);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TableAndTorchTest)
#include "tst_tableandtorch.moc"
