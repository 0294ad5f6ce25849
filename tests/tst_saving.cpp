#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>
#include <unistd.h>

using namespace taskfold;
using test::runsOf;

namespace {

constexpr std::chrono::seconds kPatience(120);  // for a machine on which others compute

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
        changed.notify_all();
        gaveUp = !changed.wait_for(lock, kPatience, [this] { return !slow; });
        slow = waits = false;
    }

    void awaitSync()
    {
        std::unique_lock lock(mutex);
        gaveUp = !changed.wait_for(lock, kPatience, [this] { return waits; }) || gaveUp;
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

bool hasLaidACheckpoint(const Project& project, RunId run)
{
    const auto folder = project.folder / "runs" / std::to_string(run.value) / "checkpoints";
    std::error_code none;
    return std::filesystem::exists(folder, none) && !std::filesystem::is_empty(folder, none);
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
            disk.slow = slow;
            std::int64_t beyond = 0;  // steps since training laid its first checkpoint, which the disk holds up
            const JobContext context{{}, [&](Progress progress) {
                                         if (!slow || beyond == 4 || !progress.run
                                             || !hasLaidACheckpoint(small.project(), progress.run))
                                             return;
                                         disk.awaitSync();
                                         if (++beyond == 4)
                                             disk.release();
                                     }};
            const auto queued = jobs::queuePlan(small.project(), plan, {});
            QVERIFY(queued && jobs::runQueue(small.project(), *queued, context));
            QVERIFY(!disk.gaveUp);
            QCOMPARE(beyond, slow ? 4 : 0);
            hashes.push_back(runsOf(small.project()).front().checkpointHash);
        }
        QCOMPARE(hashes[0], hashes[1]);
    }
};

QTEST_GUILESS_MAIN(SavingTest)
#include "tst_saving.moc"
