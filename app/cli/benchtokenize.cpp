#include "app/cli/benchcommands.h"
#include "engine/text/tokenizer.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>

namespace taskfold::cli {

namespace {

struct Options {
    std::string model, file, field;
};

// The lines of a file, or one field of each.
Result<std::vector<std::string>> textsOf(const Options& options)
{
    std::ifstream in(options.file, std::ios::binary);
    if (!in)
        return Error{ErrorCode::NotFound, "there is no file " + options.file};
    std::vector<std::string> texts;
    for (std::string line; std::getline(in, line);) {
        if (options.field.empty()) {
            texts.push_back(std::move(line));
            continue;
        }
        const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
        const auto found = row.is_object() ? row.find(options.field) : row.end();
        if (!row.is_object() || found == row.end() || !found->is_string())
            return Error{ErrorCode::InvalidInput,
                "line " + std::to_string(texts.size() + 1) + " of " + options.file + " has no text " + options.field};
        texts.push_back(found->get<std::string>());
    }
    return texts;
}

Result<void> measure(const Options& options)
{
    const auto tokenizer = openTokenizer(options.model);
    if (!tokenizer)
        return tokenizer.error();
    const auto texts = textsOf(options);
    if (!texts)
        return texts.error();
    std::size_t bytes = 0, tokens = 0;
    for (const std::string& text : *texts)
        bytes += text.size();
    const auto start = std::chrono::steady_clock::now();
    for (const std::string& text : *texts)
        tokens += (*tokenizer)->encode(text).size();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    answerBench({{"bench", "tokenize"}, {"mib_per_s", std::round(static_cast<double>(bytes) / seconds / (1 << 20) * 10) / 10},
        {"seconds", std::round(seconds * 1000) / 1000}, {"tokens", tokens}, {"rows", texts->size()}});
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
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "bench tokenize", [&](const JobContext&) { return measure(*options); });
        };
    });
}

}  // namespace taskfold::cli
