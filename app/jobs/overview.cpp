#include "app/jobs/overview.h"

#include "app/jobs/pairing.h"
#include "app/jobs/planfile.h"
#include "app/jobs/taskdata.h"
#include "db/comparisonrepository.h"
#include "db/planrepository.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace taskfold::jobs {

namespace {

using nlohmann::json;

constexpr std::size_t kMostAblations = 6;
constexpr int kMostParents = 10;

const RunSummary* runIn(const Overview& overview, RunId id)
{
    const auto found = std::lower_bound(
        overview.runs.begin(), overview.runs.end(), id, [](const RunSummary& one, RunId wanted) { return one.run.id < wanted; });
    return found == overview.runs.end() || found->run.id != id ? nullptr : &*found;
}

std::optional<double> scoreOf(const RunSummary* run, TaskId task)
{
    if (!run)
        return {};
    const auto found = run->scores.find(task);
    return found == run->scores.end() ? std::nullopt : std::optional(found->second.value);
}

bool answeredTheSameRows(const RunSummary& a, const RunSummary& b)
{
    return std::any_of(a.scores.begin(), a.scores.end(), [&](const auto& one) {
        const auto other = b.scores.find(one.first);
        return other != b.scores.end() && other->second.dataHash == one.second.dataHash;
    });
}

// The newest ones, oldest of them first.
std::vector<const RunSummary*> ablationsOf(const Overview& overview, const RunSummary& candidate)
{
    std::map<PlanId, const RunSummary*> byPlan;
    for (const RunSummary& one : overview.runs)
        if (one.run.plan != candidate.run.plan && one.run.kind == RunKind::Stage3 && one.run.status == RunStatus::Completed
            && one.run.seed == candidate.run.seed && answeredTheSameRows(one, candidate))
            byPlan[one.run.plan] = &one;
    std::vector<const RunSummary*> found;
    for (const auto& [plan, run] : byPlan)
        found.push_back(run);
    if (found.size() > kMostAblations)
        found.erase(found.begin(), found.end() - kMostAblations);
    return found;
}

double baselineScore(const TaskComparison& task, std::uint64_t seed)
{
    for (const SeedScore& one : task.perSeed)
        if (one.seed == seed)
            return one.single;
    return task.single;
}

void flatten(const json& value, const std::string& key, std::map<std::string, std::string>& into)
{
    if (value.is_object()) {
        for (const auto& [name, inner] : value.items())
            flatten(inner, key.empty() ? name : key + "." + name, into);
        return;
    }
    std::string text;
    if (value.is_array()) {
        for (const json& one : value)
            text += (text.empty() ? "" : ", ") + (one.is_string() ? one.get<std::string>() : one.dump());
    } else {
        text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    into[key] = text;
}

using Settings = std::map<std::string, std::set<std::string>>;  // values, each once

void addRun(const std::map<PlanId, std::string>& plans, const RunSummary& one, Settings& settings)
{
    std::map<std::string, std::string> values;
    const auto plan = plans.find(one.run.plan);
    if (plan != plans.end())
        flatten(json::parse(plan->second, nullptr, false), {}, values);
    values.erase("created");
    const Run& run = one.run;
    values["run"] = std::to_string(run.id.value);
    values["run.stage"] = wordOf(run.kind);
    values["run.seed"] = std::to_string(run.seed);
    values["run.device"] = run.device;
    values["run.threads"] = std::to_string(run.threads);
    values["run.steps"] = std::to_string(run.steps);
    values["run.target_tokens"] = std::to_string(run.targetTokens);
    values["run.parameters"] = std::to_string(run.parameters);
    values["run.weights"] = run.checkpointHash.substr(0, 12);
    for (const auto& [key, value] : values)
        settings[key].insert(value);
}

std::string joined(const Settings& settings, const std::string& key)
{
    constexpr std::size_t kMost = 12;
    const auto found = settings.find(key);
    if (found == settings.end())
        return {};
    std::string text;
    std::size_t count = 0;
    for (const std::string& value : found->second) {
        if (++count > kMost)
            return text + " | … (" + std::to_string(found->second.size()) + ")";
        text += (count > 1 ? " | " : "") + value;
    }
    return text;
}

void collect(const std::vector<TaskVersions>& versions, Overview& overview)
{
    for (const TaskVersions& one : versions) {
        const auto test = one.splits.find(Split::Test);
        overview.tasks.push_back({one.task.id, one.task.name, test == one.splits.end() ? 0 : test->second.rowsKept});
    }
}

}  // namespace

Result<Overview> overviewOf(const Project& project)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    SQLite::Database& database = **connection;
    const auto runs = db::RunRepository(database).all();
    const auto plans = db::PlanRepository(database).all();
    const auto scores = db::PredictionRepository(database).allScores();
    auto comparisons = db::ComparisonRepository(database).lines();
    const auto versions = versionsOf(database);
    if (!runs || !plans || !scores || !comparisons || !versions)
        return !runs ? runs.error() : !plans ? plans.error() : !scores ? scores.error() : !comparisons ? comparisons.error() : versions.error();
    Overview overview;
    collect(*versions, overview);
    overview.comparisons = *std::move(comparisons);
    std::map<TaskId, std::string> taskNames;
    for (const TaskName& task : overview.tasks)
        taskNames[task.id] = task.name;
    std::map<PlanId, std::string> planNames;
    for (const db::StoredPlan& plan : *plans)
        planNames[plan.id] = plan.name;
    std::map<RunId, std::size_t> places;
    std::set<std::string> imported;
    for (const Run& run : *runs) {
        places[run.id] = overview.runs.size();
        overview.runs.push_back({run, taskNames[run.task], planNames[run.plan], {}, {}});
        if (run.device == kImportedDevice)
            imported.insert(run.note);
    }
    for (const Score& score : *scores)
        if (const auto place = places.find(score.run); place != places.end() && score.split == Split::Test)
            overview.runs[place->second].scores.insert_or_assign(score.task, score);
    overview.imported.assign(imported.begin(), imported.end());
    return overview;
}

Slopes slopesOf(const Overview& overview, const Comparison& comparison)
{
    Slopes slopes;
    const RunSummary* candidate = runIn(overview, comparison.candidate);
    if (!candidate)
        return slopes;
    std::vector<const RunSummary*> stages{candidate};
    for (int i = 0; i < kMostParents; ++i)
        if (const RunSummary* parent = runIn(overview, stages.front()->run.parent))
            stages.insert(stages.begin(), parent);
    std::erase_if(stages, [](const RunSummary* one) { return one->run.kind == RunKind::Stage0; });  // knows no task yet
    const std::size_t ablationsFrom = stages.size();
    const auto ablations = ablationsOf(overview, *candidate);
    stages.insert(stages.end(), ablations.begin(), ablations.end());
    slopes.stops.push_back({true, false, RunKind::Baseline, {}, {}});
    for (std::size_t i = 0; i < stages.size(); ++i) {
        slopes.stops.push_back({false, i >= ablationsFrom, stages[i]->run.kind, stages[i]->run.id, stages[i]->plan});
        if (stages[i]->scores.empty() && !stages[i]->run.checkpoint.empty())
            slopes.unscored.push_back(stages[i]->run.id);
    }
    for (const TaskComparison& task : comparison.tasks) {
        SlopeLine line{task.task, task.name, task.verdict, {}};
        line.scores.push_back(task.verdict == Verdict::NotComputable ? std::nullopt : std::optional(baselineScore(task, candidate->run.seed)));
        for (const RunSummary* stage : stages)
            line.scores.push_back(scoreOf(stage, task.task));
        slopes.lines.push_back(std::move(line));
    }
    return slopes;
}

Result<std::vector<SettingLine>> comparedSettings(const Project& project, const Overview& overview, const Comparison& comparison)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    const auto stored = db::PlanRepository(**connection).all();
    if (!stored)
        return stored.error();
    std::map<PlanId, std::string> plans;
    for (const db::StoredPlan& plan : *stored)
        plans[plan.id] = plan.body;
    Settings left, right;
    if (const RunSummary* candidate = runIn(overview, comparison.candidate))
        addRun(plans, *candidate, right);
    std::set<RunId> before;
    for (const TaskComparison& task : comparison.tasks)
        for (const SeedScore& seed : task.perSeed)
            if (!task.excluded)
                before.insert(seed.singleRun);
    for (const RunId id : before)
        if (const RunSummary* run = runIn(overview, id))
            addRun(plans, *run, left);
    std::set<std::string> keys;
    for (const Settings* side : {&left, &right})
        for (const auto& [key, values] : *side)
            keys.insert(key);
    std::vector<SettingLine> lines;
    for (const std::string& key : keys)
        lines.push_back({key, joined(left, key), joined(right, key)});
    return lines;
}

}  // namespace taskfold::jobs
