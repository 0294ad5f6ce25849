#pragma once

#include "app/jobs/budget.h"
#include "app/jobs/project.h"
#include "app/jobs/runrecorder.h"
#include "app/jobs/trainrun.h"
#include "engine/compute/compute.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <future>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// One run, from its plan to what it came to: reads its rows, settles its steps and mixture from what is known now, and
/// writes down how it ended. On the training thread.
class RunTrainer {
public:
    /// All but the run must outlive it.
    RunTrainer(const Project& project, SQLite::Database& database, const Run& run, Start start, const JobContext& context);
    RunTrainer(const RunTrainer&) = delete;
    RunTrainer& operator=(const RunTrainer&) = delete;

    const Run& run() const { return m_run; }
    /// Reads plan and rows. False: there is nothing to do, and the run is completed as skipped.
    Result<bool> makeReady();
    /// After makeReady: alone, or as a part of several in one pass, whose end goes to `conclude`.
    Result<void> train();
    Result<compute::TrainPart> part();
    /// Writes what the training came to: completed, or stopped or paused (Cancelled then).
    Result<void> conclude(const Result<compute::TrainResult>& result);
    /// Marks how it ended, if not by completing; gives the error back with the run's name.
    Error ended(Error error);

private:
    std::string stageKey() const { return std::string(wordOf(m_run.kind)); }
    RunStatus statusWhenStopped() const { return m_recorder.paused() ? RunStatus::Paused : RunStatus::Stopped; }
    void setUp();
    Result<void> prepare();
    Result<void> budget(std::vector<TaskNeed>& needs);
    Result<void> addSeen(std::vector<TaskNeed>& needs) const;
    void takeRateOfFirstStage(const std::vector<TaskNeed>& needs);
    Result<void> spendAsReference();
    Result<void> readTask(const TaskNeed& need);
    Result<void> logRows();
    Result<void> logged();
    Result<void> pretrain(compute::Engine& engine);
    Result<void> readCorpora(compute::PretrainSetup& setup, std::int64_t& leftOut);
    Result<void> writePerplexity(const compute::PretrainResult& result);
    Result<void> finish(const compute::TrainResult& result, const std::string& note);

    const Project& m_project;
    SQLite::Database& m_database;
    Run m_run;
    Start m_start;
    const JobContext& m_context;
    RunRecorder m_recorder;
    Plan m_plan;
    compute::TrainSetup m_setup;
    std::vector<TaskNeed> m_needs;  // of the tasks that are trained
    std::string m_skipped;
    std::string m_note;  // of how it was set up
    std::future<Result<void>> m_log;  // of rows, while it is being written
};

}  // namespace taskfold::jobs
