#include "app/jobs/comparing.h"

#include "app/jobs/baselines.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/comparisonrepository.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "engine/core/clock.h"
#include "engine/stats/bootstrap.h"
#include "engine/stats/metrics.h"
#include "engine/stats/noninferiority.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace taskfold::jobs {

namespace {

// Two models' answers to the same rows, in the same order.
struct Paired {
    std::vector<stats::Judged> single, multi;
    std::vector<const Row*> rows;
    std::string missing;  // why there is nothing to compare
};

stats::Judged judged(const Row& row, const Prediction& answer)
{
    return {answer.text, row.target, row.references, answer.invalid};
}

class Comparer {
public:
    Comparer(const Project& project, SQLite::Database& database) : m_project(project), m_database(database), m_runs(database) { }

    Result<void> choose(RunId candidate, RunId baseline)
    {
        Result<std::vector<Run>> all = m_runs.all();
        if (!all)
            return std::move(all).error();
        m_all = *std::move(all);
        if (!candidate)
            candidate = newestStage3();
        if (!candidate)
            return Error{ErrorCode::NotFound, "there is no completed stage 3 to compare: run a plan first"};
        Result<Run> run = m_runs.byId(candidate);
        if (!run)
            return std::move(run).error();
        m_candidate = *std::move(run);
        m_baseline = baseline;
        if (m_candidate.status != RunStatus::Completed)
            return Error{ErrorCode::InvalidInput,
                "run " + std::to_string(candidate.value) + " isn't completed: resume it first"};
        Result<Plan> plan = planOf(m_project, m_candidate.plan);
        if (!plan)
            return std::move(plan).error();
        m_plan = *std::move(plan);
        Result<Baselines> singles = Baselines::of(m_database);
        if (!singles)
            return std::move(singles).error();
        m_singles = *std::move(singles);
        return {};
    }

    Result<Comparison> compare(const JobContext& context)
    {
        Comparison comparison;
        comparison.candidate = m_candidate.id;
        comparison.baseline = m_baseline ? std::to_string(m_baseline.value) : "single";
        comparison.created = nowUtc();
        std::vector<stats::PairedDifference> differences;
        std::vector<stats::Judgement> judgements;
        std::vector<std::size_t> judgedTasks;
        for (const auto* names : {&m_plan.kept, &m_plan.excluded})
            for (const std::string& name : *names) {
                if (context.stop.stop_requested())
                    return Error{ErrorCode::Cancelled, {}};
                if (context.report)
                    context.report({static_cast<std::int64_t>(comparison.tasks.size()),
                        static_cast<std::int64_t>(m_plan.kept.size() + m_plan.excluded.size()), {}, "comparing " + name});
                stats::PairedDifference difference;
                Result<TaskComparison> task = compareTask(name, names == &m_plan.excluded, difference);
                if (!task)
                    return std::move(task).error();
                if (task->note.empty() || task->excluded) {
                    judgements.push_back(stats::judge(difference, task->metric, task->margin));
                    judgedTasks.push_back(comparison.tasks.size());
                }
                comparison.tasks.push_back(*std::move(task));
                differences.push_back(std::move(difference));
            }
        stats::correctWorse(judgements);
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            TaskComparison& task = comparison.tasks[judgedTasks[i]];
            task.verdict = task.n > 0 ? judgements[i].verdict : Verdict::NotComputable;
            task.resolvable = judgements[i].resolvable;
        }
        comparison.suite = stats::suiteOf(comparison.tasks, differences);
        Result<Ledger> ledger = ledgerOf(m_database, m_plan, m_candidate.seed);
        if (!ledger)
            return std::move(ledger).error();
        comparison.ledger = *std::move(ledger);
        return comparison;
    }

    Result<std::vector<RowDifference>> rows(TaskId id, std::size_t limit)
    {
        const Result<Task> task = db::TaskRepository(m_database).byId(id);
        if (!task)
            return task.error();
        const bool excluded = std::find(m_plan.excluded.begin(), m_plan.excluded.end(), task->name) != m_plan.excluded.end();
        std::vector<RowDifference> all;
        if (excluded)
            return all;
        Result<std::vector<Row>> rows = testRows(task->name);
        if (!rows)
            return std::move(rows).error();
        const Result<Paired> pairs = pairOf(*task, *rows, m_candidate.seed, false);
        if (!pairs)
            return pairs.error();
        for (std::size_t i = 0; i < pairs->rows.size(); ++i) {
            if (pairs->single[i].prediction == pairs->multi[i].prediction)
                continue;
            const Row& row = *pairs->rows[i];
            all.push_back({row.line, row.input, row.target, pairs->single[i].prediction, pairs->multi[i].prediction,
                stats::rowScore(task->metric, pairs->single[i]), stats::rowScore(task->metric, pairs->multi[i])});
        }
        std::stable_sort(all.begin(), all.end(), [](const RowDifference& a, const RowDifference& b) {
            return std::abs(a.multiScore - a.singleScore) > std::abs(b.multiScore - b.singleScore);
        });
        if (all.size() > limit)
            all.resize(limit);
        return all;
    }

private:
    RunId newestStage3() const
    {
        RunId newest;
        for (const Run& run : m_all)
            if (run.kind == RunKind::Stage3 && run.status == RunStatus::Completed)
                newest = run.id;
        return newest;
    }

    Result<std::vector<Row>> testRows(const std::string& name) const
    {
        const Result<TaskVersions> task = frozenTask(m_database, m_plan, name);
        if (!task)
            return task.error();
        const auto version = task->splits.find(Split::Test);
        if (version == task->splits.end())
            return std::vector<Row>{};
        return rowsOf(m_project, m_database, version->second, m_plan.testRowsCap);
    }

    // The single-task model on the left, and the multi-task run on the right, of one seed.
    RunId singleOf(const Task& task, std::uint64_t seed) const
    {
        const std::optional<Run> run = m_singles.find(m_plan, task.name, task.id, seed);
        return run ? run->id : RunId{};
    }

    RunId multiOf(std::uint64_t seed) const
    {
        RunId found;
        for (const Run& run : m_all)
            if (run.plan == m_candidate.plan && run.kind == m_candidate.kind && run.seed == seed
                && run.status == RunStatus::Completed)
                found = run.id;
        return seed == m_candidate.seed ? m_candidate.id : found;
    }

    Result<Paired> pairOf(const Task& task, const std::vector<Row>& rows, std::uint64_t seed, bool excluded) const
    {
        Paired paired;
        const RunId left = m_baseline ? m_baseline : singleOf(task, seed);
        const RunId right = excluded ? left : multiOf(seed);  // an excluded one keeps its own model
        if (!left || !right) {
            paired.missing = left ? "no multi-task run of seed " + std::to_string(seed)
                                  : "no single-task model of seed " + std::to_string(seed);
            return paired;
        }
        const db::PredictionRepository predictions(m_database);
        const auto single = predictions.predictions(left, task.id, Split::Test);
        const auto multi = predictions.predictions(right, task.id, Split::Test);
        if (!single || !multi)
            return single ? multi.error() : single.error();
        std::map<std::int64_t, const Prediction*> byLine;
        for (const Prediction& answer : *multi)
            byLine[answer.line] = &answer;
        std::map<std::int64_t, const Row*> rowAt;
        for (const Row& row : rows)
            rowAt[row.line] = &row;
        for (const Prediction& answer : *single) {
            const auto other = byLine.find(answer.line);
            const auto row = rowAt.find(answer.line);
            if (other == byLine.end() || row == rowAt.end())
                continue;
            paired.rows.push_back(row->second);
            paired.single.push_back(judged(*row->second, answer));
            paired.multi.push_back(judged(*row->second, *other->second));
        }
        if (paired.rows.empty())
            paired.missing = single->empty() || multi->empty() ? "not evaluated on the test split yet" : "no row in common";
        return paired;
    }

    Result<TaskComparison> compareTask(const std::string& name, bool excluded, stats::PairedDifference& difference) const
    {
        const Result<Task> task = db::TaskRepository(m_database).byName(name);
        if (!task)
            return task.error();
        TaskComparison result;
        result.task = task->id;
        result.name = name;
        result.metric = task->metric;
        result.margin = task->margin;
        result.excluded = excluded;
        const Result<std::vector<Row>> rows = testRows(name);
        if (!rows)
            return rows.error();
        std::vector<stats::SeedPair> seeds;
        for (const std::uint64_t seed : m_baseline ? std::vector{m_candidate.seed} : m_plan.seeds) {
            const Result<Paired> paired = pairOf(*task, *rows, seed, excluded);
            if (!paired)
                return paired.error();
            if (!paired->missing.empty()) {
                result.note = paired->missing;
                continue;
            }
            seeds.push_back({stats::rowScores(task->metric, paired->single, task->labels),
                stats::rowScores(task->metric, paired->multi, task->labels)});
            if (seed == m_candidate.seed)
                countRows(*task, *paired, result);
        }
        if (seeds.empty())
            return result;
        result.note = excluded ? "keeps its own model" : "";
        result.seeds = static_cast<int>(seeds.size());
        difference = stats::pairedDifference(seeds);
        result.single = difference.single;
        result.multi = difference.multi;
        result.difference = difference.difference;
        result.low = difference.low;
        result.high = difference.high;
        result.se = difference.se;
        return result;
    }

    static void countRows(const Task& task, const Paired& paired, TaskComparison& result)
    {
        result.n = static_cast<std::int64_t>(paired.rows.size());
        for (std::size_t i = 0; i < paired.rows.size(); ++i) {
            const double change
                = stats::rowScore(task.metric, paired.multi[i]) - stats::rowScore(task.metric, paired.single[i]);
            result.won += change > 0 ? 1 : 0;
            result.lost += change < 0 ? 1 : 0;
        }
    }

    const Project& m_project;
    SQLite::Database& m_database;
    db::RunRepository m_runs;
    std::vector<Run> m_all;
    Run m_candidate;
    RunId m_baseline;
    Plan m_plan;
    Baselines m_singles;
};

}  // namespace

Result<Comparison> compareRuns(
    const Project& project, RunId candidate, RunId baseline, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Comparer comparer(project, **connection);
    if (Result<void> chosen = comparer.choose(candidate, baseline); !chosen)
        return std::move(chosen).error();
    Result<Comparison> comparison = comparer.compare(context);
    if (!comparison)
        return comparison;
    const Result<ComparisonId> id = db::ComparisonRepository(**connection).add(*comparison);
    if (!id)
        return id.error();
    comparison->id = *id;
    return comparison;
}

Result<std::vector<RowDifference>> rowDifferences(
    const Project& project, const Comparison& comparison, TaskId task, std::size_t limit)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    RunId baseline;
    if (comparison.baseline != "single")
        baseline.value = std::strtoll(comparison.baseline.c_str(), nullptr, 10);
    Comparer comparer(project, **connection);
    if (Result<void> chosen = comparer.choose(comparison.candidate, baseline); !chosen)
        return std::move(chosen).error();
    return comparer.rows(task, limit);
}

std::string suiteLine(const Comparison& comparison)
{
    const SuiteComparison& suite = comparison.suite;
    double least = 1, most = 0;
    for (const TaskComparison& task : comparison.tasks) {
        least = std::min(least, task.margin);
        most = std::max(most, task.margin);
    }
    char margin[64];
    if (std::abs(most - least) < 1e-9)
        std::snprintf(margin, sizeof margin, "%g point%s", most * 100, std::abs(most - 0.01) < 1e-9 ? "" : "s");
    else
        std::snprintf(margin, sizeof margin, "%g to %g points", least * 100, most * 100);
    std::string line = "Not worse on " + std::to_string(suite.notWorse) + " of " + std::to_string(suite.tasks) + " tasks at "
        + margin + ", worse on " + std::to_string(suite.worse) + ", undecided on " + std::to_string(suite.undecided);
    if (suite.notComputable > 0)
        line += ", not computable on " + std::to_string(suite.notComputable);
    return line + ".";
}

}  // namespace taskfold::jobs
