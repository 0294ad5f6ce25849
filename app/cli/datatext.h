#pragma once

#include "app/cli/command.h"
#include "engine/core/issue.h"

#include <map>

namespace taskfold::cli {

nlohmann::json countsJson(const std::map<Reason, std::int64_t>& counts);
std::string countsText(const std::map<Reason, std::int64_t>& counts);

/// import, mapping, overlap, masks, export-rows and export-issues.
void addImportCommands(CLI::App& app, Invocation& invocation);
void addRowCommands(CLI::App& app, Invocation& invocation);

}  // namespace taskfold::cli
