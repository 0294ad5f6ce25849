#include "app/cli/command.h"
#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/reporting.h"
#include "db/taskrepository.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
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

json ledgerJson(const Ledger& ledger)
{
    json out{{"models_before", ledger.modelsBefore}, {"models_after", ledger.modelsAfter},
        {"overhead_reduction", ledger.overheadReduction}};
    for (const LedgerLine& line : ledger.lines)
        if (line.key != "models")
            out[line.key] = {{"before", line.before}, {"after", line.after}, {"unit", line.unit}, {"how", line.how}};
    return out;
}

json comparisonJson(const Comparison& comparison)
{
    const SuiteComparison& suite = comparison.suite;
    json tasks = json::array();
    for (const TaskComparison& task : comparison.tasks)
        tasks.push_back({{"task", task.name}, {"metric", wordOf(task.metric)}, {"single", task.single}, {"multi", task.multi},
            {"difference", task.difference}, {"low", task.low}, {"high", task.high}, {"se", task.se}, {"margin", task.margin},
            {"resolvable", task.resolvable}, {"verdict", wordOf(task.verdict)}, {"n", task.n}, {"seeds", task.seeds},
            {"won", task.won}, {"lost", task.lost}, {"excluded", task.excluded}, {"note", task.note}});
    return {{"candidate", comparison.candidate.value}, {"baseline", comparison.baseline}, {"line", jobs::suiteLine(comparison)},
        {"suite", {{"not_worse", suite.notWorse}, {"worse", suite.worse}, {"undecided", suite.undecided},
            {"not_computable", suite.notComputable}, {"tasks", suite.tasks}, {"mean_difference", suite.meanDifference},
            {"low", suite.low}, {"high", suite.high}}},
        {"tasks", tasks}, {"ledger", ledgerJson(comparison.ledger)}};
}

std::string comparisonText(const Comparison& comparison)
{
    std::vector<std::vector<std::string>> rows{
        {"task", "metric", "single", "multi", "difference", "90 % interval", "margin", "verdict", "n", "won", "lost"}};
    for (const TaskComparison& task : comparison.tasks)
        rows.push_back({task.name, std::string(wordOf(task.metric)), points(task.single), points(task.multi),
            points(task.difference), points(task.low) + " to " + points(task.high), points(task.margin),
            std::string(wordOf(task.verdict)) + (task.note.empty() ? "" : " (" + task.note + ")"), std::to_string(task.n),
            std::to_string(task.won), std::to_string(task.lost)});
    std::vector<std::vector<std::string>> ledger{{"ledger", "single-task", "folded", "ratio"}};
    for (const LedgerLine& line : comparison.ledger.lines) {
        char before[32], after[32], ratio[32];
        std::snprintf(before, sizeof before, "%.0f", line.before);
        std::snprintf(after, sizeof after, "%.0f", line.after);
        std::snprintf(ratio, sizeof ratio, "%.3f", line.before > 0 ? line.after / line.before : 0);
        ledger.push_back({line.key, before, after, line.before > 0 ? ratio : "-"});
    }
    return jobs::suiteLine(comparison) + "\n\n" + table(rows) + "\n" + table(ledger) + "overhead reduction "
        + points(comparison.ledger.overheadReduction) + " % (" + std::to_string(comparison.ledger.modelsBefore) + " models into "
        + std::to_string(comparison.ledger.modelsAfter) + ")\n";
}

void addCompare(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::int64_t candidate = 0;
        std::string baseline = "single";
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "compare", "What was won and lost, task by task");
    command->add_option("--candidate", options->candidate, "A run; the newest stage 3 otherwise")->check(CLI::PositiveNumber);
    command->add_option("--baseline", options->baseline, "single, or a run's number")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "compare", [&](const JobContext& context) -> Result<void> {
                RunId baseline;
                if (options->baseline != "single") {
                    baseline.value = std::strtoll(options->baseline.c_str(), nullptr, 10);
                    if (baseline.value <= 0)
                        return Error{ErrorCode::InvalidInput, "--baseline is “single” or a run's number"};
                }
                const Result<Comparison> comparison
                    = jobs::compareRuns(projectOf(invocation), RunId{options->candidate}, baseline, context);
                if (!comparison)
                    return comparison.error();
                answer(invocation, comparisonJson(*comparison), comparisonText(*comparison));
                return {};
            });
        };
    });
}

// Paper needs the window program's fonts and pages: it lies beside this one and shows nothing.
Result<void> writePdf(const Invocation& invocation, const std::string& file)
{
    std::error_code failure;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path() / "taskfold";
    if (!std::filesystem::exists(program, failure))
        return Error{ErrorCode::NotFound, "PDF is written by the window program, which isn't installed beside this one"};
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
        ::execl(program.c_str(), "taskfold", invocation.project.c_str(), "--report", file.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return Error{ErrorCode::Io, file + " can't be written"};
    return {};
}

void addReport(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::string file, title;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "report", "The report: html, pdf, md, csv or tex");
    command->add_option("out", options->file, "Where to, by its ending")->required();
    command->add_option("--title", options->title);
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "report", [&](const JobContext& context) -> Result<void> {
                const Result<db::Connection> connection = openExisting(projectOf(invocation));
                if (!connection)
                    return connection.error();
                Result<void> written;
                if (std::filesystem::path(options->file).extension() == ".pdf") {
                    written = writePdf(invocation, options->file);
                } else {
                    const auto data = jobs::reportData(projectOf(invocation), {options->title, report::allSections()}, context);
                    written = data ? jobs::writeReport(*data, options->file) : Result<void>(data.error());
                }
                if (!written)
                    return written;
                answer(invocation, {{"report", options->file}}, "Wrote " + options->file + ".\n");
                return {};
            });
        };
    });
}

}  // namespace

void addResultCommands(CLI::App& app, Invocation& invocation)
{
    addReport(app, invocation);
    addEvaluate(app, invocation);
    addCompare(app, invocation);
}

}  // namespace taskfold::cli
