#pragma once

#include "engine/core/result.h"
#include "engine/format/quantised.h"
#include "engine/format/tensorwriting.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace taskfold {

struct GgufExport {
    Quantisation type = Quantisation::F16;  // of matrices: F32, F16, BF16 or Q8_0; vectors stay fp32
    std::string name;  // general.name
    std::string licence;  // general.license; empty: not said
};

/// What a model loses in a GGUF file's settings, in words; empty where it is the same model.
std::string ggufRemark(const std::filesystem::path& folder);

/// A folder in Hugging Face form as a GGUF file (version 3) for llama.cpp, under its names and in its row order. Rows that
/// aren't whole blocks of Q8_0 are written as F16. Refused, by name: what llama.cpp computes differently, and numbers that
/// aren't finite or are too large for the type. Written beside, synced and renamed.
Result<void> writeGguf(const std::filesystem::path& folder, const std::filesystem::path& file, const GgufExport& settings,
    const Written& written, std::stop_token stop = {});

}  // namespace taskfold
