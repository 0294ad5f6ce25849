#include "app/cli/command.h"
#include "app/cli/planoptions.h"
#include "app/jobs/ablations.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/planfile.h"
#include "app/jobs/training.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

json rowJson(const AblationRow& row)
{
    json tasks = json::array();
    for (const AblationTask& task : row.tasks)
        tasks.push_back({{"task", task.name}, {"metric", wordOf(task.metric)}, {"score", task.score},
            {"difference", task.difference}, {"low", task.low}, {"high", task.high}, {"verdict", wordOf(task.verdict)}});
    return {{"ablation", row.name}, {"what", row.what}, {"plan", row.plan.value}, {"run", row.run ? json(row.run.value) : json(nullptr)},
        {"seeds", row.seeds}, {"missing", row.missing}, {"target_tokens", row.targetTokens}, {"token_share", row.tokenShare},
        {"mean_score", row.score}, {"mean_difference", row.suite.meanDifference}, {"low", row.suite.low}, {"high", row.suite.high},
        {"not_worse", row.suite.notWorse}, {"worse", row.suite.worse}, {"undecided", row.suite.undecided}, {"tasks", tasks}};
}

std::string tableText(const AblationTable& shown)
{
    std::vector<std::vector<std::string>> rows{
        {"ablation", "target tokens", "of reference", "points", "difference", "95 % bounds", "not worse", "worse", "undecided", ""}};
    for (const AblationRow& row : shown.rows) {
        const bool reference = row.name.empty();
        const std::string name = reference ? "(reference)" : row.name;
        if (!row.missing.empty() && row.run.value == 0) {
            rows.push_back({name, "", "", "", "", "", "", "", "", row.missing});
            continue;
        }
        std::vector<std::string> cells{name, std::to_string(row.targetTokens), points(row.tokenShare) + " %",
            row.missing.empty() ? points(row.score) : ""};
        if (reference || !row.missing.empty())
            cells.insert(cells.end(), {"", "", "", "", "", row.missing});
        else
            cells.insert(cells.end(), {points(row.suite.meanDifference), points(row.suite.low) + " to " + points(row.suite.high),
                std::to_string(row.suite.notWorse), std::to_string(row.suite.worse), std::to_string(row.suite.undecided), row.what});
        rows.push_back(std::move(cells));
    }
    return table(rows);
}

std::string taskText(const AblationTable& shown)
{
    std::vector<std::vector<std::string>> rows{{"points by task"}};
    for (const AblationTask& task : shown.rows.front().tasks)
        rows.front().push_back(task.name);
    for (const AblationRow& row : shown.rows) {
        if (row.tasks.empty())
            continue;
        std::vector<std::string> cells{row.name.empty() ? "(reference)" : row.name};
        for (const AblationTask& wanted : shown.rows.front().tasks) {
            std::string cell;
            for (const AblationTask& task : row.tasks)
                if (task.task == wanted.task)
                    cell = points(task.score);
            cells.push_back(cell);
        }
        rows.push_back(std::move(cells));
    }
    return table(rows);
}

Result<void> tell(const Invocation& invocation, PlanId reference, const JobContext& context)
{
    const Result<AblationTable> shown = jobs::ablationTable(projectOf(invocation), reference, context);
    if (!shown)
        return shown.error();
    json rows = json::array();
    for (const AblationRow& row : shown->rows)
        rows.push_back(rowJson(row));
    answer(invocation, {{"ablations", rows}}, tableText(*shown) + "\n" + taskText(*shown));
    return {};
}

void tellNames(const Invocation& invocation)
{
    json names = json::array();
    std::vector<std::vector<std::string>> rows;
    for (const jobs::Ablation& one : jobs::allAblations()) {
        names.push_back({{"name", one.name}, {"what", one.what}});
        rows.push_back({one.name, one.what});
    }
    answer(invocation, {{"names", names}}, table(rows));
}

// The reference, then each ablation: trained, evaluated on the test split, set side by side.
Result<void> trainAll(const Invocation& invocation, const PlanOptions& options, std::vector<std::string> names, const JobContext& context)
{
    const Project project = projectOf(invocation);
    const Result<Plan> plan = planFor(project, options);
    if (!plan)
        return plan.error();
    if (names.empty())
        names = jobs::ablationsOf(*plan);
    const Result<std::vector<PlanId>> queued = jobs::queueAblations(project, *plan, names, context);
    if (!queued)
        return queued.error();
    for (const PlanId id : *queued)
        if (Result<void> done = jobs::runQueue(project, id, context); !done)
            return done;
    const auto scores = jobs::evaluateAll(project, Split::Test, context);
    if (!scores)
        return scores.error();
    return tell(invocation, queued->front(), context);
}

}  // namespace

void addAblationCommands(CLI::App& app, Invocation& invocation)
{
    struct Options : PlanOptions {
        std::vector<std::string> only;
        std::int64_t plan = 0;
        bool names = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* train = addCommand(
        app, invocation, "ablate", "Train a plan and its ablations at equal tokens, score them, and set them side by side");
    addPlanOptions(*train, *options);
    train->add_option("--only", options->only, "These ablations; all that change the plan otherwise")->delimiter(',');
    train->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "ablations",
                [&](const JobContext& context) { return trainAll(invocation, *options, options->only, context); });
        };
    });
    CLI::App* show = addCommand(app, invocation, "ablations", "The table of what each ablation came to");
    show->add_option("--plan", options->plan, "The reference's plan; of the newest ablation otherwise")->check(CLI::PositiveNumber);
    show->add_flag("--names", options->names, "Lists the ablations there are");
    show->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "ablations", [&](const JobContext& context) -> Result<void> {
                if (!options->names)
                    return tell(invocation, PlanId{options->plan}, context);
                tellNames(invocation);
                return {};
            });
        };
    });
}

}  // namespace taskfold::cli
