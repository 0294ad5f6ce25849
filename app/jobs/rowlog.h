#pragma once

#include "engine/core/result.h"
#include "engine/core/rowsource.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace taskfold::jobs {

/// What names an input in a run's log: the first eight bytes of its SHA-256.
std::uint64_t inputHash(std::string_view input);

/// The inputs a run was given to train on, by source (a task, or a corpus).
struct RowLogPart {
    std::string source;
    std::vector<std::uint64_t> inputs;
};

/// rows.log of a run's folder, so that what it was trained on can be proved later. Written beside and renamed.
Result<void> writeRowLog(const std::filesystem::path& runFolder, const std::vector<RowLogPart>& parts);

struct RowLogSource {
    std::string source;
    Rows rows;
};

/// Hashes and writes them; stopped before its end it writes nothing.
Result<void> logInputs(const std::filesystem::path& runFolder, const std::vector<RowLogSource>& sources, const std::stop_token& stop);

/// NotFound where the run has none; Damaged where it isn't one.
Result<std::vector<RowLogPart>> readRowLog(const std::filesystem::path& runFolder);

}  // namespace taskfold::jobs
