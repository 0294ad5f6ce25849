#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "support/smallproject.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <unistd.h>

using namespace taskfold;

namespace {

/// A disk on which a checkpoint's files reach nothing until it is told so.
struct SlowDisk {
    std::mutex mutex;
    std::condition_variable changed;
    bool slow = false;  // from the next sync on
    bool waits = false;  // somebody waits for it now
    bool gaveUp = false;

    void sync()
    {
        std::unique_lock lock(mutex);
        if (!slow)
            return;
        waits = true;
        gaveUp = !changed.wait_for(lock, std::chrono::seconds(20), [this] { return !slow; });
        slow = waits = false;
    }

    bool isWaiting()
    {
        const std::lock_guard lock(mutex);
        return waits;
    }

    void release()
    {
        const std::lock_guard lock(mutex);
        slow = false;
        changed.notify_all();
    }
};

SlowDisk disk;

bool isOfACheckpoint(int file)
{
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = ::readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    return std::strstr(path, "/checkpoints") != nullptr;
}

std::vector<Run> runsOf(const Project& project)
{
    const auto connection = openExisting(project);
    return *db::RunRepository(**connection).all();
}

}  // namespace

// Stands before the C library's for the module that trains, too: this program exports its names.
extern "C" int fsync(int file)
{
    static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
    if (isOfACheckpoint(file))
        disk.sync();
    return real(file);
}

class SavingTest : public QObject {
    Q_OBJECT

private slots:
    void trainingGoesOnWhileACheckpointIsBroughtToTheDisk()
    {
        std::vector<std::string> hashes;
        for (const bool slow : {false, true}) {
            const test::SmallProject small;
            Plan plan = small.plan();
            plan.kept = {"colour"};
            plan.stages = {};
            disk.slow = slow;  // checkpoints come after steps 6, 12, ...
            std::int64_t beyond = 0;
            const JobContext context{{}, [&](Progress progress) {
                                         if (progress.run && disk.isWaiting() && progress.done > 6 && ++beyond == 1)
                                             disk.release();
                                     }};
            const auto queued = jobs::queuePlan(small.project(), plan, {});
            QVERIFY(queued && jobs::runQueue(small.project(), *queued, context));
            QVERIFY(!disk.gaveUp);
            QVERIFY(!slow || beyond >= 1);  // steps that came while the disk held up the first checkpoint
            hashes.push_back(runsOf(small.project()).front().checkpointHash);
        }
        QCOMPARE(hashes[0], hashes[1]);
    }
};

QTEST_GUILESS_MAIN(SavingTest)
#include "tst_saving.moc"
