#pragma once

#include "engine/core/result.h"
#include "engine/format/modelconfig.h"
#include "engine/format/tensorwriting.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

/// Where a base model comes from: one of the forms that are read, told from its files.
namespace taskfold {

enum class ModelForm {
    HuggingFace,  // a folder: used where it lies
    Gguf,  // a file: turned into a folder
    Llama2c,  // a .bin with its tokenizer beside it: turned into a folder
};

/// What a model's headers say, before anything of it is read, copied or computed.
struct ModelPreview {
    ModelForm form = ModelForm::HuggingFace;
    std::filesystem::path path;  // the folder, or the file
    ModelConfig config;
    std::string name;  // what it calls itself, or its file's name
    std::string licence;  // as written in it; empty where it doesn't say
    std::string storedAs;  // what most of its weights lie in: "BF16", "Q4_1"
    std::int64_t parameters = 0;  // tied ones once
    std::int64_t bytes = 0;  // of its files
};

/// For a folder, a safetensors file in one, a GGUF file, or a llama2.c file; a folder that holds one GGUF file alone will do.
/// Checks the headers and that every tensor is there. An error says in one sentence what the path is not.
Result<ModelPreview> previewModel(const std::filesystem::path& path);

/// Writes a GGUF or llama2.c model as a folder in Hugging Face form: config.json, model.safetensors (quantised weights as
/// the fp32 numbers they stand for, others as they are), tokenizer, and a README.md that says where it came from.
/// `folder` is there and empty; when this fails, what lies in it is half a model.
Result<void> convertModel(const ModelPreview& source, const std::filesystem::path& folder, const Written& written,
    std::stop_token stop = {});

/// Its tokenizer alone, as convertModel writes it.
Result<void> writeTokenizerOf(const ModelPreview& source, const std::filesystem::path& folder);

/// "apache-2.0": the licence that a folder's README.md names in its head, or "see LICENSE".
std::string licenceOf(const std::filesystem::path& folder);

}  // namespace taskfold
