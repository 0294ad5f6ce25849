#include "app/gui/background.h"
#include "app/gui/settings.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <latch>
#include <thread>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

/// Works until it is told to stop.
Job endless(std::latch* started = nullptr)
{
    return {"endless", [started](const JobContext& context) -> Result<void> {
                if (started)
                    started->count_down();
                while (!context.stop.stop_requested())
                    std::this_thread::yield();
                return Error{ErrorCode::Cancelled, {}};
            }};
}

}  // namespace

class BackgroundTest : public QObject {
    Q_OBJECT

private slots:
    void tellsOnTheThreadThatAsked()
    {
        Background background;
        const QThread* here = QThread::currentThread();
        const QThread* there = nullptr;
        std::optional<Outcome> outcome;
        std::int64_t done = 0;
        background.submit(this,
            {.job = {"count",
                 [](const JobContext& context) -> Result<void> {
                     context.report({7, 7, {}, "counting"});
                     return {};
                 }},
                .onProgress = [&](const Progress& progress) { done = progress.done; },
                .onEnd =
                    [&](const Outcome& end) {
                        there = QThread::currentThread();
                        outcome = end;
                    }});
        QVERIFY(!outcome);
        QTRY_VERIFY(outcome.has_value());
        QCOMPARE(there, here);
        QCOMPARE(done, 7);
        QCOMPARE(outcome->end, JobEnd::Completed);
        QVERIFY(background.isIdle());
    }

    void letsAnImportPassATraining()
    {
        Background background;
        std::latch started(1);
        const int training = background.submit(this, {.job = endless(&started), .queue = Queue::Training});
        started.wait();
        QVERIFY(background.isTraining());
        bool imported = false;
        background.submit(this,
            {.job = {"import", [](const JobContext&) { return Result<void>(); }},
                .onEnd = [&](const Outcome&) { imported = true; }});
        QTRY_VERIFY(imported);
        QVERIFY(background.isTraining());
        background.cancel(training);
        QTRY_VERIFY(!background.isTraining());
    }

    void stopsWhatTheCornerIsAskedToStop()
    {
        Background background;
        std::latch started(1);
        background.submit(this, {.job = endless(&started), .result = Mode::Runs});
        started.wait();
        const int activity = background.activities().row(0).id;
        QCOMPARE(background.resultOf(activity), Mode::Runs);
        background.cancelActivity(activity);
        QTRY_COMPARE(background.activities().find(activity)->state, Activity::State::Cancelled);
    }

    void showsNothingOfQuietWork()
    {
        Background background;
        bool ended = false;
        background.submit(this,
            {.job = {"preview", [](const JobContext&) { return Result<void>(); }},
                .shown = Shown::Quietly,
                .onEnd = [&](const Outcome&) { ended = true; }});
        QTRY_VERIFY(ended);
        QCOMPARE(background.activities().rowCount(), 0);
    }

    void saysWhatFailed()
    {
        Background background;
        QSignalSpy failed(&background, &Background::failed);
        background.submit(this, {.job = {"import", [](const JobContext&) -> Result<void> {
                                             return Error{ErrorCode::DiskFull, "no room"};
                                         }}});
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.front().at(1).value<Error>().code, ErrorCode::DiskFull);
        QCOMPARE(background.activities().row(0).state, Activity::State::Failed);
    }

    void callsNobodyWhoIsGone()
    {
        Background background;
        bool called = false;
        auto owner = std::make_unique<QObject>();
        std::latch started(1);
        const int number = background.submit(
            owner.get(), {.job = endless(&started), .onEnd = [&](const Outcome&) { called = true; }});
        started.wait();
        owner.reset();
        background.cancel(number);
        QTRY_VERIFY(background.isIdle());
        QVERIFY(!called);
    }

    void remembersProjectsNewestFirst()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"settings.ini"_s);
        {
            Settings settings(file);
            settings.addRecent(u"/a"_s);
            settings.addRecent(u"/b"_s);
            settings.addRecent(u"/a"_s);
            settings.setOfProject(u"/a"_s, u"page"_s, u"runs"_s);
            settings.setScheme(theme::Scheme::Dark);
        }
        const Settings settings(file);
        QCOMPARE(settings.recent(), (QStringList{u"/a"_s, u"/b"_s}));
        QCOMPARE(settings.ofProject(u"/a"_s, u"page"_s).toString(), u"runs"_s);
        QVERIFY(!settings.ofProject(u"/b"_s, u"page"_s).isValid());
        QCOMPARE(settings.scheme(), theme::Scheme::Dark);
    }
};

QTEST_MAIN(BackgroundTest)
#include "tst_background.moc"
