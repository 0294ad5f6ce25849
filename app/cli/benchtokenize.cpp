#include "app/cli/benchcommands.h"
#include "app/jobs/modelparts.h"
#include "engine/text/tokenizer.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <memory>

namespace taskfold::cli {

namespace {

struct Options {
    std::string model, file, field;
    unsigned threads = 0;
};

double rounded(double value, double places)
{
    return std::round(value * places) / places;
}

Result<void> measure(const Options& options, const JobContext& context)
{
    const auto tokenizer = openTokenizer(options.model);
    if (!tokenizer)
        return tokenizer.error();
    const Result<jobs::Texts> texts = jobs::readTexts(options.file, options.field, context);
    if (!texts)
        return texts.error();
    const std::vector<std::string_view> rows = texts->views();
    const double cpu = cpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    const TokenBatch batch = (*tokenizer)->encodeBatch(rows, SpecialTokens::Parse, options.threads, context.stop);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    answerBench({{"bench", "tokenize"}, {"mib_per_s", rounded(static_cast<double>(texts->bytes.size()) / seconds / (1 << 20), 10)},
        {"seconds", rounded(seconds, 1000)}, {"cpu_seconds", rounded(cpuSeconds() - cpu, 1000)}, {"tokens", batch.tokens()}, {"rows", rows.size()}});
    return {};
}

}  // namespace

void addBenchTokenize(CLI::App& bench, Invocation& invocation)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(bench, invocation, "tokenize", "Tokens of a file's lines, on all cores", false);
    command->add_option("model", options->model, "The model's folder, or one of vocab.json and merges.txt")->required();
    command->add_option("file", options->file)->required();
    command->add_option("--field", options->field, "Of JSON lines; without it each line is a text");
    command->add_option("--threads", options->threads, "0: one a core")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "bench tokenize", [&](const JobContext& context) { return measure(*options, context); });
        };
    });
}

}  // namespace taskfold::cli
