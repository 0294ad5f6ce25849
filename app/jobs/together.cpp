#include "app/jobs/together.h"

#include "app/jobs/processmark.h"
#include "app/jobs/training.h"
#include "app/jobs/trainrun.h"
#include "db/runrepository.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

// Rows of a pass beyond which nothing more is gained on the CPU, and memory is spent (`bench train --adapters`).
constexpr int kRowsOfAPass = 32;
constexpr int kMost = 8;

// A run that somebody else was faster to take isn't a companion.
Result<void> take(db::RunRepository& runs, RunId id, std::vector<Run>& company)
{
    Result<Run> taken = runs.take(id, thisProcess(), isAlive);
    if (!taken && taken.error().code != ErrorCode::Busy)
        return std::move(taken).error();
    if (taken)
        company.push_back(*std::move(taken));
    return {};
}

}  // namespace

int mostTogether(const Plan& plan)
{
    const bool can = plan.method == Method::Lora && plan.device == "cpu" && !plan.lora.dora && plan.lora.dropout == 0
        && plan.accumulate == 1;
    if (!can)
        return 1;
    return plan.together > 0 ? plan.together : std::clamp(kRowsOfAPass / std::max(1, plan.batch), 1, kMost);
}

Result<std::vector<Run>> takeCompanions(const Project& project, SQLite::Database& database, const Run& run)
{
    std::vector<Run> company{run};
    if (run.kind != RunKind::Baseline)
        return company;
    const Result<Plan> plan = planOf(project, run.plan);
    db::RunRepository runs(database);
    const Result<std::vector<Run>> all = runs.ofPlan(run.plan);
    if (!plan || !all)
        return plan ? all.error() : plan.error();
    std::vector<Run> queued = *all;
    std::stable_sort(queued.begin(), queued.end(), [](const Run& a, const Run& b) { return a.position < b.position; });
    const auto most = static_cast<std::size_t>(mostTogether(*plan));
    for (const Run& other : queued) {
        if (company.size() >= most)
            break;
        if (other.kind != RunKind::Baseline || other.status != RunStatus::Queued || other.parent != run.parent
            || other.device != run.device || other.threads != run.threads)
            continue;
        if (Result<void> taken = take(runs, other.id, company); !taken)
            return std::move(taken).error();
    }
    return company;
}

Result<std::vector<Run>> takeFormerCompanions(
    const Project& project, SQLite::Database& database, const Run& run, RunStatus stood)
{
    std::vector<Run> company;
    db::RunRepository runs(database);
    for (const RunId id : companionsOf(project, run.id)) {
        if (id == run.id) {
            company.push_back(run);
            continue;
        }
        const Result<Run> other = runs.byId(id);
        if (!other || other->status != stood || other->plan != run.plan)
            continue;
        if (Result<void> taken = take(runs, id, company); !taken)
            return std::move(taken).error();
    }
    return company;
}

}  // namespace taskfold::jobs
