#pragma once

#include "app/jobs/project.h"
#include "engine/compute/compute.h"
#include "engine/core/pace.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <chrono>
#include <stop_token>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Writes down what a training tells, at most four times a second, and hears whether somebody asked the run to stop.
/// Everything happens on the training thread.
class RunRecorder {
public:
    /// All must outlive it.
    RunRecorder(const Project& project, SQLite::Database& database, Run& run, const JobContext& context);

    compute::TrainEvents events();
    /// Stops the training: the context's own stop, or the run's in the database.
    std::stop_token stop() { return m_stop.get_token(); }
    /// Whether it was a pause that was asked for.
    bool paused() const { return m_paused; }
    Result<void> flush();

private:
    Result<void> onStep(const compute::StepReport& report);
    Result<void> onEvaluation(const compute::EvaluationReport& report);
    Result<void> onCheckpoint(const compute::CheckpointReport& report);
    Result<void> tryFlush();
    Result<void> write();
    Result<void> listen();
    void add(TaskId task, std::int64_t step, const char* name, double value);

    const Project& m_project;
    SQLite::Database& m_database;
    Run& m_run;
    const JobContext& m_context;
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_forward;
    Pace m_pace;
    std::vector<MetricPoint> m_points;  // not written yet
    std::vector<RunTask> m_tasks;
    std::chrono::steady_clock::time_point m_busySince;
    bool m_first = true;
    bool m_paused = false;
};

}  // namespace taskfold::jobs
