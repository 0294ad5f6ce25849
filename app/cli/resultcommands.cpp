#include "app/cli/command.h"
#include "app/cli/comparetext.h"
#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/reporting.h"
#include "app/jobs/serving.h"
#include "db/predictionrepository.h"
#include "db/taskrepository.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace taskfold::cli {

namespace {

using nlohmann::json;

Result<std::map<TaskId, std::string>> namesOf(const Project& project)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    const Result<std::vector<Task>> tasks = db::TaskRepository(**connection).all();
    if (!tasks)
        return tasks.error();
    std::map<TaskId, std::string> names;
    for (const Task& task : *tasks)
        names[task.id] = task.name;
    return names;
}

Result<void> evaluate(const Invocation& invocation, std::int64_t run, const std::string& word, const JobContext& context)
{
    const Project project = projectOf(invocation);
    const Split split = splitOf(word).value_or(Split::Test);
    const Result<std::vector<Score>> scores
        = run > 0 ? jobs::evaluateRun(project, RunId{run}, split, context) : jobs::evaluateAll(project, split, context);
    if (!scores)
        return scores.error();
    Result<std::map<TaskId, std::string>> names = namesOf(project);
    if (!names)
        return std::move(names).error();
    json tasks = json::array();
    std::vector<std::vector<std::string>> rows{{"run", "task", "metric", "points", "n", "invalid", "decoding"}};
    for (const Score& score : *scores) {
        tasks.push_back({{"run", score.run.value}, {"task", (*names)[score.task]}, {"metric", wordOf(score.metric)},
            {"value", score.value}, {"n", score.n}, {"invalid", score.invalid}, {"decode", wordOf(score.decode)}});
        rows.push_back({std::to_string(score.run.value), (*names)[score.task], std::string(wordOf(score.metric)),
            points(score.value), std::to_string(score.n), std::to_string(score.invalid), std::string(wordOf(score.decode))});
    }
    answer(invocation, {{"run", run > 0 ? json(run) : json(nullptr)}, {"split", wordOf(split)}, {"tasks", tasks}}, table(rows));
    return {};
}

void addEvaluate(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::int64_t run = 0;
        std::string split = "test";
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "evaluate", "Answers and scores of all runs that have none yet");
    command->add_option("--run", options->run, "Of this run alone, again")->check(CLI::PositiveNumber);
    command->add_option("--split", options->split)->check(CLI::IsMember({"train", "validation", "test"}))->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "evaluate",
                [&](const JobContext& context) { return evaluate(invocation, options->run, options->split, context); });
        };
    });
}

struct CompareOptions {
    std::int64_t candidate = 0;
    std::string baseline = "single";
    bool gate = false;
    std::string junit;
    int requests = 0;  // to measure serving by first; 0: not now
    std::string refusal;  // of the gate, once it was asked
};

Result<void> compare(const Invocation& invocation, CompareOptions& options, const JobContext& context)
{
    if (options.requests > 0)
        if (Result<void> served = jobs::measureServing(projectOf(invocation), RunId{options.candidate}, options.requests, context); !served)
            return served;
    const Result<Comparison> comparison
        = jobs::compareRuns(projectOf(invocation), RunId{options.candidate}, options.baseline, context);
    if (!comparison)
        return comparison.error();
    if (!options.junit.empty())
        if (Result<void> written = jobs::writeWhole(options.junit, comparisonJunit(*comparison)); !written)
            return written;
    json out = comparisonJson(*comparison);
    std::string text = comparisonText(*comparison);
    if (options.gate) {
        options.refusal = gateRefusal(*comparison);
        out["gate"] = {{"open", options.refusal.empty()}, {"why", options.refusal}};
        text += "gate: " + (options.refusal.empty() ? std::string("open") : "shut, " + options.refusal) + "\n";
    }
    answer(invocation, out, text);
    return {};
}

void addCompare(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<CompareOptions>();
    CLI::App* command = addCommand(app, invocation, "compare", "What was won and lost, task by task");
    command->add_option("--candidate", options->candidate, "A run; the newest stage 3 otherwise")->check(CLI::PositiveNumber);
    command->add_option("--baseline", options->baseline, "single, a run's number, or imported:NAME")->capture_default_str();
    command->add_flag("--gate", options->gate, "Exit with code 4 when a task is worse at its margin or can't be computed");
    command->add_option("--junit", options->junit, "Write the verdicts as a JUnit XML file, too");
    command->add_option("--measure-serving", options->requests, "Measure memory, latency and throughput first, with that many requests")
        ->check(CLI::Range(1, 100000));
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            const int code = perform(invocation, "compare", [&](const JobContext& context) { return compare(invocation, *options, context); });
            return code == kDone && !options->refusal.empty() ? int{kGateShut} : code;
        };
    });
}

Result<void> tellKept(const Invocation& invocation, const std::string& task, const std::string& name, RunId run)
{
    const Result<db::Connection> connection = openExisting(projectOf(invocation));
    if (!connection)
        return connection.error();
    const Result<std::vector<Score>> scores = db::PredictionRepository(**connection).scores(run);
    if (!scores)
        return scores.error();
    json out{{"run", run.value}, {"task", task}, {"name", name}};
    std::string text = "Kept as run " + std::to_string(run.value) + "; compare with --baseline imported:" + name + "\n";
    for (const Score& score : *scores) {
        out.update({{"metric", wordOf(score.metric)}, {"value", score.value}, {"n", score.n}, {"invalid", score.invalid}});
        text += std::to_string(score.n) + " rows, " + std::string(wordOf(score.metric)) + " " + points(score.value) + " points, "
            + std::to_string(score.invalid) + " invalid\n";
    }
    answer(invocation, out, text);
    return {};
}

void addPredictions(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::string task, file, name = "deployed";
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "predictions", "Takes in what the model that serves a task today answers to the test rows");
    command->add_option("task", options->task, "The task's name")->required();
    command->add_option("file", options->file, "JSON lines: {\"line\": N, \"prediction\": \"…\"}")->required();
    command->add_option("--name", options->name, "Compare with them as imported:NAME")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "predictions", [&](const JobContext& context) -> Result<void> {
                const auto runs = jobs::importPredictions(projectOf(invocation), {{options->task, options->file}}, options->name, context);
                if (!runs)
                    return runs.error();
                return tellKept(invocation, options->task, options->name, runs->front());
            });
        };
    });
}

struct ReportOptions {
    std::string file, title, sections, language = "en", date;
    std::int64_t comparison = 0;
};

// Paper needs the window program's fonts and pages: it lies beside this one and shows nothing.
Result<void> writePdf(const Invocation& invocation, const ReportOptions& options)
{
    std::error_code failure;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path() / "taskfold";
    if (!std::filesystem::exists(program, failure))
        return Error{ErrorCode::NotFound, "PDF is written by the window program, which isn't installed beside this one"};
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
        std::vector<std::string> words{"taskfold", invocation.project, "--report", options.file, "--report-title", options.title,
            "--report-sections", options.sections, "--report-language", options.language, "--report-date", options.date,
            "--report-comparison", std::to_string(options.comparison)};
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return Error{ErrorCode::Io, options.file + " can't be written"};
    return {};
}

Result<void> writeReport(const Invocation& invocation, const ReportOptions& options, const JobContext& context)
{
    const Result<db::Connection> connection = openExisting(projectOf(invocation));
    const Result<jobs::ReportWish> wish
        = jobs::reportWish(options.title, options.sections, options.language, options.date, options.comparison);
    if (!connection || !wish)
        return connection ? wish.error() : connection.error();
    Result<void> written;
    if (std::filesystem::path(options.file).extension() == ".pdf") {
        written = writePdf(invocation, options);
    } else {
        const auto data = jobs::reportData(projectOf(invocation), *wish, context);
        written = data ? jobs::writeReport(*data, options.file) : Result<void>(data.error());
    }
    if (!written)
        return written;
    answer(invocation, {{"report", options.file}}, "Wrote " + options.file + ".\n");
    return {};
}

void addReport(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ReportOptions>();
    CLI::App* command = addCommand(app, invocation, "report", "The report: html, pdf, md, csv, tex or json");
    command->add_option("out", options->file, "Where to, by its ending; csv: one file a table, named after it")->required();
    command->add_option("--title", options->title);
    command->add_option("--sections", options->sections, "summary,tasks,ledger,filter,rows,data,plan,runs,method; all otherwise");
    command->add_option("--language", options->language)->check(CLI::IsMember({"en", "zh"}))->capture_default_str();
    command->add_option("--comparison", options->comparison, "Its number, as compare --json says it; the newest otherwise")->check(CLI::PositiveNumber);
    command->add_option("--date", options->date, "In place of today's, so that the same project gives the same bytes");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "report", [&](const JobContext& context) { return writeReport(invocation, *options, context); });
        };
    });
}

}  // namespace

void addResultCommands(CLI::App& app, Invocation& invocation)
{
    addReport(app, invocation);
    addEvaluate(app, invocation);
    addCompare(app, invocation);
    addPredictions(app, invocation);
}

}  // namespace taskfold::cli
