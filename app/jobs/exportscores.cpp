#include "app/jobs/exportscores.h"

#include "app/jobs/computemodule.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "db/taskrepository.h"
#include "engine/stats/metrics.h"

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

// The test rows, or the validation rows where there are none.
const DatasetVersion* sampledVersion(const TaskVersions& task)
{
    for (const Split split : {Split::Test, Split::Validation})
        if (const auto found = task.splits.find(split); found != task.splits.end() && found->second.rowsKept > 0)
            return &found->second;
    return nullptr;
}

class Scorer {
public:
    Scorer(const Run& run, const Plan& plan, const JobContext& context) : m_run(run), m_plan(plan), m_context(context) { }

    Result<double> score(const std::filesystem::path& model, const Task& task, const std::vector<Row>& rows, const char* phase)
    {
        const Result<compute::Engine*> engine = computeEngine();
        if (!engine)
            return engine.error();
        compute::EvaluateSetup setup;
        setup.model = model;
        setup.placement = {m_run.device, m_run.threads, m_plan.precision};
        setup.task = task;
        setup.rows = rows;
        setup.decode = choosesLabels(task) ? Decode::Labels : Decode::Greedy;
        setup.batch = 2 * m_plan.batch;
        setup.maxNewTokens = m_plan.maxNewTokens;
        setup.context = m_plan.context;
        const auto report = [&](std::int64_t done, std::int64_t total) {
            if (m_context.report)
                m_context.report({done, total, m_run.id, std::string(phase) + " answers " + task.name});
        };
        const Result<std::vector<Prediction>> answers = (*engine)->evaluate(setup, report, m_context.stop);
        if (!answers)
            return Error(answers.error()).within(task.name);
        std::vector<stats::Judged> judged;
        for (std::size_t i = 0; i < rows.size(); ++i)
            judged.push_back({(*answers)[i].text, rows[i].target, rows[i].references, (*answers)[i].invalid});
        return stats::aggregate(stats::rowScores(task.metric, judged, task.labels));
    }

private:
    const Run& m_run;
    const Plan& m_plan;
    const JobContext& m_context;
};

// What a handful of rows can do to a score of so many.
bool mayBeChance(const ExportedTask& scored, double fall)
{
    constexpr double kHandful = 4;
    return scored.fell && fall * static_cast<double>(scored.n) <= kHandful;
}

}  // namespace

Result<std::vector<ExportedTask>> scoresOfExport(const Project& project, SQLite::Database& database, const Run& run, const Plan& plan,
    const std::filesystem::path& before, const std::filesystem::path& after, int rowsPerTask, const JobContext& context)
{
    const auto names = tasksOf(database, run, plan);
    if (!names)
        return names.error();
    Scorer scorer(run, plan, context);
    std::vector<ExportedTask> scores;
    for (const std::string& name : *names) {
        const Result<TaskVersions> task = frozenTask(database, plan, name);
        if (!task)
            return task.error();
        const DatasetVersion* version = sampledVersion(*task);
        if (version == nullptr)
            continue;
        const auto scoreOn = [&](std::int64_t most) -> Result<std::pair<ExportedTask, double>> {
            const Result<std::vector<Row>> rows = rowsOf(project, database, *version, most);
            if (!rows)
                return rows.error();
            const Result<double> then = scorer.score(before, task->task, *rows, "the run's model");
            const Result<double> now = then ? scorer.score(after, task->task, *rows, "the exported model") : then;
            if (!now)
                return now.error();
            const double fall = largerIsBetter(task->task.metric) ? *then - *now : *now - *then;
            return std::pair{ExportedTask{name, task->task.metric, version->split, static_cast<std::int64_t>(rows->size()), *then, *now,
                                 task->task.margin, !(fall <= task->task.margin)},
                fall};
        };
        auto scored = scoreOn(rowsPerTask);
        // One row of sixty-four weighs more than a margin of a point: so many more rows say whether it is a fall.
        if (scored && mayBeChance(scored->first, scored->second) && version->rowsKept > rowsPerTask)
            scored = scoreOn(8 * static_cast<std::int64_t>(rowsPerTask));
        if (!scored)
            return scored.error();
        scores.push_back(std::move(scored->first));
    }
    if (scores.empty())
        return Error{ErrorCode::InvalidInput, "no task of the run has a test or validation row to score the export with"};
    return scores;
}

}  // namespace taskfold::jobs
