#pragma once

#include "engine/core/id.h"
#include "engine/core/result.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace taskfold {

struct Progress {
    std::int64_t done = 0;
    std::int64_t total = 0;  // 0: not known yet
    RunId run{};  // where the results lie, for those who want to read them; 0: none
    std::string phase{};  // what is being done now: "reading qa/train.jsonl"
};

/// What a job is given: when to stop, and where to say how far it is.
struct JobContext {
    std::stop_token stop;
    std::function<void(Progress)> report;  // call it as often as you like
};

struct Job {
    std::string title;
    std::function<Result<void>(const JobContext&)> work;
};

enum class JobEnd { Completed, Cancelled, Failed };

struct Outcome {
    JobEnd end = JobEnd::Completed;
    Error error;  // set when Failed
};

/// Told what happens to jobs, always on the runner's thread, in the order it happens.
class JobEvents {
public:
    virtual void jobStarted(JobId id) = 0;
    virtual void jobProgressed(JobId id, Progress progress) = 0;
    virtual void jobFinished(JobId id, Outcome outcome) = 0;

protected:
    ~JobEvents() = default;
};

}  // namespace taskfold
