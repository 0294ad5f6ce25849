#include "app/jobs/basepreview.h"

#include "app/jobs/memory.h"
#include "engine/text/tokenizer.h"

#include <cstdlib>
#include <system_error>

namespace taskfold::jobs {

namespace {

Result<int> tokensIn(const std::filesystem::path& folder)
{
    const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(folder);
    if (!tokenizer)
        return tokenizer.error();
    return (*tokenizer)->vocabularySize();
}

// A tokenizer that isn't in a folder yet is written into one for the look.
Result<int> tokensOf(const ModelPreview& model)
{
    if (model.form == ModelForm::HuggingFace)
        return tokensIn(model.path);
    std::string folder = (std::filesystem::temp_directory_path() / "taskfold-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        return Error{ErrorCode::Io, folder + " can't be made"};
    Result<void> written = writeTokenizerOf(model, folder);
    Result<int> tokens = written ? tokensIn(folder) : Result<int>(written.error());
    std::error_code none;
    std::filesystem::remove_all(folder, none);
    if (tokens)
        return tokens;
    Error error = std::move(tokens).error();
    if (const std::size_t at = error.detail.find(folder); at != std::string::npos)
        error.detail.replace(at, folder.size(), model.path.string());
    return error;
}

}  // namespace

bool looksLikeModel(const std::filesystem::path& path)
{
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) {
        if (std::filesystem::exists(path / "config.json", none))
            return true;
        for (const auto& entry : std::filesystem::directory_iterator(path, none))
            if (entry.path().extension() == ".gguf")
                return true;
        return false;
    }
    const auto extension = path.extension();
    return extension == ".gguf" || extension == ".safetensors" || extension == ".bin";
}

Result<BasePreview> previewBase(const std::filesystem::path& path, const JobContext& context)
{
    BasePreview preview;
    Result<ModelPreview> model = previewModel(path);
    if (!model)
        return std::move(model).error();
    preview.model = *std::move(model);
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    const Result<int> tokens = tokensOf(preview.model);
    if (!tokens)
        return tokens.error();
    preview.tokens = *tokens;
    if (preview.tokens > preview.model.config.vocabulary)
        return Error{ErrorCode::InvalidInput, preview.model.path.string() + ": the tokenizer has more tokens than the model"};
    preview.fullMib = trainingMemoryMib(preview.model.config, {});
    preview.fullBf16Mib = trainingMemoryMib(preview.model.config, {.precision = Precision::Bf16});
    preview.loraMib = trainingMemoryMib(preview.model.config, {.method = Method::Lora, .precision = Precision::Bf16});
    return preview;
}

}  // namespace taskfold::jobs
