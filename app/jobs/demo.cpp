#include "app/jobs/demo.h"

#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/filter.h"
#include "app/jobs/importdata.h"
#include "app/jobs/planfile.h"
#include "app/jobs/planning.h"
#include "app/jobs/reporting.h"
#include "app/jobs/training.h"
#include "db/taskrepository.h"
#include "engine/data/demodata.h"

#include <system_error>

namespace taskfold::jobs {

namespace {

TinySize demoModel()
{
    TinySize size;
    size.layers = 2;
    size.hidden = 64;
    size.heads = 4;
    size.keyValueHeads = 2;
    size.feedForward = 192;
    size.context = 96;
    size.vocabulary = 400;
    return size;
}

// Small enough for two cores and two minutes: what is cut is the epochs, not the steps of the method.
void setUp(Plan& plan)
{
    plan.base = "tiny";
    plan.tiny = demoModel();
    plan.context = demoModel().context;
    plan.batch = 16;
    plan.learningRate = {{"baseline", 3e-3}, {"stage0", 2e-3}, {"stage2", 3e-3}, {"stage3", 3e-3}};
    plan.epochsCap = 12;
    plan.epochsDefault = 4;
    plan.validationRows = 60;
    plan.evaluations = 12;
    plan.patience = 4;
    plan.minEvaluationGap = 40;
    plan.maxNewTokens = 24;
    plan.evaluationShare = 0;  // so small a training is over before a bound on its evaluations would pay
    plan.threads = 1;  // such small products gain nothing from a second one, and wait for it when the machine is busy
}

Result<void> import(const Project& project, const JobContext& context)
{
    const std::filesystem::path data = project.folder / "demo-data";
    std::error_code failure;
    std::filesystem::create_directories(data, failure);
    if (Result<void> written = data::writeDemoData(data); !written)
        return written;
    ImportRequest request;
    request.sources.push_back({data / "tasks", {}, {}, {}, false, true});
    request.sources.push_back({data / "corpus.txt", "travel talk", {}, {}, true, true});
    const Result<ImportOutcome> done = importData(project, request, context);
    if (!done)
        return done.error();
    if (!done->accepted)
        return Error{ErrorCode::Internal, "the generated data was refused"};
    return {};
}

Result<void> filter(const Project& project, const JobContext& context)
{
    FilterSetup setup;
    setup.base = "tiny";
    setup.tiny = demoModel();
    setup.context = demoModel().context;
    setup.batch = 16;
    setup.learningRate = 3e-3;
    setup.warmUpSteps = 700;
    setup.probes = 5;
    setup.heldRows = 32;
    setup.threads = 1;
    if (Result<void> measured = measureAffinity(project, setup, context); !measured)
        return measured;
    const Result<int> accepted = acceptSuggestions(project, "auto");
    if (!accepted)
        return accepted.error();
    return {};
}

Result<void> run(const Project& project, const std::vector<int>& stages, const JobContext& context)
{
    Result<Plan> plan = draftPlan(project, "tiny");
    if (!plan)
        return std::move(plan).error();
    setUp(*plan);
    plan->stages = stages;
    plan->name = stages.empty() ? "demo: baselines" : "demo";
    if (Result<void> written = writePlan(*plan, project.folder / "demo-plan.json"); !written)
        return written;
    const Result<PlanId> queued = queuePlan(project, *plan, context);
    if (!queued)
        return queued.error();
    return runQueue(project, *queued, context);
}

}  // namespace

Result<DemoOutcome> runDemo(const Project& project, const DemoOptions& options, const JobContext& context)
{
    {
        Result<db::Connection> connection = openProject(project);
        if (!connection)
            return std::move(connection).error();
        const Result<std::vector<Task>> tasks = db::TaskRepository(**connection).all();
        if (!tasks)
            return tasks.error();
        if (!tasks->empty())
            return Error{ErrorCode::InvalidInput, project.folder.string() + " has tasks already: name a new folder for the demo"};
    }
    if (Result<void> imported = import(project, context); !imported)
        return std::move(imported).error();
    if (options.dataOnly)
        return DemoOutcome{};
    Result<void> done = run(project, {}, context);  // what the filter and the stages' budgets are told by
    if (done)
        done = filter(project, context);
    if (done)
        done = run(project, {2, 3}, context);
    if (!done)
        return std::move(done).error();
    if (const auto scores = evaluateAll(project, Split::Test, context); !scores)
        return scores.error();
    const Result<Comparison> comparison = compareRuns(project, {}, {}, context);
    if (!comparison)
        return comparison.error();
    DemoOutcome outcome;
    outcome.verdict = suiteLine(*comparison);
    ReportWish wish;
    wish.title = "The demo: ten tasks, one model";
    const Result<report::ReportData> data = reportData(project, wish, context);
    if (!data)
        return data.error();
    outcome.report = project.reports() / "demo.html";
    if (Result<void> written = writeReport(*data, outcome.report); !written)
        return std::move(written).error();
    return outcome;
}

}  // namespace taskfold::jobs
