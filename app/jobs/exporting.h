#pragma once

#include "app/jobs/project.h"
#include "engine/core/metric.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <string>
#include <vector>

namespace taskfold::jobs {

enum class ExportFormat { HuggingFace, Gguf, Adapter };

struct ExportRequest {
    RunId run;
    std::filesystem::path out;  // a folder; for GGUF a file. Mustn't be there yet
    ExportFormat format = ExportFormat::HuggingFace;
    std::string type{};  // of the weights: f32, f16, bf16; for GGUF q8_0 too. Empty: f32, for GGUF f16
    int rowsPerTask = 64;  // to score it again
};

struct ExportedTask {
    std::string name;
    MetricKind metric = MetricKind::Accuracy;
    Split split = Split::Test;
    std::int64_t n = 0;
    double before = 0, after = 0;  // the run's model, and what was written, on the same rows
    double margin = 0;
    bool fell = false;  // by more than the margin
};

struct ExportOutcome {
    std::vector<ExportedTask> tasks;
    bool accepted = false;  // else nothing was written
    std::int64_t bytes = 0;
    std::string remark;  // what is different on purpose; empty: nothing
};

std::string_view wordOf(ExportFormat format);
std::optional<ExportFormat> exportFormatOf(std::string_view word);

/// "colour fell from 81.2 to 62.5": those that fell by more than their margin.
std::string fallenTasks(const ExportOutcome& outcome);

/// Whether the run's model is an adapter beside its base.
bool hasAdapter(const Project& project, const Run& run);

/// Writes a run's model for servers: beside its place, then reads it again with this program's own reader and scores it on a
/// sample of each task's test rows (validation rows where there are none), beside the run's model on the same rows. Where a
/// task falls by more than its margin, nothing is written. A LoRA run's adapter is merged, but for Adapter.
Result<ExportOutcome> exportRun(const Project& project, const ExportRequest& request, const JobContext& context);

}  // namespace taskfold::jobs
