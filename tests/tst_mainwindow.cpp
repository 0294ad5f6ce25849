#include "support/names.h"
#include "support/samples.h"
#include "support/shot.h"
#include "widgets/dialogs/manualdialog.h"
#include "widgets/models/activitymodel.h"
#include "widgets/models/logmodel.h"
#include "widgets/pages/datapage.h"
#include "widgets/pages/welcomepage.h"
#include "widgets/parts/activitycorner.h"
#include "widgets/parts/logdrawer.h"
#include "widgets/parts/mainwindow.h"
#include "widgets/parts/modebar.h"

#include <QAbstractButton>
#include <QAction>
#include <QDragEnterEvent>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QTextBrowser>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

template <typename Found>
Found* child(QWidget& parent, const QString& name)
{
    auto* found = parent.findChild<Found*>(name);
    if (!found)
        qFatal("no %s here", qPrintable(name));
    return found;
}

struct Window {
    Window()
    {
        window.setPage(Mode::Welcome, new WelcomePage);
        window.setPage(Mode::Data, new DataPage);
    }

    ActivityModel activities;
    QUndoStack undo;
    MainWindow window{activities, undo};
};

}  // namespace

class MainWindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp); }

    void opensPagesOnlyWithAProject()
    {
        Window w;
        QVERIFY(!w.window.modeBar()->button(Mode::Data)->isEnabled());
        w.window.showProject(u"travel"_s, u"/somewhere/travel"_s);
        QVERIFY(w.window.modeBar()->button(Mode::Data)->isEnabled());
        QCOMPARE(w.window.windowTitle(), u"travel – Taskfold"_s);
    }

    void showsThePageOfTheButtonAndOfTheKey()
    {
        Window w;
        w.window.showProject(u"travel"_s, u"/somewhere/travel"_s);
        w.window.show();
        QVERIFY(QTest::qWaitForWindowActive(&w.window));
        QSignalSpy shown(&w.window, &MainWindow::pageShown);
        QTest::mouseClick(w.window.modeBar()->button(Mode::Data), Qt::LeftButton);
        QVERIFY(w.window.page(Mode::Data)->isVisible());
        QTest::keyClick(&w.window, Qt::Key_1, Qt::ControlModifier);
        QTRY_VERIFY(w.window.page(Mode::Welcome)->isVisible());
        QCOMPARE(shown.count(), 2);
    }

    void asksBeforeItCloses()
    {
        Window w;
        w.window.show();
        QSignalSpy asked(&w.window, &MainWindow::closeRequested);
        w.window.close();
        QCOMPARE(asked.count(), 1);
        QVERIFY(w.window.isVisible());
        w.window.allowClose();
        w.window.close();
        QVERIFY(!w.window.isVisible());
    }

    void takesDroppedFiles()
    {
        Window w;
        w.window.show();
        QSignalSpy dropped(&w.window, &MainWindow::filesDropped);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(u"/data/qa.jsonl"_s), QUrl(u"https://example.org/x"_s)});
        QDragEnterEvent enter({100, 100}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&w.window, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(child<QLabel>(w.window, u"dropHint"_s)->isVisible());
        QDropEvent drop({100, 100}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&w.window, &drop);
        QCOMPARE(dropped.front().front().toStringList(), QStringList{u"/data/qa.jsonl"_s});
        QVERIFY(!child<QLabel>(w.window, u"dropHint"_s)->isVisible());
    }

    void showsRunningWorkAndStopsIt()
    {
        Window w;
        w.window.show();
        const int queued = w.activities.add(u"Import of qa"_s);
        const int running = w.activities.add(u"Baseline of mnli"_s);
        w.activities.start(running);
        w.activities.progress(running, 42, 100, u"step 42"_s);
        auto* corner = w.window.activityCorner();
        QVERIFY(corner->isVisible());
        QCOMPARE(child<QLabel>(*corner, u"activityTitle"_s)->text(), u"Baseline of mnli"_s);
        QCOMPARE(child<QLabel>(*corner, u"activityLine"_s)->text(), u"step 42 · 42 %"_s);
        QSignalSpy cancelled(corner, &ActivityCorner::cancelRequested);
        QTest::mouseClick(child<QAbstractButton>(*corner, u"activityCancel"_s), Qt::LeftButton);
        QCOMPARE(cancelled.front().front().toInt(), running);
        w.activities.finish(running, Activity::State::Done);
        QCOMPARE(child<QLabel>(*corner, u"activityTitle"_s)->text(), u"Import of qa"_s);
        QVERIFY(w.activities.find(queued)->isOpen());
    }

    void leadsFromDoneWorkToItsResult()
    {
        Window w;
        w.window.show();
        const int done = w.activities.add(u"Import of qa"_s);
        w.activities.start(done);
        w.activities.finish(done, Activity::State::Done);
        auto* corner = w.window.activityCorner();
        QSignalSpy wanted(corner, &ActivityCorner::resultRequested);
        const int failed = w.activities.add(u"Import of reviews"_s);
        w.activities.finish(
            failed, Activity::State::Failed, {ErrorCode::Io, "reviews.csv: permission denied"});
        const int running = w.activities.add(u"Baseline of mnli"_s);
        w.activities.start(running);
        w.activities.progress(running, 42, 100, u"step 42"_s);
        corner->showAll();
        test::shot(*child<QFrame>(w.window, u"activityList"_s), u"activities"_s);
        QTest::mouseClick(
            child<QAbstractButton>(*corner, u"activityRowResult%1"_s.arg(done)), Qt::LeftButton);
        QCOMPARE(wanted.front().front().toInt(), done);
    }

    void namesEveryControl()
    {
        Window w;
        w.activities.add(u"Import of qa"_s);
        static_cast<DataPage*>(w.window.page(Mode::Data))->showTasks(test::sampleTasks());
        w.window.activityCorner()->showAll();
        QCOMPARE(test::namelessControls(w.window), QStringList());
    }

    void showsTheLogInADrawer()
    {
        Window w;
        w.window.show();
        LogModel log;
        log.setRows({{"2026-11-24T08:15:00Z", "info", "imported qa: 950 of 1,000 rows kept"},
            {"2026-11-24T08:16:10Z", "warning", "qa/train.jsonl, line 3: input is empty"}});
        w.window.logDrawer()->setModel(&log);
        QVERIFY(!w.window.logDrawer()->isVisible());
        child<QAction>(w.window, u"logAction"_s)->trigger();
        QVERIFY(w.window.logDrawer()->isVisible());
        test::shot(w.window, u"log"_s);
        QTest::mouseClick(child<QAbstractButton>(w.window, u"logClose"_s), Qt::LeftButton);
        QVERIFY(!w.window.logDrawer()->isVisible());
    }

    void readsTheManualAtTheRightPlace()
    {
        ManualDialog manual;
        manual.show();
        manual.showTopic(u"compare"_s);
        auto* text = child<QTextBrowser>(manual, u"manualText"_s);
        QCOMPARE(text->textCursor().block().text(), u"Compare"_s);
        test::shot(manual, u"manual"_s);
    }

    void saysWhatFailedInWords()
    {
        Window w;
        w.window.show();
        w.window.showError({ErrorCode::DiskFull, "writing rows/ab.arrow: no space"});
        QVERIFY(child<QLabel>(w.window, u"errorText"_s)->text().contains(u"disk is full"_s));
        auto* detail = child<QLabel>(w.window, u"errorDetail"_s);
        QVERIFY(!detail->isVisible());
        QTest::mouseClick(child<QAbstractButton>(w.window, u"errorFold"_s), Qt::LeftButton);
        QVERIFY(detail->isVisible());
        QCOMPARE(detail->text(), u"writing rows/ab.arrow: no space"_s);
    }

    void opensARecentProject()
    {
        Window w;
        auto* page = static_cast<WelcomePage*>(w.window.page(Mode::Welcome));
        page->setRecent({{u"projects/travel"_s, u"11 tasks"_s}, {u"projects/support"_s, {}}});
        w.window.show();
        QSignalSpy wanted(page, &WelcomePage::recentRequested);
        auto* list = child<QListWidget>(*page, u"recentProjects"_s);
        list->setCurrentRow(1);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(wanted.front().front().toString(), u"projects/support"_s);
        const int running = w.activities.add(u"Baseline of mnli"_s);
        w.activities.start(running);
        w.activities.progress(running, 42, 100, u"step 42 of 100"_s);
        test::shot(w.window, u"welcome"_s);
        w.window.showProject(u"travel"_s, u"projects/travel"_s);
        static_cast<DataPage*>(w.window.page(Mode::Data))->showTasks(test::sampleTasks());
        w.window.showPage(Mode::Data);
        w.window.showError({ErrorCode::DiskFull, "writing rows/ab.arrow: no space"});
        test::shot(w.window, u"window"_s);
    }
};

QTEST_MAIN(MainWindowTest)
#include "tst_mainwindow.moc"
