#pragma once

#include "engine/compute/compute.h"
#include "engine/jobs/job.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// The parts of a model alone, for scripts.
namespace taskfold::jobs {

/// Texts one behind the other.
struct Texts {
    std::string bytes;
    std::vector<std::size_t> ends;

    std::vector<std::string_view> views() const;
};

/// The lines of a file or, where a field is named, that field of each line's JSON object.
Result<Texts> readTexts(const std::filesystem::path& file, const std::string& field, const JobContext& context);

/// Tokens of each text, none added. `model`: its folder, or one of vocab.json and merges.txt, or a tokenizer's file.
Result<TokenBatch> tokenizeFile(const std::filesystem::path& model, const std::filesystem::path& file, const std::string& field,
    const JobContext& context);

/// How the next token is chosen: the likeliest at temperature 0, else drawn from the seed.
struct Sampling {
    double temperature = 0;
    int topK = 0;  // 0: all
    double topP = 1;
    std::uint64_t seed = 1;
};

Result<std::string> generateText(const std::filesystem::path& model, const std::string& prompt, int maxNewTokens,
    const Sampling& sampling, const JobContext& context);

/// log p of each row's target after its input.
Result<std::vector<double>> scoreFile(
    const std::filesystem::path& model, const std::filesystem::path& file, const JobContext& context);

}  // namespace taskfold::jobs
