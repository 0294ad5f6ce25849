#include "app/cli/datatext.h"
#include "app/jobs/leakmasks.h"
#include "app/jobs/mappingfile.h"
#include "app/jobs/overlaps.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

struct RowOptions {
    std::string task, split = "train", out, nearLeaks, nearDuplicates;
    bool near = false;
};

void addMapping(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RowOptions>();
    CLI::App* command = addCommand(app, invocation, "mapping", "How a task's files were read, to be used again with import --mapping");
    command->add_option("task", options->task, "Name of the task")->required();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "mapping", [&](const JobContext&) -> Result<void> {
                const Result<std::string> text = jobs::mappingOfTask(projectOf(invocation), options->task);
                if (!text)
                    return text.error();
                answer(invocation, json::parse(*text), *text + "\n");
                return {};
            });
        };
    });
}

void addExports(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RowOptions>();
    CLI::App* rows = addCommand(app, invocation, "export-rows", "A task's kept rows as .jsonl or .parquet");
    rows->add_option("task", options->task, "Name of the task")->required();
    rows->add_option("out", options->out, "The file to write")->required();
    rows->add_option("--split", options->split)->check(CLI::IsMember({"train", "validation", "test"}))->capture_default_str();
    rows->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "export-rows", [&](const JobContext& context) -> Result<void> {
                const Result<std::int64_t> count = jobs::exportTaskRows(
                    projectOf(invocation), options->task, splitOf(options->split).value_or(Split::Train), options->out, context);
                if (!count)
                    return count.error();
                answer(invocation, {{"rows", *count}, {"file", options->out}}, "Wrote " + std::to_string(*count) + " rows.\n");
                return {};
            });
        };
    });
    CLI::App* issues = addCommand(app, invocation, "export-issues", "All that is wrong with a task's rows, as CSV");
    issues->add_option("task", options->task, "Name of the task")->required();
    issues->add_option("out", options->out, "The file to write")->required();
    issues->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "export-issues", [&](const JobContext&) -> Result<void> {
                const Result<std::int64_t> count = jobs::exportIssues(projectOf(invocation), options->task, options->out);
                if (!count)
                    return count.error();
                answer(invocation, {{"issues", *count}, {"file", options->out}}, "Wrote " + std::to_string(*count) + " issues.\n");
                return {};
            });
        };
    });
}

void addOverlap(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RowOptions>();
    CLI::App* command = addCommand(app, invocation, "overlap", "Which splits share inputs");
    command->add_flag("--near", options->near, "Nearly the same ones, too");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "overlap", [&](const JobContext& context) -> Result<void> {
                const auto cells = jobs::overlapsOf(projectOf(invocation), options->near, context);
                if (!cells)
                    return cells.error();
                json list = json::array();
                std::vector<std::vector<std::string>> rows{{"rows of", "stand in", "shared", "other target", "nearly"}};
                for (const jobs::OverlapCell& cell : *cells) {
                    list.push_back({{"task", cell.task}, {"split", cell.split}, {"other_task", cell.otherTask},
                        {"other_split", cell.otherSplit}, {"shared", cell.shared}, {"other_target", cell.otherTarget}, {"near", cell.near}});
                    rows.push_back({cell.task + "/" + cell.split, cell.otherTask + "/" + cell.otherSplit, std::to_string(cell.shared),
                        std::to_string(cell.otherTarget), options->near ? std::to_string(cell.near) : "-"});
                }
                answer(invocation, {{"overlaps", list}}, table(rows));
                return {};
            });
        };
    });
}

void addMasks(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RowOptions>();
    CLI::App* command = addCommand(app, invocation, "masks", "What keeps rows from training besides exact leaks");
    command->add_option("--near-leaks", options->nearLeaks, "Rows nearly the same as one of a validation or test split")
        ->check(CLI::IsMember({"on", "off"}));
    command->add_option("--near-duplicates", options->nearDuplicates, "Rows nearly the same as an earlier one of their split")
        ->check(CLI::IsMember({"on", "off"}));
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "masks", [&](const JobContext& context) -> Result<void> {
                const Result<jobs::MaskRules> known = jobs::maskRules(projectOf(invocation));
                if (!known)
                    return known.error();
                jobs::MaskRules rules = *known;
                if (!options->nearLeaks.empty())
                    rules.nearLeaks = options->nearLeaks == "on";
                if (!options->nearDuplicates.empty())
                    rules.nearDuplicates = options->nearDuplicates == "on";
                if (rules != *known)
                    if (Result<void> set = jobs::setMaskRules(projectOf(invocation), rules, context); !set)
                        return set;
                answer(invocation, {{"near_leaks", rules.nearLeaks}, {"near_duplicates", rules.nearDuplicates}},
                    std::string("near leaks ") + (rules.nearLeaks ? "on" : "off") + ", near duplicates " + (rules.nearDuplicates ? "on" : "off") + "\n");
                return {};
            });
        };
    });
}

}  // namespace

void addRowCommands(CLI::App& app, Invocation& invocation)
{
    addMapping(app, invocation);
    addExports(app, invocation);
    addOverlap(app, invocation);
    addMasks(app, invocation);
}

}  // namespace taskfold::cli
