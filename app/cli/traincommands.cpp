#include "app/cli/command.h"
#include "app/cli/planoptions.h"
#include "app/jobs/planfile.h"
#include "app/jobs/planning.h"
#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

json previewJson(const PlanPreview& preview)
{
    json stages = json::array();
    for (const StagePreview& stage : preview.stages) {
        json tasks = json::array();
        for (const MixtureLine& line : stage.tasks)
            tasks.push_back({{"task", line.name}, {"rows", line.rows}, {"share", line.share}, {"token_share", line.tokenShare},
                {"effective_epochs", line.effectiveEpochs}, {"expected_best_epoch", line.expectedBestEpoch},
                {"best_epoch_known", line.known}, {"warnings", line.warnings}});
        json one{{"stage", stage.stage}, {"steps", stage.steps}, {"tasks", tasks}};
        if (!stage.skipped.empty())
            one["skipped"] = stage.skipped;
        stages.push_back(std::move(one));
    }
    json findings = json::array();
    for (const Finding& finding : preview.findings)
        findings.push_back({{"blocking", finding.blocking}, {"what", finding.what}, {"todo", finding.todo}});
    return {{"high_resource", preview.highResource}, {"high_resource_threshold", preview.highResourceThreshold},
        {"stages", stages}, {"memory_mib", preview.memoryMib}, {"seconds", preview.seconds}, {"findings", findings}};
}

std::string previewText(const PlanPreview& preview)
{
    std::vector<std::vector<std::string>> rows{{"stage", "steps", "task", "rows", "share", "epochs", "best epoch", ""}};
    for (const StagePreview& stage : preview.stages) {
        if (stage.tasks.empty())
            rows.push_back({stage.stage, std::to_string(stage.steps), stage.skipped});
        for (const MixtureLine& line : stage.tasks) {
            char epochs[32], best[32];
            std::snprintf(epochs, sizeof epochs, "%.2f", line.effectiveEpochs);
            std::snprintf(best, sizeof best, "%.2f%s", line.expectedBestEpoch, line.known ? "" : " (guess)");
            std::string warnings;
            for (const std::string& warning : line.warnings)
                warnings += (warnings.empty() ? "" : "; ") + warning;
            rows.push_back({stage.stage, std::to_string(stage.steps), line.name, std::to_string(line.rows),
                points(line.share) + " %", epochs, best, warnings});
        }
    }
    char tail[128];
    std::snprintf(tail, sizeof tail, "about %.0f MiB of memory and %.0f minutes\n", preview.memoryMib, preview.seconds / 60);
    std::string text = table(rows) + tail;
    for (const Finding& finding : preview.findings)
        text += std::string(finding.blocking ? "error: " : "note: ") + finding.what + " " + finding.todo + "\n";
    return text;
}

void addPlan(CLI::App& app, Invocation& invocation)
{
    struct Options : PlanOptions {
        std::string out;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "plan", "A plan with good defaults, and what it would come to");
    addPlanOptions(*command, *options);
    command->add_option("--ablate", options->ablations, "Leave out or change one thing (`ablations --names` lists them)");
    command->add_option("--out", options->out, "Where the plan is written");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            bool blocked = false;
            const int code = perform(invocation, "plan", [&](const JobContext&) -> Result<void> {
                const Result<Plan> plan = planFor(projectOf(invocation), *options);
                if (!plan)
                    return plan.error();
                const Result<PlanPreview> preview = jobs::previewPlan(projectOf(invocation), *plan);
                if (!preview)
                    return preview.error();
                for (const Finding& finding : preview->findings)
                    blocked = blocked || finding.blocking;
                if (!options->out.empty())
                    if (Result<void> written = jobs::writePlan(*plan, options->out); !written)
                        return written;
                answer(invocation, previewJson(*preview), previewText(*preview));
                return {};
            });
            return code == kDone && blocked ? kRefused : code;
        };
    });
}

// Of a run's time, as its last evaluation wrote it; 0 before the first.
Result<double> evaluationShareOf(SQLite::Database& database, RunId run)
{
    const Result<std::vector<MetricPoint>> curve = db::MetricRepository(database).curve(run, {}, "evaluation_share");
    if (!curve)
        return curve.error();
    return curve->empty() ? 0.0 : curve->back().value;
}

Result<void> tellRuns(const Invocation& invocation)
{
    const Result<db::Connection> connection = openExisting(projectOf(invocation));
    if (!connection)
        return connection.error();
    const Result<std::vector<Run>> runs = db::RunRepository(**connection).all();
    const Result<std::vector<Task>> tasks = db::TaskRepository(**connection).all();
    if (!runs || !tasks)
        return runs ? tasks.error() : runs.error();
    std::map<TaskId, std::string> names;
    for (const Task& task : *tasks)
        names[task.id] = task.name;
    json list = json::array();
    std::vector<std::vector<std::string>> rows{
        {"id", "stage", "task", "seed", "status", "steps", "loss", "tokens", "seconds", "evaluating", "note"}};
    for (const Run& run : *runs) {
        const Result<double> evaluating = evaluationShareOf(**connection, run.id);
        if (!evaluating)
            return evaluating.error();
        list.push_back({{"id", run.id.value}, {"stage", wordOf(run.kind)}, {"task", run.task ? json(names[run.task]) : json(nullptr)},
            {"status", wordOf(run.status)}, {"seed", run.seed}, {"steps", run.steps}, {"steps_total", run.stepsTotal},
            {"loss", run.loss}, {"tokens", run.tokens}, {"target_tokens", run.targetTokens}, {"seconds", run.seconds},
            {"parent", run.parent ? json(run.parent.value) : json(nullptr)}, {"checkpoint", run.checkpoint},
            {"checkpoint_hash", run.checkpointHash}, {"parameters", run.parameters}, {"bytes", run.bytes}, {"evaluation_share", *evaluating}, {"note", run.note}});
        char loss[32], seconds[32];
        std::snprintf(loss, sizeof loss, "%.4f", run.loss);
        std::snprintf(seconds, sizeof seconds, "%.1f", run.seconds);
        rows.push_back({std::to_string(run.id.value), std::string(wordOf(run.kind)), names[run.task], std::to_string(run.seed),
            std::string(wordOf(run.status)), std::to_string(run.steps) + "/" + std::to_string(run.stepsTotal), loss,
            std::to_string(run.tokens), seconds, points(*evaluating) + " %", run.note});
    }
    answer(invocation, {{"runs", list}}, table(rows));
    return {};
}

// Training commands print what `runs` prints, however they end.
int trained(const Invocation& invocation, const std::function<Result<void>(const JobContext&)>& work)
{
    const int code = perform(invocation, "training", work);
    if (code == kDone || code == kInterrupted)
        if (const Result<void> told = tellRuns(invocation); !told)
            std::cerr << "taskfold-cli: " << sentenceOf(told.error()) << "\n";
    return code;
}

jobs::AfterFailure afterFailure(bool goOn)
{
    return goOn ? jobs::AfterFailure::GoOn : jobs::AfterFailure::Stop;
}

void addRuns(CLI::App& app, Invocation& invocation)
{
    auto file = std::make_shared<std::string>();
    auto goOn = std::make_shared<bool>(false);
    CLI::App* run = addCommand(app, invocation, "run", "Train everything a plan says; Ctrl+C stops and keeps");
    run->add_option("plan", *file, "The plan's file")->required();
    run->add_flag("--continue-on-error", *goOn, "After a failure train what doesn't start from the failed run");
    run->callback([&invocation, file, goOn] {
        invocation.action = [&invocation, file, goOn]() -> int {
            return trained(invocation, [&](const JobContext& context) -> Result<void> {
                const Result<Plan> plan = jobs::readPlan(*file);
                if (!plan)
                    return plan.error();
                const Result<PlanId> queued = jobs::queuePlan(projectOf(invocation), *plan, context);
                if (!queued)
                    return queued.error();
                return jobs::runQueue(projectOf(invocation), *queued, context, afterFailure(*goOn));
            });
        };
    });
    CLI::App* runs = addCommand(app, invocation, "runs", "All runs and how they stand");
    runs->callback([&invocation] {
        invocation.action = [&invocation]() -> int {
            return perform(invocation, "runs", [&](const JobContext&) { return tellRuns(invocation); });
        };
    });
}

void addPauseAndMove(CLI::App& app, Invocation& invocation)
{
    auto id = std::make_shared<std::int64_t>(0);
    auto direction = std::make_shared<std::string>();
    CLI::App* pause = addCommand(app, invocation, "pause", "Ask whoever trains the run to pause after its step; resume goes on");
    pause->add_option("run", *id, "The run's number")->required()->check(CLI::PositiveNumber);
    pause->callback([&invocation, id] {
        invocation.action = [&invocation, id]() -> int {
            return perform(invocation, "pause", [&](const JobContext&) -> Result<void> {
                if (Result<void> asked = jobs::pauseRun(projectOf(invocation), RunId{*id}); !asked)
                    return asked;
                answer(invocation, {{"run", *id}, {"status", "pausing"}}, "Run " + std::to_string(*id) + " will pause.\n");
                return {};
            });
        };
    });
    CLI::App* move = addCommand(app, invocation, "move", "Let a queued run change places with its neighbour in the queue");
    move->add_option("run", *id, "The run's number")->required()->check(CLI::PositiveNumber);
    move->add_option("direction", *direction, "earlier or later")->required()->check(CLI::IsMember({"earlier", "later"}));
    move->callback([&invocation, id, direction] {
        invocation.action = [&invocation, id, direction]() -> int {
            return perform(invocation, "move", [&](const JobContext&) -> Result<void> {
                const Result<db::Connection> connection = openExisting(projectOf(invocation));
                if (!connection)
                    return connection.error();
                const auto where = *direction == "earlier" ? db::QueueMove::Earlier : db::QueueMove::Later;
                if (Result<void> moved = db::RunRepository(**connection).move(RunId{*id}, where); !moved)
                    return moved;
                return tellRuns(invocation);
            });
        };
    });
}

void addRunEdits(CLI::App& app, Invocation& invocation)
{
    auto id = std::make_shared<std::int64_t>(0);
    const auto number = [&](CLI::App* command) {
        command->add_option("run", *id, "The run's number")->required()->check(CLI::PositiveNumber);
        return command;
    };
    auto goOn = std::make_shared<bool>(false);
    CLI::App* resume = number(
        addCommand(app, invocation, "resume", "Take up a stopped, paused, interrupted or failed run and the rest of its plan"));
    resume->add_flag("--continue-on-error", *goOn, "After a failure train what doesn't start from the failed run");
    resume->callback([&invocation, id, goOn] {
        invocation.action = [&invocation, id, goOn]() -> int {
            return trained(invocation, [&](const JobContext& context) {
                return jobs::resumeRun(projectOf(invocation), RunId{*id}, context, afterFailure(*goOn));
            });
        };
    });
    auto discard = std::make_shared<bool>(false);
    CLI::App* stop = number(
        addCommand(app, invocation, "stop", "Ask whoever trains the run to stop after its step and keep what it has"));
    stop->add_flag("--discard", *discard, "Forget the run when it has stopped");
    stop->callback([&invocation, id, discard] {
        invocation.action = [&invocation, id, discard]() -> int {
            return perform(invocation, "stop", [&](const JobContext& context) -> Result<void> {
                if (Result<void> asked = *discard ? jobs::discardRun(projectOf(invocation), RunId{*id}, context)
                                                  : jobs::stopRun(projectOf(invocation), RunId{*id});
                    !asked)
                    return asked;
                answer(invocation, {{"run", *id}, {"status", *discard ? "discarded" : "stopping"}},
                    "Run " + std::to_string(*id) + (*discard ? " is gone.\n" : " will stop.\n"));
                return {};
            });
        };
    });
    addPauseAndMove(app, invocation);
    number(addCommand(app, invocation, "delete", "Forget a run and its checkpoints"))->callback([&invocation, id] {
        invocation.action = [&invocation, id]() -> int {
            return perform(invocation, "delete", [&](const JobContext&) -> Result<void> {
                if (Result<void> removed = jobs::deleteRun(projectOf(invocation), RunId{*id}); !removed)
                    return removed;
                answer(invocation, {{"deleted", *id}}, "Deleted run " + std::to_string(*id) + ".\n");
                return {};
            });
        };
    });
}

}  // namespace

void addTrainCommands(CLI::App& app, Invocation& invocation)
{
    addPlan(app, invocation);
    addRuns(app, invocation);
    addRunEdits(app, invocation);
}

}  // namespace taskfold::cli
