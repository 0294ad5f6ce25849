#include "app/cli/command.h"
#include "app/jobs/filter.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

std::string nameOf(const jobs::FilterView& view, TaskId id)
{
    const auto task = std::find_if(view.tasks.begin(), view.tasks.end(), [&](const Task& one) { return one.id == id; });
    return task == view.tasks.end() ? "" : task->name;
}

const Suggestion* suggestionOf(const jobs::FilterView& view, TaskId id)
{
    for (const Suggestion& suggestion : view.suggestions)
        if (suggestion.task == id)
            return &suggestion;
    return nullptr;
}

json viewJson(const jobs::FilterView& view)
{
    json affinity = json::array();
    if (view.evidence)
        for (const AffinityCell& cell : view.evidence->cells)
            affinity.push_back({{"from", nameOf(view, cell.from)}, {"to", nameOf(view, cell.to)}, {"value", cell.value},
                {"se", cell.se}, {"reliable", cell.reliable}});
    json tasks = json::array();
    for (const Task& task : view.tasks) {
        const Suggestion* suggestion = suggestionOf(view, task.id);
        const auto decision = view.current.find(task.id);
        const bool decided = decision != view.current.end();
        json one{{"task", task.name}, {"suggest", suggestion ? wordOf(suggestion->suggest) : "keep"},
            {"rule", suggestion ? suggestion->rule : ""}, {"decision", decided ? wordOf(decision->second.verb) : "keep"},
            {"by", decided ? decision->second.by : ""},
            {"reason", decided && !decision->second.reason.empty() ? decision->second.reason : suggestion ? suggestion->reason : ""}};
        if (suggestion) {
            one["outgoing"] = suggestion->outgoing;
            one["outgoing_se"] = suggestion->outgoingSe;
            one["incoming"] = suggestion->incoming;
            one["incoming_se"] = suggestion->incomingSe;
            one["threshold"] = suggestion->threshold;
        }
        tasks.push_back(std::move(one));
    }
    return {{"affinity", affinity}, {"tasks", tasks}};
}

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%+.4f", value);
    return text;
}

std::string viewText(const jobs::FilterView& view)
{
    if (!view.evidence)
        return "Nothing is measured yet: run filter with --base.\n";
    std::vector<std::vector<std::string>> rows{{"task", "helps others", "is helped", "suggestion", "rule", "decision", "by"}};
    std::string reasons;
    for (const Task& task : view.tasks) {
        const Suggestion* suggestion = suggestionOf(view, task.id);
        const auto decision = view.current.find(task.id);
        const bool decided = decision != view.current.end();
        rows.push_back({task.name, suggestion ? number(suggestion->outgoing) : "", suggestion ? number(suggestion->incoming) : "",
            suggestion ? std::string(wordOf(suggestion->suggest)) : "", suggestion ? suggestion->rule : "",
            decided ? std::string(wordOf(decision->second.verb)) : "", decided ? decision->second.by : ""});
        if (suggestion && suggestion->suggest == Verb::Exclude)
            reasons += task.name + ": " + suggestion->reason + "\n";
    }
    return table(rows) + reasons;
}

struct FilterOptions {
    std::string base, signal = "lookahead", mode = "suggest", device = "cpu";
    int threads = 0, probes = 6;
    std::int64_t warmUp = 60;
    double learningRate = 0;
    int batch = 32;
    std::uint64_t seed = 1;
};

Result<void> filter(const Invocation& invocation, const FilterOptions& options, const JobContext& context)
{
    const Project project = projectOf(invocation);
    const std::optional<FilterMode> mode = filterModeOf(options.mode);
    const std::optional<Signal> signal = signalOf(options.signal);
    if (!mode || !signal)
        return Error{ErrorCode::InvalidInput, "--mode is off, suggest or auto; --signal is gradient or lookahead"};
    if (!options.base.empty() && *mode != FilterMode::Off) {
        jobs::FilterSetup setup;
        setup.base = options.base;
        setup.signal = *signal;
        setup.device = options.device;
        setup.threads = options.threads;
        setup.probes = options.probes;
        setup.warmUpSteps = options.warmUp;
        setup.seed = options.seed;
        setup.learningRate = options.learningRate;
        setup.batch = options.batch;
        if (Result<void> measured = jobs::measureAffinity(project, setup, context); !measured)
            return measured;
    }
    if (*mode == FilterMode::Auto)
        if (const Result<int> accepted = jobs::acceptSuggestions(project, "auto"); !accepted)
            return accepted.error();
    const Result<jobs::FilterView> view = jobs::filterView(project);
    if (!view)
        return view.error();
    answer(invocation, viewJson(*view), viewText(*view));
    return {};
}

void addFilter(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<FilterOptions>();
    CLI::App* command = addCommand(app, invocation, "filter", "Which tasks help or harm each other, and what is suggested");
    command->add_option("--base", options->base, "Measure afresh from this base model");
    command->add_option("--signal", options->signal, "gradient or lookahead")->capture_default_str();
    command->add_option("--mode", options->mode, "off, suggest or auto")
        ->check(CLI::IsMember({"off", "suggest", "auto"}))
        ->capture_default_str();
    command->add_option("--device", options->device)->capture_default_str();
    command->add_option("--threads", options->threads)->check(CLI::NonNegativeNumber);
    command->add_option("--probes", options->probes, "Measurements along the joint run")->check(CLI::PositiveNumber)->capture_default_str();
    command->add_option("--warm-up", options->warmUp, "Joint steps before the first")->check(CLI::NonNegativeNumber)->capture_default_str();
    command->add_option("--learning-rate", options->learningRate, "Of the probe's steps; by the base's size otherwise");
    command->add_option("--batch", options->batch)->check(CLI::PositiveNumber)->capture_default_str();
    command->add_option("--seed", options->seed)->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "filter", [&](const JobContext& context) { return filter(invocation, *options, context); });
        };
    });
}

void addDecide(CLI::App& app, Invocation& invocation)
{
    struct Options {
        std::string task, verb, reason;
        bool pin = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(app, invocation, "decide", "Keep a task in the fold or leave it out");
    command->add_option("task", options->task, "Name of the task")->required();
    command->add_option("verb", options->verb, "keep or exclude")->required()->check(CLI::IsMember({"keep", "exclude"}));
    command->add_option("--reason", options->reason, "Why, for the report")->required();
    command->add_flag("--pin", options->pin, "No suggestion changes it");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "decide", [&](const JobContext&) -> Result<void> {
                const Verb verb = options->verb == "keep" ? Verb::Keep : Verb::Exclude;
                if (Result<void> done = jobs::decide(
                        projectOf(invocation), options->task, verb, options->pin, "user", options->reason);
                    !done)
                    return done;
                answer(invocation, {{"task", options->task}, {"decision", options->verb}, {"by", "user"}, {"reason", options->reason}},
                    options->task + ": " + options->verb + ".\n");
                return {};
            });
        };
    });
}

}  // namespace

void addFilterCommands(CLI::App& app, Invocation& invocation)
{
    addFilter(app, invocation);
    addDecide(app, invocation);
}

}  // namespace taskfold::cli
