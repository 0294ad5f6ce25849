#include "app/gui/comparecontroller.h"
#include "app/gui/runscontroller.h"
#include "app/jobs/comparing.h"
#include "db/comparisonrepository.h"
#include "support/clicks.h"
#include "support/names.h"
#include "support/shot.h"
#include "support/trained.h"
#include "widgets/models/worddiff.h"
#include "widgets/pages/comparepage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/plot.h"

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;
using test::clickRow;
using test::clickTab;
using test::lines;

namespace {

enum Tab { TasksTab, RowsTab, SuitesTab, LedgerTab, SettingsTab, AllRunsTab };

/// The page with its controller, the real jobs and a project whose answers the test gave.
class Opened {
public:
    explicit Opened(test::Trained& trained)
        : m_settings(QString::fromStdString((trained.project().folder / "settings.ini").string()))
        , m_session{trained.project(), trained.database(), m_background, m_undo, m_settings, m_news}
        , m_runs(m_session, nullptr)
    {
        new CompareController(page, m_runs, m_session);
        page.resize(1280, 860);
        page.show();
    }

    ~Opened()
    {
        if (!QTest::qWaitFor([this] { return m_background.isIdle(); }))
            qWarning("work goes on");
    }

    bool settled()
    {
        return QTest::qWaitFor([this] { return m_background.isIdle(); }, 20000);
    }

    QString line() const { return page.findChild<QLabel*>(u"suiteLine"_s)->text(); }

    bool choose(const QString& list, const QString& text)
    {
        auto* box = test::visible<QComboBox>(list);
        const int at = box ? box->findText(text, Qt::MatchContains) : -1;
        if (at < 0)
            return false;
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Home);
        for (int i = 0; i < at; ++i)
            QTest::keyClick(box, Qt::Key_Down);
        return box->currentIndex() == at;
    }

    ComparePage page;

private:
    Background m_background;
    QUndoStack m_undo;
    Settings m_settings;
    News m_news;
    Session m_session;
    RunsController m_runs;
};

/// Two plans of three stages, all answered but the first one's stage 2.
struct Answered {
    Answered()
    {
        Task copy = trained.task("copy"), colour = trained.task();
        colour.suite = "choice";
        if (!db::TaskRepository(trained.database()).put(colour))
            qFatal("no suite");
        Plan plan = trained.plan();
        plan.name = "no-stage2";
        plan.stages = {3};
        plan.learningRate["stage3"] = 0.5;
        ablation = trained.another(plan);
        for (const char* name : {"colour", "copy"}) {
            trained.answer(trained.run(RunKind::Baseline, 1, name), 0, 0, 1000, {}, name);
            trained.answer(trained.run(RunKind::Stage3), name == std::string("copy") ? 3 : 4, 0, 1000, {}, name);
            trained.answer(trained.run(ablation.id, RunKind::Stage3), 2, 0, 1000, {}, name);
        }
    }

    test::Trained trained{{1}, {2, 3}};
    Plan ablation;
};

}  // namespace

/// The Compare page, as a person uses it.
class ComparePageTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp); }

    void theFirstComparisonIsMadeFromTheEmptyPage()
    {
        Answered answered;
        Opened opened(answered.trained);
        QVERIFY(click(u"firstCompare"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(opened.line().contains(u"of 2 tasks"_s));
        QVERIFY(lines(u"comparison"_s).front().startsWith(u"copy | Exact match | 100.0 | 66.7 | −33.3"_s)
            || lines(u"comparison"_s).front().startsWith(u"colour"_s));
        QVERIFY(opened.settled());
        test::shot(opened.page, u"compare-small"_s);
    }

    void everyControlHasItsNames()
    {
        Answered answered;
        Opened opened(answered.trained);
        QVERIFY(click(u"firstCompare"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(opened.settled());
        QCOMPARE(test::namelessControls(opened.page), QStringList());
    }

    void theWorstTaskStandsFirstAndOtherOrdersAreChosen()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(lines(u"comparison"_s).front().startsWith(u"copy"_s));  // a third lost, not a quarter
        QVERIFY(opened.choose(u"taskOrder"_s, u"Best first"_s));
        QVERIFY(lines(u"comparison"_s).front().startsWith(u"colour"_s));
        QVERIFY(opened.choose(u"taskOrder"_s, u"Largest first"_s));
        QVERIFY(lines(u"comparison"_s).front().startsWith(u"colour"_s));
    }

    void aSuiteIsShownAlone()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(opened.choose(u"suiteFilter"_s, u"choice"_s));
        QCOMPARE(lines(u"comparison"_s).size(), 1);
        QVERIFY(opened.line().startsWith(u"choice: "_s) && opened.line().contains(u"of 1 tasks"_s));
        QVERIFY(clickTab(u"compareTabs"_s, SuitesTab));
        QCOMPARE(lines(u"suites"_s).size(), 3);
    }

    void aPairThatWasNotComparedSaysSoAndIsComparedByAClick()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(opened.choose(u"candidates"_s, u"no-stage2"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 0);
        QVERIFY(opened.line().contains(u"weren't compared yet"_s));
        QVERIFY(click(u"compareNow"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(lines(u"comparison"_s).front().contains(u"−50.0"_s));
        QVERIFY(opened.choose(u"candidates"_s, u"small"_s));  // that one was compared before: it is there at once
        QTRY_VERIFY(!lines(u"comparison"_s).isEmpty() && lines(u"comparison"_s).front().contains(u"−33.3"_s));
        QVERIFY(opened.settled());
    }

    void anotherRunIsTheBaselineFromTheTableOfAllRuns()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(clickTab(u"compareTabs"_s, AllRunsTab));
        QTRY_VERIFY(lines(u"allRuns"_s).size() >= 5);
        QVERIFY(test::type(u"allRunsFilter"_s, u"no-stage2 stage"_s));
        QCOMPARE(lines(u"allRuns"_s).size(), 1);
        QVERIFY(clickRow(u"allRuns"_s, u"no-stage2"_s));
        QVERIFY(click(u"useAsBaseline"_s));
        QTRY_VERIFY(opened.line().contains(u"weren't compared yet"_s));
        QVERIFY(click(u"compareNow"_s));
        QVERIFY(clickTab(u"compareTabs"_s, TasksTab));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(lines(u"comparison"_s).front().contains(u"50.0 | 66.7 | +16.7"_s));
        QVERIFY(clickTab(u"compareTabs"_s, SettingsTab));
        QVERIFY(lines(u"settingsCompared"_s).contains(u"learning_rate.stage3 | 0.5 | 0.01 | yes"_s));
        const qsizetype differing = lines(u"settingsCompared"_s).size();
        QVERIFY(click(u"onlyDifferences"_s));
        QVERIFY(lines(u"settingsCompared"_s).size() > differing + 20);
        QVERIFY(opened.settled());
        test::shot(opened.page, u"compare-settings"_s);
    }

    void severalCandidatesAreComparedAtOnce()
    {
        Answered answered;
        Opened opened(answered.trained);
        QVERIFY(click(u"firstCompare"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(clickTab(u"compareTabs"_s, AllRunsTab));
        QVERIFY(click(u"pivotRuns1"_s));
        QCOMPARE(lines(u"allRuns"_s).size(), 3);  // a stage 2 and two of stage 3
        QVERIFY(click(u"pivotValue1"_s));
        QVERIFY(lines(u"allRuns"_s).join(u'\n').contains(u"−50.0"_s));
        auto* view = test::visible<QTableView>(u"allRunsView"_s);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(0, 0)).center());
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, view->visualRect(view->model()->index(1, 0)).center());
        const auto before = db::ComparisonRepository(answered.trained.database()).lines()->size();
        QVERIFY(click(u"compareChosen"_s));
        QTRY_COMPARE(db::ComparisonRepository(answered.trained.database()).lines()->size(), before + 2);
        QVERIFY(opened.settled());
        test::shot(opened.page, u"compare-runs"_s);
    }

    void predictionsAreImportedInTheWindow()
    {
        Answered answered;
        Opened opened(answered.trained);
        QVERIFY(click(u"firstCompare"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        const QTemporaryDir folder;
        test::writeFile(folder.filePath(u"colour.jsonl"_s), QByteArray("{\"prediction\": \"red\"}\n").repeated(11));
        test::writeFile(folder.filePath(u"other.jsonl"_s), "x");
        QVERIFY(click(u"importPredictions"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"predictionsName"_s) != nullptr);
        QVERIFY(!test::visible<QAbstractButton>(u"predictionsStart"_s)->isEnabled());
        ask::nameNext({folder.filePath(u"colour.jsonl"_s), folder.filePath(u"other.jsonl"_s)});
        QVERIFY(click(u"predictionsAdd"_s));
        QCOMPARE(test::visible<QLineEdit>(u"predictionsFile_colour"_s)->text(), folder.filePath(u"colour.jsonl"_s));
        QVERIFY(test::type(u"predictionsName"_s, u"live"_s));
        QVERIFY(click(u"predictionsStart"_s));
        QTRY_VERIFY(test::visible<QAbstractButton>(u"predictionsStart"_s)->isEnabled());  // refused: one answer is missing
        test::writeFile(folder.filePath(u"colour.jsonl"_s), QByteArray("{\"prediction\": \"red\"}\n").repeated(12));
        test::shot(*test::visible<QLineEdit>(u"predictionsName"_s)->window(), u"compare-predictions"_s);
        QVERIFY(click(u"predictionsStart"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"predictionsName"_s) == nullptr);
        QTRY_VERIFY(opened.line().contains(u"weren't compared yet"_s));
        QCOMPARE(test::visible<QComboBox>(u"baselines"_s)->currentText(), u"live (imported)"_s);
        QVERIFY(click(u"compareNow"_s));
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(lines(u"comparison"_s).front().startsWith(u"colour | Accuracy | 33.3 | 50.0 | +16.7"_s));
        QVERIFY(opened.settled());
    }

    void rowsAreSearchedAndTheDifferenceIsMarked()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(clickRow(u"comparison"_s, u"colour"_s));
        QVERIFY(clickTab(u"compareTabs"_s, RowsTab));
        QTRY_COMPARE(lines(u"differences"_s).size(), 3);
        QVERIFY(click(u"rowFate1"_s));
        QCOMPARE(lines(u"differences"_s).size(), 0);
        QVERIFY(click(u"rowFate2"_s));
        QCOMPARE(lines(u"differences"_s).size(), 3);
        QVERIFY(test::type(u"differencesFilter"_s, u"green"_s));
        QCOMPARE(lines(u"differences"_s).size(), 1);
        QVERIFY(clickRow(u"differences"_s, u"green"_s));
        const QString html = opened.page.findChild<QTextBrowser*>(u"differenceText"_s)->toHtml();
        QVERIFY(html.contains(u"line-through"_s) && html.contains(u"underline"_s));
        QVERIFY(opened.page.findChild<QTextBrowser*>(u"differenceText"_s)->toPlainText().contains(u"greennonsense"_s));
        test::shot(opened.page, u"compare-rows"_s);
    }

    void everyPictureIsDrawnAndExported()
    {
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        const QTemporaryDir folder;
        const QStringList plots{u"forest"_s, u"scoreBars"_s, u"scatter"_s, u"slopes"_s, u"overVolume"_s, u"overAffinity"_s, u"reliability"_s};
        for (int look = 0; look < plots.size(); ++look) {
            QVERIFY(click(u"compareLook"_s + QString::number(look)));
            auto* plot = opened.page.findChild<Plot*>(plots[look]);
            QVERIFY2(plot && plot->isVisible(), qPrintable(plots[look]));
            QVERIFY(!plot->title().isEmpty());
            for (const QString& ending : {u".svg"_s, u".pdf"_s, u".png"_s}) {
                QVERIFY(plot->save(folder.filePath(plots[look] + ending)));
                QVERIFY(QFileInfo(folder.filePath(plots[look] + ending)).size() > 400);
            }
            test::shot(opened.page, u"compare-"_s + plots[look]);
        }
        QVERIFY(opened.page.findChild<QLabel*>(u"overAffinityEmpty"_s)->text().contains(u"Filter page"_s));  // nothing was measured
        QVERIFY(click(u"compareLook3"_s));
        QVERIFY(test::visible<QAbstractButton>(u"evaluateStages"_s));  // stage 2 has answered nothing
    }

    void everyTableIsExported_data()
    {
        QTest::addColumn<int>("tab");
        QTest::addColumn<QString>("table");
        QTest::newRow("tasks") << int{TasksTab} << u"comparison"_s;
        QTest::newRow("rows") << int{RowsTab} << u"differences"_s;
        QTest::newRow("suites") << int{SuitesTab} << u"suites"_s;
        QTest::newRow("ledger") << int{LedgerTab} << u"ledger"_s;
        QTest::newRow("settings") << int{SettingsTab} << u"settingsCompared"_s;
        QTest::newRow("runs") << int{AllRunsTab} << u"allRuns"_s;
    }

    void everyTableIsExported()
    {
        QFETCH(int, tab);
        QFETCH(QString, table);
        Answered answered;
        compare(answered, RunKind::Stage3, {});
        Opened opened(answered.trained);
        QTRY_COMPARE(lines(u"comparison"_s).size(), 2);
        QVERIFY(opened.settled());
        QVERIFY(clickTab(u"compareTabs"_s, tab));
        const QTemporaryDir folder;
        ask::nameNext({folder.filePath(u"table.csv"_s)});
        QVERIFY(click(table + u"Export"_s));
        QFile file(folder.filePath(u"table.csv"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), lines(table).size() + 1);
    }

    void whatChangedBetweenTwoTextsIsFoundInWords_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("html");
        QTest::newRow("same") << u"a b"_s << u"a b"_s << u"a b"_s;
        QTest::newRow("one word") << u"the red thing"_s << u"the blue thing"_s << u"the -red-+blue+ thing"_s;
        QTest::newRow("added") << u"a"_s << u"a b"_s << u"a+ b+"_s;
        QTest::newRow("nothing") << u""_s << u"x"_s << u"+x+"_s;
        QTest::newRow("Chinese by characters") << u"明天下雨"_s << u"今天下雨"_s << u"-明-+今+天下雨"_s;
        QTest::newRow("marks are text") << u"<b>"_s << u"<i>"_s << u"&lt;-b-+i+&gt;"_s;
    }

    void whatChangedBetweenTwoTextsIsFoundInWords()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, html);
        QString found = diffHtml(wordDiff(before, after), u"x"_s, u"y"_s);
        found.replace(u"<s style=\"color:x\">"_s, u"-"_s).replace(u"</s>"_s, u"-"_s).replace(u"<u style=\"color:y\">"_s, u"+"_s).replace(u"</u>"_s, u"+"_s);
        QCOMPARE(found, html);
    }

    void longTextsAreComparedInTime()
    {
        QString before, after;
        for (int i = 0; i < 20000; ++i) {
            before += QString::number(i * 7) + u' ';
            after += QString::number(i * 11) + u' ';
        }
        QElapsedTimer timer;
        timer.start();
        const auto parts = wordDiff(before, after);
        QVERIFY(!parts.empty());
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    }

private:
    static void compare(Answered& answered, RunKind kind, const std::string& baseline)
    {
        const auto done = jobs::compareRuns(answered.trained.project(), answered.trained.run(kind), baseline, {});
        if (!done)
            qFatal("not compared: %s", done.error().detail.c_str());
    }
};

QTEST_MAIN(ComparePageTest)
#include "tst_comparepage.moc"
