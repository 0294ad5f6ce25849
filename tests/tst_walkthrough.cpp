#include "app/gui/application.h"
#include "app/gui/openedproject.h"
#include "support/clicks.h"
#include "support/shot.h"
#include "support/smallproject.h"
#include "support/stallwatch.h"
#include "support/startedwindow.h"
#include "widgets/parts/ask.h"

#include <QAction>
#include <QComboBox>
#include <QTemporaryDir>
#include <QLabel>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;
using test::clickRow;
using test::lines;

namespace {

constexpr int kTraining = 280000;  // ms; a few seconds on a quiet machine

// Far above what a busy machine takes from the window, far below a wait for the engine (a step, a checkpoint, a file).
constexpr double kStall = 250;

/// Generated rows: a colour to be named, its opposite kind of answer, and a word to be said again.
QString writeTasks(const QString& folder)
{
    const char* words[]{"red", "green", "blue"};
    for (const char* split : {"train", "validation", "test"}) {
        QByteArray colours, moods, copies;
        const int count = qstrcmp(split, "train") == 0 ? 240 : 24;
        for (int i = 0; i < count; ++i) {
            const QByteArray word = words[i % 3];
            const QByteArray tail = QByteArray(split) + " " + QByteArray::number(i);
            colours += "{\"input\": \"" + word + " thing " + tail + "\", \"target\": \"" + word + "\"}\n";
            if (i < count / 4)
                copies += "{\"input\": \"say " + word + " " + tail + "\", \"target\": \"I say " + word + "\"}\n";
            if (i < count / 2)
                moods += (i % 2 ? "good day " : "bad day ") + tail + "," + (i % 2 ? "yes" : "no") + "\n";
        }
        colours += "{\"input\": \"\", \"target\": \"red\"}\n";  // a row with nothing in it
        test::writeFile(folder + u"/colour/%1.jsonl"_s.arg(QLatin1StringView(split)), colours);
        test::writeFile(folder + u"/copy/%1.jsonl"_s.arg(QLatin1StringView(split)), copies);
        test::writeFile(folder + u"/mood/%1.csv"_s.arg(QLatin1StringView(split)), "input,target\n" + moods);
    }
    test::writeFile(folder + u"/colour/task.json"_s,
        R"({"name": "colour", "type": "classification", "labels": ["red", "green", "blue"], "instruction": "which colour?"})");
    test::writeFile(folder + u"/copy/task.json"_s, R"({"name": "copy", "type": "generation", "instruction": "repeat"})");
    test::writeFile(folder + u"/mood/task.json"_s,
        R"({"name": "mood", "type": "classification", "labels": ["yes", "no"], "instruction": "good?"})");
    return folder;
}

bool anyRunIs(const QString& status)
{
    return lines(u"runs"_s).join(u'\n').contains(status, Qt::CaseInsensitive);
}

// Clicks the button for the run that is trained, again for the next one if the run ended before it was heard.
bool interrupts(const QString& button, const QString& status)
{
    return QTest::qWaitFor(
        [&] {
            if (anyRunIs(status))
                return true;
            const auto* ready = test::visible<QAbstractButton>(button);
            if (clickRow(u"runs"_s, u"Running"_s) && ready && ready->isEnabled())
                click(button);
            return anyRunIs(status);
        },
        kTraining);
}

}  // namespace

/// A person's first hour, with the mouse: new project, import, filter, plan, run, stop, resume, compare, export.
class WalkthroughTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_application = test::started(m_folder);
        QVERIFY(m_application);
    }

    void aProjectIsMade()
    {
        QVERIFY(click(u"newProject"_s));
        QVERIFY(QTest::qWaitFor([] { return test::visible<QLineEdit>(u"projectName"_s) != nullptr; }));
        QVERIFY(test::type(u"projectName"_s, u"first"_s));
        QVERIFY(test::type(u"projectLocation"_s, m_folder.path()));
        QVERIFY(click(u"projectCreate"_s));
        QTRY_VERIFY(m_application->opened() != nullptr);
        QVERIFY(QFileInfo::exists(m_folder.filePath(u"first/project.db"_s)));
    }

    void dataIsImportedWhileTheWindowLives()
    {
        const QString data = writeTasks(m_folder.filePath(u"tasks"_s));
        QVERIFY(click(u"emptyButton"_s));
        QTRY_VERIFY(test::visible<QAbstractButton>(u"importAddFolder"_s) != nullptr);
        ask::nameNext({data});
        QVERIFY(click(u"importAddFolder"_s));
        QTRY_VERIFY(!lines(u"preview"_s).isEmpty());
        test::StallWatch watch;
        QVERIFY(click(u"importStart"_s));
        QTRY_COMPARE_WITH_TIMEOUT(lines(u"summary"_s).size(), 9, 20000);  // three tasks with three splits
        QCOMPARE(lines(u"examples"_s).size(), 3);
        QVERIFY(livedThrough("import", watch));
        QVERIFY(click(u"importCancel"_s));
        QTRY_COMPARE(lines(u"tasks"_s).size(), 3);
        QVERIFY(clickRow(u"tasks"_s, u"colour"_s));
        picture(u"data"_s);
    }

    void affinityIsMeasuredAndADecisionTakenBack()
    {
        QVERIFY(click(u"filterMode"_s));
        QVERIFY(click(u"firstMeasure"_s));
        QTRY_COMPARE_WITH_TIMEOUT(lines(u"filter"_s).size(), 3, kTraining);
        QVERIFY(clickRow(u"filter"_s, u"copy"_s));
        QTRY_COMPARE(lines(u"whatIf"_s).size(), 7);
        QCOMPARE(lines(u"whatIf"_s).front(), u"Models to serve | 1 | 2"_s);
        picture(u"whatif"_s);
        QVERIFY(test::type(u"decisionReason"_s, u"it has an owner of its own"_s));
        QVERIFY(click(u"excludeTask"_s));
        QVERIFY(test::clickTab(u"filterTabs"_s, 1));
        QTRY_COMPARE(lines(u"decisions"_s).size(), 1);
        QVERIFY(lines(u"decisions"_s).front().contains(u"it has an owner of its own"_s));
        picture(u"filter"_s);
        auto* undo = m_application->window().findChild<QAction*>(u"undoAction"_s);
        QVERIFY(undo && undo->isEnabled());
        undo->trigger();
        QTRY_COMPARE(lines(u"decisions"_s).size(), 2);  // taking it back is on record, too
        QVERIFY(QTest::qWaitFor([] {
            const QStringList all = lines(u"filter"_s);
            return std::none_of(all.begin(), all.end(), [](const QString& line) { return line.contains(u"left out"_s, Qt::CaseInsensitive); });
        }));
    }

    void aPlanIsSetAndStoppedAndResumedWhileTheWindowLives()
    {
        QVERIFY(click(u"planMode"_s));
        QTRY_VERIFY(!lines(u"mixture"_s).isEmpty());
        const auto rate = [] { return test::visible<QLineEdit>(u"planRate_baseline"_s)->text().toDouble(); };
        auto* method = test::visible<QComboBox>(u"planMethod"_s);
        const double full = rate();
        method->setCurrentIndex(1);
        QTRY_COMPARE(rate(), 10 * full);  // an adapter learns at ten times the rate
        method->setCurrentIndex(0);
        QTRY_COMPARE(rate(), full);
        for (const auto& [name, value] : {std::pair{u"planThreads"_s, 1.0}, {u"planEpochs"_s, 60.0}, {u"planPatience"_s, 100.0}, {u"planBatch"_s, 8.0},
                 {u"planContext"_s, 64.0}, {u"planValidation"_s, 12.0}})
            QVERIFY2(test::set(name, value), qPrintable(name));
        for (const QString& stage : {u"baseline"_s, u"stage2"_s, u"stage3"_s})
            QVERIFY(test::type(u"planRate_"_s + stage, u"0.003"_s));
        QTRY_VERIFY(lines(u"mixture"_s).join(u'\n').contains(u"copy"_s));
        picture(u"plan"_s);
        test::StallWatch watch;
        QVERIFY(click(u"planRun"_s));
        QVERIFY(interrupts(u"pauseRun"_s, u"paused"_s));
        QVERIFY(clickRow(u"runs"_s, u"Paused"_s));
        QVERIFY(click(u"resumeRun"_s, kTraining));
        QVERIFY(interrupts(u"stopRun"_s, u"stopped"_s));
        QVERIFY(clickRow(u"runs"_s, u"Stopped"_s));
        QVERIFY(click(u"resumeRun"_s, kTraining));
        QTRY_VERIFY_WITH_TIMEOUT(allCompleted(), kTraining);
        QVERIFY(livedThrough("training", watch));
        QTRY_VERIFY(test::visible<QLabel>(u"evaluationShare"_s) != nullptr);
        static const QRegularExpression share(u"takes ([0-9.]+) %"_s);
        const double percent = share.match(test::visible<QLabel>(u"evaluationShare"_s)->text()).captured(1).toDouble();
        QVERIFY(percent > 0 && percent < 100);
        picture(u"runs"_s);
    }

    void whatWasWonAndLostIsCompared()
    {
        QVERIFY(clickRow(u"runs"_s, u"3"_s));
        for (const QString& line : lines(u"runs"_s))
            if (line.contains(u"Stage 3"_s, Qt::CaseInsensitive))
                QVERIFY(clickRow(u"runs"_s, line));
        QVERIFY(click(u"compareRun"_s, kTraining));
        QTRY_COMPARE_WITH_TIMEOUT(lines(u"comparison"_s).size(), 3, kTraining);
        QCOMPARE(m_application->window().currentMode(), Mode::Compare);
        picture(u"compare"_s);
    }

    void theReportIsExported()
    {
        QVERIFY(click(u"reportMode"_s));
        for (const QString& format : {u"html"_s, u"pdf"_s, u"csv"_s, u"md"_s}) {
            const QString file = m_folder.filePath(u"report."_s + format);
            ask::nameNext({file});
            QVERIFY2(click(u"export_"_s + format), qPrintable(format));
            QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(file).size() > 200, 20000);
        }
        QFile html(m_folder.filePath(u"report.html"_s));
        QVERIFY(html.open(QIODevice::ReadOnly));
        const QByteArray text = html.readAll();
        for (const char* words : {"colour", "mood", "copy", "it has an owner of its own"})
            QVERIFY2(text.contains(words), words);
        picture(u"report"_s);
    }

    void cleanupTestCase()
    {
        QVERIFY(QTest::qWaitFor([this] { return m_application->background().isIdle(); }));
        m_application.reset();
    }

private:
    static bool allCompleted()
    {
        const QStringList all = lines(u"runs"_s);
        return all.size() >= 5 && std::all_of(all.begin(), all.end(), [](const QString& line) {
            return line.contains(u"completed"_s, Qt::CaseInsensitive);
        });
    }

    static bool livedThrough(const char* what, const test::StallWatch& watch)
    {
        qInfo("%s: the event loop stood still for %.1f ms at most", what, watch.longest());
        return watch.longest() < kStall;
    }

    void picture(const QString& page) { test::shot(m_application->window(), u"walk-"_s + page); }

    QTemporaryDir m_folder;
    std::unique_ptr<Application> m_application;
};

QTEST_MAIN(WalkthroughTest)
#include "tst_walkthrough.moc"
