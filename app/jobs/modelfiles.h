#pragma once

#include "engine/core/result.h"
#include "engine/format/tensorwriting.h"

#include <filesystem>
#include <initializer_list>
#include <stop_token>
#include <string>

/// Files of models in Hugging Face form, written and copied so that they are whole before a folder gets its name.
namespace taskfold::jobs {

struct ModelFiles {
    std::filesystem::path checkpoint;  // a model, or an adapter
    std::filesystem::path base;  // what the adapter is added to, and where files come from that the checkpoint lacks
    std::string name, licence;  // for README.md
};

/// config.json, model.safetensors, generation_config.json, tokenizer files and README.md. `type` is f32, f16 or bf16; a
/// number that doesn't fit is refused by its tensor's name.
Result<void> writeModelFiles(const ModelFiles& files, const std::filesystem::path& folder, const std::string& type,
    const Written& written, std::stop_token stop);

/// Every tokenizer file from the first of the folders that has it.
Result<void> copyTokenizerFiles(std::initializer_list<std::filesystem::path> from, const std::filesystem::path& to);

Result<void> makeFolder(const std::filesystem::path& folder);
Result<void> copyFile(const std::filesystem::path& from, const std::filesystem::path& to);  // synced
Result<void> syncFolder(const std::filesystem::path& folder);
std::int64_t bytesOf(const std::filesystem::path& path);  // of a file, or of a folder's files

}  // namespace taskfold::jobs
