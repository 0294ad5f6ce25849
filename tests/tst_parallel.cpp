#include "engine/model/parallel.h"

#include <QDir>
#include <QTest>

#include <atomic>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace taskfold::model;

namespace {

int threadsOfProcess()
{
    return static_cast<int>(QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size());
}

}  // namespace

class ParallelTest : public QObject {
    Q_OBJECT

private slots:
    void cleanup() { setLoopThreads(2); }

    void everyNumberComesOnce_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("grain");
        QTest::addColumn<int>("threads");
        for (const int count : {0, 1, 2, 3, 7, 64, 1000})
            for (const int grain : {1, 3, 64, 2000})
                for (const int threads : {1, 2, 3, 8})
                    QTest::addRow("%d by %d on %d", count, grain, threads) << count << grain << threads;
    }
    void everyNumberComesOnce()
    {
        QFETCH(int, count);
        QFETCH(int, grain);
        QFETCH(int, threads);
        setLoopThreads(threads);
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count) + 10);
        std::atomic<int> parts = 0, shorter = 0;
        parallelFor(5, 5 + count, grain, [&](std::int64_t from, std::int64_t to) {
            ++parts;
            shorter += to - from < grain ? 1 : 0;
            for (std::int64_t i = from; i < to; ++i)
                ++seen[static_cast<std::size_t>(i)];
        });
        for (int i = 0; i < count + 10; ++i)
            QCOMPARE(seen[static_cast<std::size_t>(i)].load(), i >= 5 && i < 5 + count ? 1 : 0);
        QVERIFY(parts <= threads);
        QVERIFY(shorter <= 1);
        QCOMPARE(parts > 1, threads > 1 && count > grain);
    }

    void theThreadsAreOthers()
    {
        setLoopThreads(3);
        std::set<std::thread::id> ids;
        std::mutex mutex;
        for (int i = 0; i < 50; ++i)
            parallelFor(0, 3, 1, [&](std::int64_t, std::int64_t) {
                QVERIFY(insideLoop());
                const std::scoped_lock lock(mutex);
                ids.insert(std::this_thread::get_id());
            });
        QCOMPARE(ids.size(), std::size_t{3});
        QVERIFY(ids.contains(std::this_thread::get_id()));
        QVERIFY(!insideLoop());
    }

    // Loops one after another at once, and with pauses in which everybody falls asleep.
    void noLoopIsLostHoweverLongTheyWait()
    {
        setLoopThreads(4);
        std::vector<std::int64_t> values(64);
        std::iota(values.begin(), values.end(), 0);
        for (int round = 0; round < 20'000; ++round) {
            parallelFor(0, 64, 1, [&](std::int64_t from, std::int64_t to) {
                for (std::int64_t i = from; i < to; ++i)
                    ++values[static_cast<std::size_t>(i)];
            });
            if (round % 2000 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(3));
        }
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], static_cast<std::int64_t>(i) + 20'000);
    }

    void loopsInALoopRunWhereTheyAre()
    {
        setLoopThreads(2);
        std::atomic<int> elsewhere = 0, done = 0;
        parallelFor(0, 2, 1, [&](std::int64_t, std::int64_t) {
            const std::thread::id own = std::this_thread::get_id();
            parallelFor(0, 100, 1, [&](std::int64_t from, std::int64_t to) {
                elsewhere += std::this_thread::get_id() != own ? 1 : 0;
                done += static_cast<int>(to - from);
            });
        });
        QCOMPARE(elsewhere.load(), 0);
        QCOMPARE(done.load(), 200);
    }

    void whatAPartThrowsIsThrown_data()
    {
        QTest::addColumn<int>("part");
        QTest::newRow("on this thread") << 0;
        QTest::newRow("on another") << 1;
    }
    void whatAPartThrowsIsThrown()
    {
        QFETCH(int, part);
        setLoopThreads(2);
        for (int i = 0; i < 3; ++i) {
            std::atomic<int> ran = 0;
            const auto throws = [&] {
                parallelFor(0, 2, 1, [&](std::int64_t from, std::int64_t) {
                    ++ran;
                    if (from == part)
                        throw std::runtime_error("no");
                });
            };
            QVERIFY_THROWS_EXCEPTION(std::runtime_error, throws());
            QCOMPARE(ran.load(), 2);
            QVERIFY(!insideLoop());
        }
        std::atomic<int> after = 0;
        parallelFor(0, 2, 1, [&](std::int64_t, std::int64_t) { ++after; });
        QCOMPARE(after.load(), 2);
    }

    void threadsThatAskHaveOthersOfTheirOwnThatEndWithThem()
    {
        setLoopThreads(2);
        parallelFor(0, 2, 1, [](std::int64_t, std::int64_t) {});
        const int before = threadsOfProcess();
        std::atomic<std::int64_t> sum = 0;
        {
            std::vector<std::jthread> askers;
            for (int t = 0; t < 3; ++t)
                askers.emplace_back([&sum] {
                    setLoopThreads(3);
                    for (int i = 0; i < 500; ++i)
                        parallelFor(0, 30, 1, [&sum](std::int64_t from, std::int64_t to) { sum += to - from; });
                });
        }
        QCOMPARE(sum.load(), std::int64_t{3} * 500 * 30);
        QCOMPARE(loopThreads(), 2);
        QTRY_COMPARE(threadsOfProcess(), before);
    }
};

QTEST_APPLESS_MAIN(ParallelTest)
#include "tst_parallel.moc"
