#include "app/jobs/check.h"
#include "app/jobs/taskdata.h"
#include "db/datasetrepository.h"
#include "engine/core/random.h"
#include "tests/support/program.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Qt::StringLiterals;
using namespace taskfold;

/// kill -9 at random moments of an import: the project opens, holds the version whole or not at all, and no file is left.
/// TASKFOLD_KILLS says how many (20 by default; a release wants 200).
class ImportKillTest : public QObject {
    Q_OBJECT

private slots:
    void theProjectHoldsAllOrNothing()
    {
        const QTemporaryDir folder;
        const QString rows = folder.filePath(u"rows.jsonl"_s);
        QFile file(rows);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < 40000; ++i)
            file.write("{\"input\": \"sentence number " + QByteArray::number(i % 39000) + " of a file to be killed over\", \"target\": \"t" + QByteArray::number(i % 5) + "\"}\n");
        file.close();
        const QString project = folder.filePath(u"project"_s);
        QCOMPARE(test::runProgram({u"new"_s, project}).code, 0);
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(test::runProgram({u"import"_s, project, rows, u"--task"_s, u"whole"_s}).code, 0);
        const qint64 whole = clock.elapsed();
        bool given = false;
        const int asked = qEnvironmentVariableIntValue("TASKFOLD_KILLS", &given), kills = given ? asked : 20;
        Random random{11};
        int killed = 0;
        for (int i = 0; i < kills; ++i) {
            QProcess program;
            program.start(qEnvironmentVariable("PROGRAM"), {u"import"_s, project, rows, u"--task"_s, u"t%1"_s.arg(i)});
            QVERIFY(program.waitForStarted());
            if (!program.waitForFinished(int(random.next() % std::uint64_t(whole + 1)))) {
                program.kill();
                program.waitForFinished();
                ++killed;
            }
            verify(project, u"t%1"_s.arg(i));
        }
        QVERIFY2(killed * 2 >= kills, qPrintable(QString::number(killed)));
    }

private:
    void verify(const QString& path, const QString& task)
    {
        const Project project{path.toStdString()};
        const auto connection = openExisting(project);
        QVERIFY(connection);
        const auto problems = jobs::checkProject(project, {});
        QVERIFY(problems && problems->empty());
        const db::DatasetRepository datasets(**connection);
        std::set<std::string> used;
        const auto rows = datasets.hashesInUse(), issues = datasets.issueHashesInUse();
        for (const std::string& hash : *rows)
            used.insert(hash + ".arrow");
        for (const std::string& hash : *issues)
            used.insert(hash + ".arrow");
        std::set<std::string> there;
        for (const QString& name : QDir(path + u"/rows"_s).entryList(QDir::Files | QDir::Hidden))
            there.insert(name.toStdString());
        QVERIFY(there == used);
        const auto tasks = jobs::versionsOf(**connection);
        for (const jobs::TaskVersions& one : *tasks)
            if (one.task.name == task.toStdString())
                QCOMPARE(one.splits.size(), 3U);
    }
};

QTEST_GUILESS_MAIN(ImportKillTest)
#include "tst_importkill.moc"
