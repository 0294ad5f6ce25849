#include "app/jobs/baseconfig.h"
#include "app/jobs/baselines.h"
#include "app/jobs/comparing.h"
#include "app/jobs/serving.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "engine/stats/overhead.h"

#include <filesystem>
#include <optional>
#include <system_error>

namespace taskfold::jobs {

namespace {

struct Sums {
    double models = 0, parameters = 0, bytes = 0, tokens = 0, seconds = 0;

    void add(const Run& run)
    {
        ++models;
        parameters += static_cast<double>(run.parameters);
        bytes += static_cast<double>(run.bytes);
        tokens += static_cast<double>(run.targetTokens);
        seconds += run.seconds;
    }
};

// What the runs of one plan and seed came to.
struct Parts {
    Sums singles, excluded, folded, stages, probes;
};

Result<Parts> partsOf(SQLite::Database& database, const Plan& plan, std::uint64_t seed)
{
    const Result<std::vector<Run>> runs = db::RunRepository(database).all();
    const Result<Baselines> singles = Baselines::of(database);
    if (!runs || !singles)
        return runs ? singles.error() : runs.error();
    Parts parts;
    for (const bool kept : {true, false})
        for (const std::string& name : kept ? plan.kept : plan.excluded) {
            const Result<Task> task = db::TaskRepository(database).byName(name);
            if (!task)
                return task.error();
            const std::optional<Run> single = singles->find(plan, name, task->id, seed);
            if (!single)
                continue;
            parts.singles.add(*single);
            if (!kept)
                parts.excluded.add(*single);
        }
    for (const Run& run : *runs) {
        if (run.kind == RunKind::Probe || run.kind == RunKind::Pilot)
            parts.probes.add(run);
        const bool stage = run.kind == RunKind::Stage0 || run.kind == RunKind::Stage2 || run.kind == RunKind::Stage3;
        if (!stage || run.plan != plan.id || run.seed != seed || run.status != RunStatus::Completed)
            continue;
        parts.stages.add(run);
        if (run.kind == RunKind::Stage3)
            parts.folded.add(run);
    }
    return parts;
}

double fileBytesOf(const std::filesystem::path& folder)
{
    double bytes = 0;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
        if (const std::string ending = entry.path().extension().string(); ending == ".safetensors" || ending == ".bin" || ending == ".gguf")
            bytes += static_cast<double>(entry.file_size(failure));
    return bytes;
}

// Adapters were trained: N whole models, and the base that stands beside the adapters, aren't in the checkpoints' sums.
void addBase(const Parts& parts, int tasks, int after, const PlannedBase& base, Ledger& ledger)
{
    const auto whole = static_cast<double>(parameterCount(base.config));
    const double file = fileBytesOf(base.folder), own = parts.folded.parameters + parts.excluded.parameters;
    ledger.lines.push_back({"parameters_against_models", tasks * whole, after * whole, "parameters",
        "a whole model a task against the adapters merged into the base: computed from the base's size"});
    ledger.lines.push_back({"bytes_against_models", tasks * file, after * file, "bytes", "the same, by the size of the base's files"});
    ledger.lines.push_back({"parameters_against_adapters", whole + parts.singles.parameters, whole + own, "parameters",
        "one base with an adapter a task against the base with the common adapter"});
    ledger.lines.push_back({"bytes_against_adapters", file + parts.singles.bytes, file + parts.folded.bytes + parts.excluded.bytes, "bytes",
        "the same, by the sizes of files"});
}

// The other way to save: one base and an adapter a task (method.md 11).
void addAdapters(const Parts& parts, int tasks, int after, const PlannedBase& base, const Plan& plan, Ledger& ledger)
{
    if (plan.method != Method::Full)
        return addBase(parts, tasks, after, base, ledger);
    constexpr int kRank = 16;
    constexpr double kReal = 4;
    const double adapters = tasks * adapterParameters(base.config, kRank, {});
    const double own = parts.folded.parameters + parts.excluded.parameters, file = parts.singles.bytes / tasks;
    ledger.lines.push_back({"parameters_against_adapters", static_cast<double>(parameterCount(base.config)) + adapters, own, "parameters",
        "left: one base with an adapter a task, rank 16 on all linear layers; computed from the model's sizes, not trained"});
    ledger.lines.push_back({"bytes_against_adapters", file + kReal * adapters, parts.folded.bytes + parts.excluded.bytes, "bytes",
        "left: the same, adapters in fp32; computed, not trained"});
}

}  // namespace

Result<Ledger> ledgerOf(const Project& project, SQLite::Database& database, const Plan& plan, std::uint64_t seed, RunId candidate)
{
    const Result<Parts> parts = partsOf(database, plan, seed);
    if (!parts)
        return parts.error();
    const int excluded = static_cast<int>(plan.excluded.size());
    const int all = static_cast<int>(plan.kept.size()) + excluded;
    const Sums& one = parts->folded;
    const Sums& own = parts->excluded;
    Ledger ledger;
    ledger.modelsBefore = all;
    ledger.modelsAfter = 1 + excluded;
    ledger.overheadReduction = stats::overheadReduction(all, excluded);
    const bool whole = parts->singles.models == all && one.models > 0;
    if (!whole)
        return ledger;  // without every single-task model there is nothing to set against
    ledger.lines = {
        {"models", static_cast<double>(all), static_cast<double>(1 + excluded), "models",
            "models to serve: one a task, against one and those of excluded tasks"},
        {"parameters", parts->singles.parameters, one.parameters + own.parameters, "parameters",
            plan.method == Method::Full ? "tensors stored in the checkpoints, tied ones once" : "tensors of the adapters, without the base they share"},
        {"bytes", parts->singles.bytes, one.bytes + own.bytes, "bytes", "sizes of the checkpoints' model files"},
        {"train_tokens", parts->singles.tokens, parts->stages.tokens + own.tokens, "target tokens",
            "target tokens processed by each training, excluded tasks' own models on both sides"},
        {"train_seconds", parts->singles.seconds, parts->stages.seconds + own.seconds, "seconds",
            "time of each training on this machine, evaluations included"},
        {"train_tokens_with_singles", parts->singles.tokens, parts->stages.tokens + parts->singles.tokens + parts->probes.tokens,
            "target tokens", "the same when the single-task models and probes that stages 1 to 3 were planned from are counted too"},
        {"train_seconds_with_singles", parts->singles.seconds,
            parts->stages.seconds + parts->singles.seconds + parts->probes.seconds, "seconds",
            "the same with single-task models and probes"},
        {"probe_seconds", 0, parts->probes.seconds, "seconds", "affinity measurements of this project"},
        {"update_tokens", parts->singles.tokens / all, parts->stages.tokens, "target tokens",
            "retraining when one task's data change: one single-task model on average, against all stages of the folded one"},
        {"update_seconds", parts->singles.seconds / all, parts->stages.seconds, "seconds", "the same in time"},
    };
    if (const std::optional<PlannedBase> base = plannedBase(project, database, plan))
        addAdapters(*parts, all, 1 + excluded, *base, plan, ledger);
    const Result<std::vector<LedgerLine>> served = servingLines(database, candidate);
    if (!served)
        return served.error();
    ledger.lines.insert(ledger.lines.end(), served->begin(), served->end());
    return ledger;
}

}  // namespace taskfold::jobs
