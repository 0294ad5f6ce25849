#include "support/program.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using taskfold::test::runProgram;

/// The demo's whole loop, once, and what it says.
class DemoTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_project = m_folder.filePath(u"demo"_s);
        const auto end = runProgram({u"demo"_s, m_project, u"--json"_s});
        QVERIFY2(end.code == 0, end.errors.right(500).constData());
        m_report = end.json()[u"report"_s].toString();
    }

    void theShuffledTaskIsLeftOutWithItsEvidence()
    {
        const QJsonArray tasks = json({u"filter"_s})[u"tasks"_s].toArray();
        QCOMPARE(tasks.size(), 10);
        for (const QJsonValue& task : tasks) {
            if (task[u"task"_s] != u"shuffled_intent"_s) {
                QVERIFY2(task[u"decision"_s].toString() != u"exclude"_s, qPrintable(task[u"task"_s].toString()));
                continue;
            }
            QCOMPARE(task[u"suggest"_s].toString(), u"exclude"_s);
            QCOMPARE(task[u"decision"_s].toString(), u"exclude"_s);
            QVERIFY(!task[u"rule"_s].toString().isEmpty());
            QVERIFY(task[u"reason"_s].toString().size() > 20);
            QVERIFY(task[u"outgoing"_s].toDouble() < 0);
        }
        double toShuffled = 0;
        for (const QJsonValue& cell : json({u"filter"_s})[u"affinity"_s].toArray())
            if (cell[u"from"_s] == u"flight_intent"_s && cell[u"to"_s] == u"shuffled_intent"_s)
                toShuffled = cell[u"value"_s].toDouble();
        QVERIFY(toShuffled < 0);
    }

    void smallTasksGainOrHold()
    {
        const QJsonObject comparison = json({u"compare"_s});
        int gained = 0;
        for (const QJsonValue& task : comparison[u"tasks"_s].toArray()) {
            const QString name = task[u"task"_s].toString();
            if (name == u"train_intent" || name == u"stay_slots" || name == u"trip_title") {
                QVERIFY2(task[u"difference"_s].toDouble() > -0.05, qPrintable(name));
                gained += task[u"difference"_s].toDouble() > 0.05 ? 1 : 0;
            }
        }
        QVERIFY(gained >= 2);
        QVERIFY(comparison[u"suite"_s][u"not_worse"_s].toInt() >= 6);
    }

    void theLedgerShowsWhatOneModelSaves()
    {
        const QJsonObject ledger = json({u"compare"_s})[u"ledger"_s].toObject();
        QCOMPARE(ledger[u"models_before"_s].toInt(), 10);
        QVERIFY(ledger[u"models_after"_s].toInt() < 6);
        QVERIFY(ledger[u"overhead_reduction"_s].toDouble() > 0.4);
        QVERIFY(ledger[u"parameters"_s][u"after"_s].toDouble() < 0.6 * ledger[u"parameters"_s][u"before"_s].toDouble());
    }

    void theReportIsWholeAndHasNoScriptButItsOwn()
    {
        QFile file(m_report);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray html = file.readAll();
        for (const char* words : {"Not worse on", "shuffled_intent", "<svg", "What one model saves", "Content hash", "Weights"})
            QVERIFY2(html.contains(words), words);
        QCOMPARE(html.count("<script"), 1);  // the one that sorts tables, named by its hash
        QVERIFY(html.contains("script-src 'sha256-"));
    }

    void everyFormatIsWritten()
    {
        for (const char* ending : {"md", "csv", "tex", "pdf"}) {
            const QString file = m_folder.filePath(u"report."_s + QLatin1StringView(ending));
            const auto end = runProgram({u"report"_s, m_project, file});
            QVERIFY2(end.code == 0, end.errors.constData());
            QVERIFY(QFileInfo(file).size() > 200);
        }
        QVERIFY(runProgram({u"report"_s, m_project, m_folder.filePath(u"report.doc"_s)}).code != 0);
    }

    void theProjectIsWhole()
    {
        QVERIFY(json({u"check"_s})[u"ok"_s].toBool());
        QCOMPARE(runProgram({u"demo"_s, m_project}).code, 3);  // it has tasks already
    }

private:
    QJsonObject json(QStringList arguments) const
    {
        return runProgram(arguments << m_project << u"--json"_s).json();
    }

    QTemporaryDir m_folder;
    QString m_project, m_report;
};

QTEST_GUILESS_MAIN(DemoTest)
#include "tst_demo.moc"
