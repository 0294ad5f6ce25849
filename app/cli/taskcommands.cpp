#include "app/cli/command.h"
#include "app/jobs/edits.h"
#include "app/jobs/modelparts.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include <memory>

namespace taskfold::cli {

using nlohmann::json;

void addTaskCommands(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::string task;
        std::vector<std::string> assignments;
    };
    auto options = std::make_shared<Options>();
    CLI::App* task = app.add_subcommand("task", "Change or remove a task");
    task->require_subcommand(1);
    CLI::App* set = addCommand(*task, invocation, "set", "Change what is known of a task");
    set->add_option("task", options->task, "Name of the task")->required();
    set->add_option("assignments", options->assignments,
           "field=value: owner, margin, metric, instruction, traffic, suite, deployed_score")
        ->required();
    set->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "task", [&](const JobContext&) -> Result<void> {
                const Result<Task> edited = jobs::editTask(projectOf(invocation), options->task, options->assignments);
                if (!edited)
                    return edited.error();
                answer(invocation,
                    {{"task", edited->name}, {"owner", edited->owner}, {"margin", edited->margin},
                        {"metric", wordOf(edited->metric)}, {"instruction", edited->instruction},
                        {"traffic", edited->trafficShare}, {"suite", edited->suite}},
                    "Changed " + edited->name + ".\n");
                return {};
            });
        };
    });
    CLI::App* remove = addCommand(*task, invocation, "remove", "Remove a task with all that is its own");
    remove->add_option("task", options->task, "Name of the task")->required();
    remove->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "task", [&](const JobContext& context) -> Result<void> {
                if (Result<void> removed = jobs::removeTask(projectOf(invocation), options->task, context); !removed)
                    return removed;
                answer(invocation, {{"removed", options->task}}, "Removed " + options->task + ".\n");
                return {};
            });
        };
    });
}

namespace {

struct ModelOptions {
    std::string model, file, field, prompt;
    int maxNewTokens = 64;
    jobs::Sampling sampling;
};

// {"ids": [[...], ...]}, or a line a row. Written by hand: a million rows as JSON values would take gigabytes.
std::string idsAsText(const TokenBatch& ids, bool json)
{
    std::string text = json ? "{\"ids\":[" : "";
    for (std::size_t row = 0; row < ids.rows(); ++row) {
        text += json ? (row > 0 ? ",[" : "[") : "";
        const char* between = "";
        for (const std::int32_t id : ids.row(row)) {
            text.append(between).append(std::to_string(id));
            between = json ? "," : " ";
        }
        text += json ? "]" : "\n";
    }
    return text + (json ? "]}\n" : "");
}

void addTokenize(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ModelOptions>();
    CLI::App* command = addCommand(app, invocation, "tokenize", "Tokens of each line of a file", false);
    command->add_option("model", options->model, "The model's folder")->required();
    command->add_option("file", options->file)->required();
    command->add_option("--field", options->field, "Of JSON lines; without it each line is a text");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "tokenize", [&](const JobContext& context) -> Result<void> {
                const auto ids = jobs::tokenizeFile(options->model, options->file, options->field, context);
                if (!ids)
                    return ids.error();
                std::cout << idsAsText(*ids, invocation.json) << std::flush;
                return {};
            });
        };
    });
}

void addGenerate(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ModelOptions>();
    CLI::App* command = addCommand(app, invocation, "generate", "Continuation of a prompt: the likeliest, or drawn", false);
    command->add_option("model", options->model, "The model's folder")->required();
    command->add_option("--prompt", options->prompt)->required();
    command->add_option("--max-new-tokens", options->maxNewTokens)->check(CLI::PositiveNumber)->capture_default_str();
    command->add_option("--temperature", options->sampling.temperature, "0: always the likeliest token")->check(CLI::NonNegativeNumber);
    command->add_option("--top-k", options->sampling.topK, "Draw among so many; 0: all")->check(CLI::NonNegativeNumber);
    command->add_option("--top-p", options->sampling.topP, "Draw among the likeliest that hold this share")->check(CLI::Range(0.0, 1.0));
    command->add_option("--seed", options->sampling.seed)->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "generate", [&](const JobContext& context) -> Result<void> {
                const auto text = jobs::generateText(options->model, options->prompt, options->maxNewTokens, options->sampling, context);
                if (!text)
                    return text.error();
                answer(invocation, {{"text", *text}}, *text + "\n");
                return {};
            });
        };
    });
}

void addScore(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ModelOptions>();
    CLI::App* command = addCommand(app, invocation, "score", "log p of each row's target after its input", false);
    command->add_option("model", options->model, "The model's folder")->required();
    command->add_option("file", options->file, "JSON lines of input and target")->required();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "score", [&](const JobContext& context) -> Result<void> {
                const auto scores = jobs::scoreFile(options->model, options->file, context);
                if (!scores)
                    return scores.error();
                json rows = json::array();
                std::string text;
                for (const double score : *scores) {
                    rows.push_back({{"logprob", score}});
                    text += std::to_string(score) + "\n";
                }
                answer(invocation, {{"rows", rows}}, text);
                return {};
            });
        };
    });
}

}  // namespace

void addModelCommands(CLI::App& app, Invocation& invocation)
{
    addTokenize(app, invocation);
    addGenerate(app, invocation);
    addScore(app, invocation);
}

}  // namespace taskfold::cli
