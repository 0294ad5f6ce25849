#pragma once

#include "engine/format/modelsource.h"
#include "engine/jobs/job.h"

#include <filesystem>

namespace taskfold::jobs {

/// What is shown of a model before it is registered.
struct BasePreview {
    ModelPreview model;
    int tokens = 0;  // of its tokenizer
    double fullMib = 0, fullBf16Mib = 0, loraMib = 0;  // to train it: batch 16, rows of 256 tokens; LoRA: rank 16, bf16
};

/// Whether a dropped file or folder is rather a model than data, by its names.
bool looksLikeModel(const std::filesystem::path& path);

/// Reads headers and tokenizer alone: it takes no longer for a large model. An error says in one sentence what is wrong.
Result<BasePreview> previewBase(const std::filesystem::path& path, const JobContext& context);

}  // namespace taskfold::jobs
