#pragma once

#include "engine/compute/compute.h"
#include "engine/jobs/job.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// The parts of a model alone, for scripts.
namespace taskfold::jobs {

/// Tokens of each line of a file, none added.
Result<std::vector<std::vector<std::int32_t>>> tokenizeFile(
    const std::filesystem::path& model, const std::filesystem::path& file, const JobContext& context);

Result<std::string> generateText(
    const std::filesystem::path& model, const std::string& prompt, int maxNewTokens, const JobContext& context);

/// log p of each row's target after its input.
Result<std::vector<double>> scoreFile(
    const std::filesystem::path& model, const std::filesystem::path& file, const JobContext& context);

}  // namespace taskfold::jobs
