#include "app/jobs/ablations.h"
#include "app/jobs/comparing.h"
#include "app/jobs/planfile.h"
#include "db/planrepository.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"

#include <algorithm>
#include <map>

namespace taskfold::jobs {

namespace {

struct Known {
    db::StoredPlan stored;
    Plan plan;
};

// What the rows are made from, read once.
class Table {
public:
    Table(const Project& project, SQLite::Database& database, const JobContext& context)
        : m_project(project), m_database(database), m_context(context)
    {
    }

    Result<AblationTable> make(PlanId reference)
    {
        if (Result<void> read = readPlans(); !read)
            return std::move(read).error();
        const Known* against = referenceOf(reference);
        if (against == nullptr)
            return Error{ErrorCode::NotFound, reference ? "there is no plan " + std::to_string(reference.value)
                                                        : "no ablation was queued: `ablate` makes and trains them"};
        Result<AblationRow> first = rowOf(*against);
        if (!first)
            return std::move(first).error();
        first->tokenShare = 1;
        AblationTable table{{*std::move(first)}};
        for (const Known& known : m_plans) {
            if (known.plan.reference != against->stored.hash)
                continue;
            if (m_context.stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            Result<AblationRow> row = rowOf(known);
            if (row)
                if (Result<void> set = setAgainst(table.rows.front(), *row); !set)
                    return std::move(set).error();
            if (!row)
                return std::move(row).error();
            table.rows.push_back(*std::move(row));
        }
        return table;
    }

private:
    Result<void> readPlans()
    {
        const Result<std::vector<db::StoredPlan>> plans = db::PlanRepository(m_database).all();
        Result<std::vector<Run>> runs = db::RunRepository(m_database).all();
        if (!plans || !runs)
            return plans ? runs.error() : plans.error();
        for (auto stored = plans->rbegin(); stored != plans->rend(); ++stored)
            if (Result<Plan> plan = planFrom(stored->body))
                m_plans.push_back({*stored, *std::move(plan)});
        m_runs = *std::move(runs);
        return {};
    }

    const Known* referenceOf(PlanId id) const
    {
        const Known* found = nullptr;
        std::string hash;
        for (const Known& known : m_plans)
            if (!known.plan.reference.empty())
                hash = known.plan.reference;  // of the newest ablation
        for (const Known& known : m_plans)
            if (id ? known.stored.id == id : known.stored.hash == hash)
                found = &known;
        return found;
    }

    Result<AblationRow> rowOf(const Known& known) const
    {
        AblationRow row;
        row.name = known.plan.ablation;
        row.plan = known.stored.id;
        for (const Ablation& one : allAblations())
            if (one.name == row.name)
                row.what = one.what;
        std::vector<RunId> last;
        for (const Run& run : m_runs) {
            if (run.plan != row.plan || run.status != RunStatus::Completed)
                continue;
            if (run.kind == RunKind::Stage2 || run.kind == RunKind::Stage3)
                row.targetTokens += run.targetTokens;
            if (run.kind == RunKind::Stage3 && !run.checkpoint.empty())
                last.push_back(run.id);
        }
        row.seeds = static_cast<int>(last.size());
        if (last.empty()) {
            row.missing = "not trained yet";
            return row;
        }
        row.run = last.front();
        row.targetTokens /= row.seeds;
        if (Result<void> scored = addScores(last, row); !scored)
            return std::move(scored).error();
        return row;
    }

    Result<void> addScores(const std::vector<RunId>& runs, AblationRow& row) const
    {
        std::map<TaskId, std::pair<double, int>> sums;
        for (const RunId run : runs) {
            const auto scores = db::PredictionRepository(m_database).scores(run);
            if (!scores)
                return scores.error();
            for (const Score& score : *scores) {
                if (score.split != Split::Test)
                    continue;
                sums[score.task].first += score.value;
                ++sums[score.task].second;
            }
        }
        for (const auto& [id, sum] : sums) {
            const Result<Task> task = db::TaskRepository(m_database).byId(id);
            if (!task)
                return task.error();
            row.tasks.push_back({id, task->name, task->metric, sum.first / sum.second, 0, 0, 0, Verdict::NotComputable});
            row.score += row.tasks.back().score / static_cast<double>(sums.size());
        }
        if (sums.empty())
            row.missing = "not evaluated on the test split yet";
        return {};
    }

    Result<void> setAgainst(const AblationRow& reference, AblationRow& row) const
    {
        row.tokenShare = reference.targetTokens > 0
            ? static_cast<double>(row.targetTokens) / static_cast<double>(reference.targetTokens)
            : 0;
        if (!row.missing.empty() || !reference.missing.empty())
            return {};
        const Result<Comparison> comparison
            = comparisonOf(m_project, row.run, std::to_string(reference.run.value), m_context);
        if (!comparison)
            return comparison.error();
        row.suite = comparison->suite;
        for (const TaskComparison& compared : comparison->tasks)
            for (AblationTask& task : row.tasks)
                if (task.task == compared.task) {
                    task.difference = compared.difference;
                    task.low = compared.low;
                    task.high = compared.high;
                    task.verdict = compared.verdict;
                }
        return {};
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const JobContext& m_context;
    std::vector<Known> m_plans;  // oldest first
    std::vector<Run> m_runs;
};

}  // namespace

Result<AblationTable> ablationTable(const Project& project, PlanId reference, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return Table(project, **connection, context).make(reference);
}

}  // namespace taskfold::jobs
