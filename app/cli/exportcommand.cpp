#include "app/cli/command.h"
#include "app/jobs/exporting.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

struct ExportOptions {
    std::int64_t run = 0;
    std::string out, format = "hf", type;
    int rows = 64;
};

void tell(const Invocation& invocation, const ExportOptions& options, const jobs::ExportOutcome& outcome)
{
    json tasks = json::array();
    std::vector<std::vector<std::string>> rows{{"task", "metric", "tested", "exported", "margin", "rows", ""}};
    for (const jobs::ExportedTask& task : outcome.tasks) {
        tasks.push_back({{"task", task.name}, {"metric", wordOf(task.metric)}, {"split", wordOf(task.split)}, {"n", task.n},
            {"before", task.before}, {"after", task.after}, {"margin", task.margin}, {"fell", task.fell}});
        rows.push_back({task.name, std::string(wordOf(task.metric)), points(task.before), points(task.after), points(task.margin),
            std::to_string(task.n), task.fell ? "fell" : ""});
    }
    std::string text = table(rows);
    if (outcome.accepted)
        text += "Wrote " + options.out + " (" + std::to_string(outcome.bytes) + " bytes).\n";
    if (!outcome.remark.empty())
        text += "Note: " + outcome.remark + ".\n";
    answer(invocation, {{"run", options.run}, {"out", options.out}, {"format", options.format}, {"accepted", outcome.accepted},
                           {"bytes", outcome.bytes}, {"remark", outcome.remark}, {"tasks", tasks}},
        text);
}

Result<void> exportIt(const Invocation& invocation, const ExportOptions& options, const JobContext& context, std::string& fallen)
{
    const auto format = jobs::exportFormatOf(options.format);
    if (!format)
        return Error{ErrorCode::InvalidInput, "--format is hf, gguf or adapter, not " + options.format};
    const Result<jobs::ExportOutcome> outcome = jobs::exportRun(
        projectOf(invocation), {RunId{options.run}, options.out, *format, options.type, options.rows}, context);
    if (!outcome)
        return outcome.error();
    fallen = jobs::fallenTasks(*outcome);
    tell(invocation, options, *outcome);
    return {};
}

}  // namespace

void addExportCommand(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ExportOptions>();
    CLI::App* command = addCommand(app, invocation, "export", "A run's model for servers, scored again after it is written");
    command->add_option("--run", options->run, "The run")->required()->check(CLI::PositiveNumber);
    command->add_option("out", options->out, "The folder, or for gguf the file, that is made")->required();
    command->add_option("--format", options->format, "hf, gguf or adapter")->capture_default_str();
    command->add_option("--type", options->type, "Of the weights: f32 (hf's default), f16 (gguf's default), bf16, or for gguf q8_0");
    command->add_option("--rows", options->rows, "Rows of each task it is scored on again")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            std::string fallen;
            const int code = perform(invocation, "export",
                [&](const JobContext& context) { return exportIt(invocation, *options, context, fallen); });
            if (code == kDone && !fallen.empty())
                std::fprintf(stderr, "taskfold-cli: The export is refused: nothing was written. %s.\n", fallen.c_str());
            return code == kDone && !fallen.empty() ? kRefused : code;
        };
    });
}

}  // namespace taskfold::cli
