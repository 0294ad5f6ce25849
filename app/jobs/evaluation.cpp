#include "app/jobs/evaluation.h"

#include "app/jobs/caveats.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "db/termsrepository.h"
#include "db/transaction.h"
#include "engine/core/clock.h"
#include "engine/stats/metrics.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

Result<std::vector<std::string>> tasksOf(SQLite::Database& database, const Run& run, const Plan& plan)
{
    if (run.kind != RunKind::Baseline)
        return plan.kept;
    const Result<Task> task = db::TaskRepository(database).byId(run.task);
    if (!task)
        return task.error();
    return std::vector{task->name};
}

Score scoreOf(const Run& run, const Task& task, Split split, const std::vector<Row>& rows,
    const std::vector<Prediction>& answers, const std::string& dataHash)
{
    std::vector<stats::Judged> judged;
    Score score;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        judged.push_back({answers[i].text, rows[i].target, rows[i].references, answers[i].invalid});
        score.invalid += answers[i].invalid ? 1 : 0;
    }
    score.run = run.id;
    score.task = task.id;
    score.split = split;
    score.metric = task.metric;
    score.decode = choosesLabels(task) ? Decode::Labels : Decode::Greedy;
    score.value = stats::aggregate(stats::rowScores(task.metric, judged, task.labels));
    score.n = static_cast<std::int64_t>(rows.size());
    score.dataHash = dataHash;
    return score;
}

// One run on one split.
class Evaluator {
public:
    Evaluator(const Project& project, SQLite::Database& database, const Run& run, Split split, const JobContext& context)
        : m_project(project), m_database(database), m_run(run), m_split(split), m_context(context)
    {
    }

    Result<std::vector<Score>> evaluate()
    {
        if (m_run.checkpoint.empty())
            return Error{ErrorCode::InvalidInput, "run " + std::to_string(m_run.id.value) + " has no model yet"};
        Result<Plan> plan = planOf(m_project, m_run.plan);
        if (!plan)
            return std::move(plan).error();
        m_plan = *std::move(plan);
        const auto names = tasksOf(m_database, m_run, m_plan);
        if (!names)
            return names.error();
        std::vector<Score> scores;
        for (const std::string& name : *names) {
            Result<std::optional<Score>> score = evaluateTask(name);
            if (!score)
                return std::move(score).error();
            if (*score)
                scores.push_back(**score);
        }
        return scores;
    }

private:
    // Nothing for a task without rows in the split.
    Result<std::optional<Score>> evaluateTask(const std::string& name)
    {
        const Result<TaskVersions> task = frozenTask(m_database, m_plan, name);
        if (!task)
            return task.error();
        const auto version = task->splits.find(m_split);
        if (version == task->splits.end() || version->second.rowsKept == 0)
            return std::optional<Score>{};
        const Result<std::vector<Row>> rows = rowsOf(m_project, m_database, version->second, m_plan.testRowsCap);
        if (m_split == Split::Test)
            if (Result<void> fixed = fixTerms(task->task, version->second.hash); !fixed)
                return std::move(fixed).error();
        const Result<compute::Engine*> engine = computeEngine();
        if (!rows || !engine)
            return rows ? engine.error() : rows.error();
        compute::EvaluateSetup setup;
        setup.model = m_project.resolved(m_run.checkpoint);
        setup.placement = {m_run.device, m_run.threads, m_plan.precision};
        setup.task = task->task;
        setup.rows = *rows;
        setup.decode = choosesLabels(task->task) ? Decode::Labels : Decode::Greedy;
        setup.everyLabel = m_split == Split::Test;  // how sure it is can be told only from all labels
        setup.batch = 2 * m_plan.batch;
        setup.maxNewTokens = m_plan.maxNewTokens;
        setup.context = m_plan.context;
        const auto report = [&](std::int64_t done, std::int64_t total) {
            if (m_context.report)
                m_context.report({done, total, m_run.id, "answers " + name});
        };
        Result<std::vector<Prediction>> answers = (*engine)->evaluate(setup, report, m_context.stop);
        if (!answers)
            return std::move(answers).error().within(name);
        for (Prediction& answer : *answers) {
            answer.run = m_run.id;
            answer.task = task->task.id;
            answer.split = m_split;
        }
        Score score = scoreOf(m_run, task->task, m_split, *rows, *answers, version->second.hash);
        const Result<void> put = db::inTransaction(m_database, [&]() -> Result<void> {
            if (m_split == Split::Test)
                if (Result<void> read = db::TermsRepository(m_database)
                        .addRead({m_run.id, task->task.id, score.dataHash, promptHash(task->task), score.n, nowUtc()});
                    !read)
                    return read;
            return db::PredictionRepository(m_database).put(score, *answers);
        });
        if (!put)
            return put.error();
        return std::optional(std::move(score));
    }

    // Before a test score exists, margin, metric and the way checkpoints are chosen are promised.
    Result<void> fixTerms(const Task& task, const std::string& dataHash)
    {
        const auto terms = db::TermsRepository(m_database)
                               .fix({task.id, dataHash, task.metric, task.margin, "least regret on validation rows", nowUtc()});
        if (!terms)
            return terms.error();
        return {};
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const Run& m_run;
    Split m_split;
    const JobContext& m_context;
    Plan m_plan;
};

}  // namespace

Result<std::vector<Score>> evaluateRun(const Project& project, RunId id, Split split, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Run> run = db::RunRepository(**connection).byId(id);
    if (!run)
        return run.error();
    return Evaluator(project, **connection, *run, split, context).evaluate();
}

Result<std::vector<Score>> evaluateAll(const Project& project, Split split, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<Run>> runs = db::RunRepository(**connection).all();
    if (!runs)
        return runs.error();
    const db::PredictionRepository predictions(**connection);
    std::vector<Score> all;
    for (const Run& run : *runs) {
        const bool wanted = (run.kind == RunKind::Baseline || run.kind == RunKind::Stage3)
            && run.status == RunStatus::Completed && !run.checkpoint.empty();
        if (!wanted)
            continue;
        const Result<std::vector<Score>> known = predictions.scores(run.id);
        if (!known)
            return known.error();
        if (std::any_of(known->begin(), known->end(), [&](const Score& score) { return score.split == split; }))
            continue;
        Result<std::vector<Score>> scores = Evaluator(project, **connection, run, split, context).evaluate();
        if (!scores)
            return scores;
        all.insert(all.end(), scores->begin(), scores->end());
    }
    return all;
}

Result<void> evaluateMissing(const Project& project, const std::vector<RunId>& runs, const JobContext& context)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    for (const RunId id : runs) {
        const auto scores = db::PredictionRepository(**connection).scores(id);
        if (!scores)
            return scores.error();
        const bool scored = std::any_of(scores->begin(), scores->end(), [](const Score& score) { return score.split == Split::Test; });
        const Result<Run> run = db::RunRepository(**connection).byId(id);
        if (scored || !run || run->checkpoint.empty())
            continue;  // what is missing then is told by who asks for it
        if (const auto done = evaluateRun(project, id, Split::Test, context); !done)
            return done.error();
    }
    return {};
}

}  // namespace taskfold::jobs
