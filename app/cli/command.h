#pragma once

#include "app/cli/exitcode.h"
#include "app/jobs/project.h"
#include "engine/jobs/job.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

/// What every command of the command line shares.
namespace taskfold::cli {

/// Options that were read, and what to do once all of them are.
struct Invocation {
    std::string project;
    bool json = false;
    std::function<int()> action;
};

/// Runs the work on an engine thread, with progress on stderr; Ctrl+C asks it to stop. The error goes to stderr, too (and
/// to stdout as {"error": ...} with --json); answers the exit code.
int perform(const Invocation& invocation, const std::string& title, const std::function<Result<void>(const JobContext&)>& work);

/// Results on stdout: one JSON object, or the text.
void answer(const Invocation& invocation, const nlohmann::json& json, const std::string& text);

/// Rows of cells as aligned columns, the first row as head.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// A fraction as points with that many decimals.
std::string points(double fraction, int decimals = 1);

/// What the user reads of an error: what happened and what to do.
std::string sentenceOf(const Error& error);

/// A subcommand with its project argument and --json.
CLI::App* addCommand(CLI::App& parent, Invocation& invocation, const std::string& name, const std::string& words,
    bool needsProject = true);

Project projectOf(const Invocation& invocation);

void addBaseCommands(CLI::App& app, Invocation& invocation);
void addDataCommands(CLI::App& app, Invocation& invocation);
void addTaskCommands(CLI::App& app, Invocation& invocation);
void addExportCommand(CLI::App& app, Invocation& invocation);
void addFilterCommands(CLI::App& app, Invocation& invocation);
void addAblationCommands(CLI::App& app, Invocation& invocation);
void addTrainCommands(CLI::App& app, Invocation& invocation);
void addResultCommands(CLI::App& app, Invocation& invocation);
void addModelCommands(CLI::App& app, Invocation& invocation);
void addBenchCommands(CLI::App& app, Invocation& invocation);

}  // namespace taskfold::cli
