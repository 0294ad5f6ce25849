#pragma once

#include "engine/core/result.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "engine/data/labels.h"

#include <filesystem>
#include <span>
#include <string>

namespace taskfold::data {

/// task.json: name, type, labels, metric, instruction, and what else of a Task is there. InvalidInput names the field.
Result<Task> readTaskFile(const std::filesystem::path& file);

/// What a task without task.json most likely is, by its training targets: few short ones are labels. Spellings of one
/// label that differ in case count as one.
Task guessedTask(const std::string& name, const TargetCounts& counts);
/// The same from rows.
Task guessedTask(const std::string& name, std::span<const Row> train);

/// The usual metric of a kind.
MetricKind usualMetric(TaskKind kind);

}  // namespace taskfold::data
