#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"
#include "engine/format/modelconfig.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

struct PlannedBase {
    ModelConfig config;
    std::filesystem::path folder;  // empty: a tiny model, which isn't made yet
};

/// The model that a plan trains from; nothing where it isn't known or can't be read.
std::optional<PlannedBase> plannedBase(const Project& project, SQLite::Database& database, const Plan& plan);

/// LoRA's two matrices beside each of its linear layers; no targets: beside all.
double adapterParameters(const ModelConfig& config, int rank, const std::vector<std::string>& targets);

}  // namespace taskfold::jobs
