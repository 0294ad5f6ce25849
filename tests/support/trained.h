#pragma once

#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "db/termsrepository.h"
#include "smallproject.h"

#include <algorithm>

namespace taskfold::test {

/// Trained runs as the database has them, with the answers a test gives them: nothing is computed.
class Trained {
public:
    explicit Trained(std::vector<std::uint64_t> seeds = {1}, std::vector<int> stages = {3})
    {
        m_plan = m_small.plan();
        m_plan.stages = std::move(stages);
        m_plan.seeds = std::move(seeds);
        m_plan = queued(m_plan);
        m_connection = *openExisting(project());
        complete(m_plan.id);
    }

    Project project() const { return m_small.project(); }
    SQLite::Database& database() { return *m_connection; }
    const Plan& plan() const { return m_plan; }
    Task task(const std::string& name = "colour") { return *db::TaskRepository(database()).byName(name); }
    std::string testHash(const std::string& name = "colour") { return m_plan.dataHashes.at(name + "/test"); }

    /// Another plan's runs, completed: an ablation, for one.
    Plan another(Plan plan)
    {
        plan.id = {};
        plan = queued(plan);
        complete(plan.id);
        return plan;
    }

    std::vector<Row> rows(const std::string& name = "colour")
    {
        return *jobs::rowsOf(project(), database(), jobs::frozenTask(database(), m_plan, name)->splits.at(Split::Test));
    }

    RunId run(RunKind kind, std::uint64_t seed = 1, const std::string& name = "colour") { return run(m_plan.id, kind, seed, name); }

    RunId run(PlanId plan, RunKind kind, std::uint64_t seed = 1, const std::string& name = "colour")
    {
        const auto all = db::RunRepository(database()).ofPlan(plan);
        for (const Run& one : *all)
            if (one.kind == kind && one.seed == seed && (kind != RunKind::Baseline || one.task == task(name).id))
                return one.id;
        return {};
    }

    /// Answers of rows from..to, all right but every `wrongEvery`th.
    void answer(RunId run, std::size_t wrongEvery, std::size_t from = 0, std::size_t to = 1000, std::string hash = {},
        const std::string& name = "colour")
    {
        std::vector<Prediction> answers;
        const std::vector<Row> all = rows(name);
        for (std::size_t i = from; i < std::min(to, all.size()); ++i) {
            Prediction one;
            one.line = all[i].line;
            one.text = wrongEvery > 0 && i % wrongEvery == 0 ? "nonsense" : all[i].target;
            one.invalid = one.text == "nonsense";
            one.confidence = one.invalid ? 0.4 : 0.9;
            answers.push_back(one);
        }
        Score score;
        score.run = run;
        score.task = task(name).id;
        score.metric = task(name).metric;
        score.dataHash = hash.empty() ? testHash(name) : hash;
        score.n = static_cast<std::int64_t>(answers.size());
        const auto right = std::count_if(answers.begin(), answers.end(), [](const Prediction& one) { return !one.invalid; });
        score.value = answers.empty() ? 0 : static_cast<double>(right) / static_cast<double>(answers.size());
        if (!db::PredictionRepository(database()).put(score, answers)
            || !db::TermsRepository(database()).addRead({run, task(name).id, score.dataHash, "prompt", score.n, "now"}))
            qFatal("no answers");
    }

private:
    Plan queued(const Plan& plan) const
    {
        const auto id = jobs::queuePlan(project(), plan, {});
        if (!id)
            qFatal("no plan: %s", id.error().detail.c_str());
        return *jobs::planOf(project(), *id);
    }

    // With the name of a checkpoint, which nobody opens: what has answers isn't asked again.
    void complete(PlanId plan)
    {
        db::RunRepository runs(database());
        const auto all = runs.ofPlan(plan);
        for (Run run : *all) {
            run.checkpoint = "runs/" + std::to_string(run.id.value);
            run.steps = run.stepsTotal = 10;
            if (!runs.setProgress(run) || !runs.setStatus(run.id, RunStatus::Completed))
                qFatal("no status");
        }
    }

    SmallProject m_small;
    Plan m_plan;
    db::Connection m_connection;
};

}  // namespace taskfold::test
