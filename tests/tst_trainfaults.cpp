#include "app/jobs/check.h"
#include "app/jobs/planfile.h"
#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "support/program.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QRegularExpression>
#include <QTest>

#include <cerrno>
#include <filesystem>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::runsOf;

namespace {

QString pathOf(const Project& project)
{
    return QString::fromStdString(project.folder.string());
}

// The program with files that fail (support/faultyfiles.cpp).
struct Fault {
    QString call;
    int reason = 0;
    int after = 1;
    bool once = false;
};

test::Ended runWith(const Fault& fault, const QStringList& arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LD_PRELOAD"_s, QString::fromUtf8(FAULTY_FILES));
    environment.insert(u"FAULT_PATH"_s, u"/checkpoints"_s);
    environment.insert(u"FAULT_CALL"_s, fault.call);
    environment.insert(u"FAULT_ERRNO"_s, QString::number(fault.reason));
    environment.insert(u"FAULT_AFTER"_s, QString::number(fault.after));
    if (fault.once)
        environment.insert(u"FAULT_ONCE"_s, u"1"_s);
    return test::runProgram(arguments, environment);
}

}  // namespace

/// Disks that fill up, folders that can't be written to: a training that meets them says so, keeps what it has, and goes on
/// later to the weights of a training that met none.
class TrainFaultsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Plan plan = m_small.plan();
        plan.stages = {};
        plan.kept = {"colour"};
        m_plan = pathOf(m_small.project()) + u"-plan.json"_s;
        QVERIFY(jobs::writePlan(plan, m_plan.toStdString()));
        const Project whole = copyOf("whole");
        QCOMPARE(test::runProgram({u"run"_s, pathOf(whole), m_plan}).code, 0);
        m_expected = runsOf(whole).front().checkpointHash;
        QVERIFY(!m_expected.empty());
    }

    void whatCantBeWrittenEndsTheRunWithAReasonAndIsWrittenLater_data()
    {
        QTest::addColumn<QString>("call");
        QTest::addColumn<int>("reason");
        QTest::addColumn<int>("after");
        QTest::addColumn<bool>("once");
        QTest::addColumn<QString>("says");
        QTest::newRow("disk full at the first byte") << u"write"_s << ENOSPC << 1 << false << u"No space|full"_s;
        QTest::newRow("disk full in the second checkpoint") << u"write"_s << ENOSPC << 40 << false << u"No space|full"_s;
        QTest::newRow("quota") << u"write"_s << EDQUOT << 30 << false << u"quota|full"_s;
        QTest::newRow("disk full at a sync") << u"fsync"_s << ENOSPC << 3 << false << u"sync"_s;
        QTest::newRow("a bad disk, once") << u"write"_s << EIO << 25 << true << u"Input/output"_s;
        QTest::newRow("a sync that fails, once") << u"fsync"_s << EIO << 12 << true << u"sync"_s;
        QTest::newRow("no name to be had") << u"rename"_s << EIO << 9 << true << u"Input/output"_s;
        QTest::newRow("a folder that can't be written to") << u"mkdir"_s << EACCES << 1 << false << u"ermission"_s;
        QTest::newRow("a file that can't be made") << u"open"_s << EROFS << 7 << false << u"Read-only"_s;
    }

    void whatCantBeWrittenEndsTheRunWithAReasonAndIsWrittenLater()
    {
        QFETCH(QString, call);
        QFETCH(int, reason);
        QFETCH(int, after);
        QFETCH(bool, once);
        QFETCH(QString, says);
        const Project project = copyOf("faulty");
        const test::Ended ran = runWith({call, reason, after, once}, {u"run"_s, pathOf(project), m_plan});
        QVERIFY2(ran.code == 1, ran.errors.constData());
        QVERIFY2(QString::fromUtf8(ran.errors).contains(QRegularExpression(says)), ran.errors.constData());
        Run run = runsOf(project).front();
        QCOMPARE(run.status, RunStatus::Failed);
        QVERIFY(!run.note.empty());
        QVERIFY(jobs::checkProject(project, {})->empty());
        const std::filesystem::path folder = project.runs() / std::to_string(run.id.value) / "checkpoints";
        if (std::filesystem::exists(folder))
            for (const auto& entry : std::filesystem::directory_iterator(folder))  // nothing half-written has a name
                QVERIFY(entry.path().filename().string().starts_with(".part") || std::filesystem::exists(entry.path() / "manifest.json"));
        QCOMPARE(test::runProgram({u"resume"_s, pathOf(project), u"1"_s}).code, 0);
        run = runsOf(project).front();
        QCOMPARE(run.status, RunStatus::Completed);
        QCOMPARE(run.checkpointHash, m_expected);
    }

private:
    Project copyOf(const char* name) const
    {
        const Project copy{m_small.project().folder.string() + "-" + name};
        std::filesystem::remove_all(copy.folder);
        std::filesystem::copy(m_small.project().folder, copy.folder, std::filesystem::copy_options::recursive);
        return copy;
    }

    test::SmallProject m_small;
    QString m_plan;
    std::string m_expected;
};

QTEST_GUILESS_MAIN(TrainFaultsTest)
#include "tst_trainfaults.moc"
