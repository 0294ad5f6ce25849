#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "support/codeof.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>

using namespace taskfold;
using test::runsOf;
using test::train;

namespace {

/// libtorch's allocator of host memory, with a limit to what it gives at once, and a device that may vanish.
class FaultyAllocator : public c10::Allocator {
public:
    explicit FaultyAllocator(c10::Allocator& real) : m_real(real) { }

    c10::DataPtr allocate(std::size_t bytes) override
    {
        if (m_vanished)
            TORCH_CHECK(false, "CUDA error: device lost (injected)");
        TORCH_CHECK(m_limit == 0 || bytes <= m_limit, "not enough memory: you tried to allocate ", bytes, " bytes (injected)");
        std::size_t before = m_largest;
        while (bytes > before && !m_largest.compare_exchange_weak(before, bytes)) { }
        return m_real.allocate(bytes);
    }
    c10::DeleterFnPtr raw_deleter() const override { return m_real.raw_deleter(); }
    void copy_data(void* to, const void* from, std::size_t count) const override { m_real.copy_data(to, from, count); }

    void limit(std::size_t bytes) { m_limit = bytes; }
    void vanish(bool now) { m_vanished = now; }
    std::size_t largest() { return m_largest.exchange(0); }

private:
    c10::Allocator& m_real;
    std::atomic<std::size_t> m_limit{0}, m_largest{0};
    std::atomic<bool> m_vanished{false};
};

FaultyAllocator* theAllocator = nullptr;

std::vector<double> lossesOf(const Project& project, RunId run)
{
    const auto connection = openExisting(project);
    std::vector<double> values;
    const auto points = db::MetricRepository(**connection).curve(run, {}, "loss");
    for (const MetricPoint& point : *points)
        values.push_back(point.value);
    return values;
}

// Small weights and many tokens, so that the largest piece of memory is a batch's.
Plan planOf(const test::SmallProject& small, Method method)
{
    Plan plan = small.plan();
    plan.tiny = {1, 32, 2, 1, 512, 64, 259};
    plan.batch = 24;
    plan.stages = {};
    plan.method = method;
    plan.lora.rank = 2;
    plan.epochsCap = 3;
    plan.validationRows = 4;
    return plan;
}

}  // namespace

/// Memory that isn't there, a device that is gone: injected where libtorch asks for memory.
class MemoryFaultsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        static FaultyAllocator allocator(*c10::GetDefaultCPUAllocator());
        c10::SetCPUAllocator(&allocator, 100);
        theAllocator = &allocator;
    }

    void aBatchThatDoesntFitIsSplitWithTheSameResult_data()
    {
        QTest::addColumn<int>("method");
        QTest::newRow("the whole model") << static_cast<int>(Method::Full);
        QTest::newRow("adapters in one pass") << static_cast<int>(Method::Lora);
    }

    void aBatchThatDoesntFitIsSplitWithTheSameResult()
    {
        QFETCH(int, method);
        const test::SmallProject whole, small;
        theAllocator->largest();
        QVERIFY(train(whole.project(), planOf(whole, static_cast<Method>(method))));
        const std::size_t largest = theAllocator->largest();
        theAllocator->limit(largest * 7 / 10);
        const Result<void> trained = train(small.project(), planOf(small, static_cast<Method>(method)));
        theAllocator->limit(0);
        QVERIFY2(trained, trained ? "" : trained.error().detail.c_str());
        const std::vector<Run> expected = runsOf(whole.project()), runs = runsOf(small.project());
        QCOMPARE(runs.size(), expected.size());
        bool said = false;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            QCOMPARE(runs[i].status, RunStatus::Completed);
            said = said || runs[i].note.find("the memory didn't hold") != std::string::npos;
            const std::vector<double> losses = lossesOf(small.project(), runs[i].id), whichWere = lossesOf(whole.project(), expected[i].id);
            QCOMPARE(losses.size(), whichWere.size());
            for (std::size_t s = 0; s < losses.size(); ++s)
                QVERIFY2(std::abs(losses[s] - whichWere[s]) < 1e-4, qPrintable(QString::number(losses[s] - whichWere[s])));
        }
        QVERIFY(said);
        for (const Run& run : expected)
            QVERIFY(run.note.find("memory") == std::string::npos);
    }

    void whereNoRowFitsTheRunFailsWithTheReason()
    {
        const test::SmallProject small;
        Plan plan = planOf(small, Method::Full);
        plan.kept = {"colour"};
        const auto queued = jobs::queuePlan(small.project(), plan, {});
        QVERIFY(queued);
        theAllocator->limit(20000);
        const Result<void> trained = jobs::runQueue(small.project(), *queued, {});
        theAllocator->limit(0);
        QCOMPARE(test::codeOf(trained), ErrorCode::OutOfMemory);
        QCOMPARE(runsOf(small.project()).front().status, RunStatus::Failed);
        QVERIFY(jobs::resumeRun(small.project(), RunId{1}, {}));
        QCOMPARE(runsOf(small.project()).front().status, RunStatus::Completed);
    }

    void aDeviceThatVanishesEndsTheRunWhichGoesOnLaterToTheSameWeights()
    {
        const test::SmallProject whole, small;
        Plan plan = planOf(whole, Method::Full);
        plan.kept = {"colour"};
        plan.batch = 4;
        QVERIFY(train(whole.project(), plan));
        const JobContext context{{}, [](Progress progress) {
                                     if (progress.run && progress.done == 15)
                                         theAllocator->vanish(true);
                                 }};
        plan = planOf(small, Method::Full);
        plan.kept = {"colour"};
        plan.batch = 4;
        const Result<void> trained = train(small.project(), plan, context);
        theAllocator->vanish(false);
        QVERIFY(!trained);
        Run run = runsOf(small.project()).front();
        QCOMPARE(run.status, RunStatus::Failed);
        QVERIFY2(run.note.find("device lost") != std::string::npos, run.note.c_str());
        QVERIFY(jobs::resumeRun(small.project(), RunId{1}, {}));
        run = runsOf(small.project()).front();
        QCOMPARE(run.status, RunStatus::Completed);
        QCOMPARE(run.checkpointHash, runsOf(whole.project()).front().checkpointHash);
    }
};

QTEST_GUILESS_MAIN(MemoryFaultsTest)
#include "tst_memoryfaults.moc"
