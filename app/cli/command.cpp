#include "app/cli/command.h"

#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "engine/jobs/jobrunner.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

namespace taskfold::cli {

namespace {

constexpr std::chrono::milliseconds kTurn(50);

std::string_view wordOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput: return "invalid_input";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::NotFound: return "not_found";
    case ErrorCode::Io: return "io";
    case ErrorCode::DiskFull: return "disk_full";
    case ErrorCode::Database: return "database";
    case ErrorCode::Busy: return "busy";
    case ErrorCode::NewerDatabase: return "newer_database";
    case ErrorCode::OutOfMemory: return "out_of_memory";
    case ErrorCode::NotANumber: return "not_a_number";
    case ErrorCode::Damaged: return "damaged";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::Internal: break;
    }
    return "internal";
}

int failed(const Invocation& invocation, const Error& error)
{
    std::cerr << "taskfold-cli: " << sentenceOf(error) << std::endl;
    if (invocation.json && error.code != ErrorCode::Cancelled)
        answer(invocation, {{"error", {{"code", wordOf(error.code)}, {"detail", error.detail}}}}, {});
    return exitCodeOf(error);
}

}  // namespace

std::string sentenceOf(const Error& error)
{
    switch (error.code) {
    case ErrorCode::InvalidInput: return error.detail;
    case ErrorCode::Unsupported: return "Not supported: " + error.detail;
    case ErrorCode::NotFound: return error.detail;
    case ErrorCode::Io: return "Reading or writing failed: " + error.detail;
    case ErrorCode::DiskFull: return "The disk is full; what was finished is kept. Make room and run it again. " + error.detail;
    case ErrorCode::Database: return "The project's database failed: " + error.detail + ". “check” says more.";
    case ErrorCode::Busy: return "Taken: " + error.detail + ". Wait, or stop it there.";
    case ErrorCode::NewerDatabase: return "A later version of Taskfold has written this project (" + error.detail + "): use that one.";
    case ErrorCode::OutOfMemory: return "There isn't enough memory: choose a smaller batch or context. " + error.detail;
    case ErrorCode::NotANumber: return error.detail;
    case ErrorCode::Damaged: return "A file is damaged: " + error.detail + ". “check” says what else is.";
    case ErrorCode::Cancelled: return "Stopped; what was done is kept.";
    case ErrorCode::Internal: break;
    }
    return "Something went wrong inside Taskfold: " + error.detail;
}

int perform(const Invocation& invocation, const std::string& title, const std::function<Result<void>(const JobContext&)>& work)
{
    holdInterrupts();  // before the runner's thread is made, which inherits it
    Console console(std::cerr, invocation.json);
    Error failure;
    Outcome outcome;
    {
        JobRunner runner(console);
        const JobId id = runner.submit({title, work});
        while (!console.waitFor(kTurn))
            if (interruptedWithin(kTurn))
                runner.cancel(id);
        outcome = console.takeEnd();
    }
    switch (outcome.end) {
    case JobEnd::Completed: return kDone;
    case JobEnd::Cancelled: return failed(invocation, {ErrorCode::Cancelled, {}});
    case JobEnd::Failed: break;
    }
    return failed(invocation, outcome.error);
}

void answer(const Invocation& invocation, const nlohmann::json& json, const std::string& text)
{
    if (invocation.json)
        std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
    else
        std::cout << text << std::flush;
}

std::string table(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    const auto width = [](const std::string& text) {
        return static_cast<std::size_t>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    };
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1));
            widths[i] = std::max(widths[i], width(row[i]));
        }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size())
                text.append(widths[i] - width(row[i]) + 2, ' ');
        }
        text += '\n';
    }
    return text;
}

std::string points(double fraction, int decimals)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", decimals, 100 * fraction);
    return text;
}

CLI::App* addCommand(CLI::App& parent, Invocation& invocation, const std::string& name, const std::string& words,
    bool needsProject)
{
    CLI::App* command = parent.add_subcommand(name, words);
    if (needsProject)
        command->add_option("project", invocation.project, "Folder of the project")->required();
    command->add_flag("--json", invocation.json, "One JSON object on stdout, progress as JSON lines on stderr");
    return command;
}

Project projectOf(const Invocation& invocation)
{
    return {invocation.project};
}

}  // namespace taskfold::cli
