#include "engine/format/modelsource.h"

#include "engine/format/ggufmodel.h"
#include "engine/format/ggufvocabulary.h"
#include "engine/format/llama2c.h"
#include "engine/format/modelfolder.h"
#include "engine/format/newfile.h"
#include "engine/format/printable.h"
#include "engine/format/wholefile.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <system_error>

namespace taskfold {

namespace {

constexpr std::uint64_t kLargestReadme = 4 << 20;

std::string firstBytes(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::array<char, 8> bytes{};
    stream.read(bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(stream.gcount())};
}

// A zip or a pickle: what torch.save writes.
bool isPickle(const std::string& start)
{
    return start.starts_with("PK") || start.starts_with("\x80\x02") || start.starts_with("\x80\x03") || start.starts_with("\x80\x04");
}

Error pickle(const std::filesystem::path& file)
{
    return {ErrorCode::Unsupported, file.string() + ": a pickled model can run any program when it is opened. Save it as safetensors "
            "where it comes from"};
}

struct Place {
    ModelForm form = ModelForm::HuggingFace;
    std::filesystem::path path;
};

Result<Place> placeOfFolder(const std::filesystem::path& folder)
{
    std::error_code none;
    if (std::filesystem::exists(folder / "config.json", none)) {
        if (weightFiles(folder).empty() && std::filesystem::exists(folder / "pytorch_model.bin", none))
            return pickle(folder / "pytorch_model.bin");
        return Place{ModelForm::HuggingFace, folder};
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (entry.path().extension() == ".gguf")
            files.push_back(entry.path());
    if (files.size() == 1)
        return Place{ModelForm::Gguf, files.front()};
    if (files.size() > 1)
        return Error{ErrorCode::InvalidInput, folder.string() + " holds " + std::to_string(files.size()) + " GGUF files: choose one of them"};
    return Error{ErrorCode::NotFound, "there is no model in " + folder.string() + ": neither config.json nor a GGUF file"};
}

Result<Place> placeOf(const std::filesystem::path& given)
{
    std::error_code none;
    const std::filesystem::path path = given.has_filename() ? given : given.parent_path();
    if (std::filesystem::is_directory(path, none))
        return placeOfFolder(path);
    if (!std::filesystem::is_regular_file(path, none))
        return Error{ErrorCode::NotFound, "there is no folder or file " + path.string()};
    const std::string start = firstBytes(path);
    if (start.starts_with("GGUF"))
        return Place{ModelForm::Gguf, path};
    const std::string extension = path.extension().string();
    if (extension == ".safetensors" || path.filename() == "config.json" || path.filename() == "model.safetensors.index.json")
        return placeOfFolder(std::filesystem::absolute(path).parent_path());
    if (isPickle(start))
        return pickle(path);
    if (extension == ".bin")
        return Place{ModelForm::Llama2c, path};
    return Error{ErrorCode::InvalidInput, path.string() + " is no model: a folder with config.json and safetensors, a GGUF file, or a "
            "llama2.c .bin file is"};
}

Result<void> previewFolder(ModelPreview& preview)
{
    Result<ModelConfig> config = readModelConfig(preview.path);
    if (!config)
        return std::move(config).error();
    preview.config = *std::move(config);
    const Result<Safetensors> weights = Safetensors::openFolder(preview.path);
    if (!weights)
        return weights.error();
    if (Result<void> fits = checkTensors(*weights, preview.config); !fits)
        return std::move(fits).error().within(preview.path.string());
    preview.storedAs = mainTypeOf(*weights);
    preview.bytes = modelBytes(preview.path);
    preview.licence = licenceOf(preview.path);
    preview.name = std::filesystem::absolute(preview.path).lexically_normal().filename().string();
    return {};
}

Result<void> previewGguf(ModelPreview& preview)
{
    const Result<GgufFile> file = GgufFile::open(preview.path);
    if (!file)
        return file.error();
    const auto within = [&](Error error) { return std::move(error).within(preview.path.string()); };
    Result<ModelConfig> config = configOf(*file);
    if (!config)
        return within(std::move(config).error());
    preview.config = *std::move(config);
    if (const auto tensors = tensorsOf(*file, preview.config); !tensors)
        return within(tensors.error());
    const Result<Vocabulary> vocabulary = vocabularyOf(*file);
    if (!vocabulary)
        return within(vocabulary.error());
    if (vocabulary->tokens.size() > static_cast<std::size_t>(preview.config.vocabulary))
        return within({ErrorCode::InvalidInput, "the tokenizer has more tokens than the model"});
    preview.storedAs = mainTypeOf(*file);
    preview.licence = file->text("general.license").value_or("");
    preview.name = file->text("general.name").value_or("");
    return {};
}

Result<void> previewLlama2c(ModelPreview& preview)
{
    const Result<Llama2cFile> file = Llama2cFile::open(preview.path);
    if (!file)
        return file.error();
    preview.config = file->config();
    if (const auto vocabulary = llama2cVocabulary(preview.path, preview.config.vocabulary); !vocabulary)
        return vocabulary.error();
    preview.storedAs = "F32";
    return {};
}

std::string readmeOf(const ModelPreview& source)
{
    const auto oneLine = [](std::string text) {
        std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
        return text;
    };
    std::string text;
    if (!source.licence.empty())
        text += "---\nlicense: " + oneLine(source.licence) + "\n---\n";
    text += "# " + oneLine(source.name) + "\n\nMade by Taskfold from " + oneLine(source.path.filename().string()) + ", whose weights lie in "
        + source.storedAs + (source.storedAs.starts_with("Q") ? "; these are the fp32 numbers they stand for.\n" : ".\n");
    return text;
}

Result<void> writeFolder(const ModelPreview& source, std::vector<TensorSource> tensors, const std::filesystem::path& folder,
    const Written& written, std::stop_token stop)
{
    std::map<Dtype, std::int64_t> bytes;
    for (const TensorSource& tensor : tensors)
        bytes[tensor.dtype] += tensor.bytes();
    const auto most = std::max_element(bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const char* dtype = most->first == Dtype::F16 ? "float16" : most->first == Dtype::BF16 ? "bfloat16" : "float32";
    if (Result<void> done = writeTokenizerOf(source, folder); !done)
        return done;
    if (Result<void> done = writeModelConfig(source.config, folder, dtype); !done)
        return done;
    if (Result<void> done = writeWhole(folder / "README.md", readmeOf(source)); !done)
        return done;
    return writeSafetensors(folder / "model.safetensors", std::move(tensors), {{"format", "pt"}}, written, std::move(stop));
}

Result<Vocabulary> vocabularyOf(const ModelPreview& source)
{
    if (source.form == ModelForm::Llama2c)
        return llama2cVocabulary(source.path, source.config.vocabulary);
    const Result<GgufFile> file = GgufFile::open(source.path);
    if (!file)
        return file.error();
    return vocabularyOf(*file);
}

}  // namespace

Result<ModelPreview> previewModel(const std::filesystem::path& path)
{
    Result<Place> place = placeOf(path);
    if (!place)
        return std::move(place).error();
    ModelPreview preview;
    preview.form = place->form;
    preview.path = place->path;
    Result<void> read;
    switch (preview.form) {
    case ModelForm::HuggingFace: read = previewFolder(preview); break;
    case ModelForm::Gguf: read = previewGguf(preview); break;
    case ModelForm::Llama2c: read = previewLlama2c(preview); break;
    }
    if (!read)
        return std::move(read).error();
    std::error_code none;
    if (preview.form != ModelForm::HuggingFace)
        preview.bytes = static_cast<std::int64_t>(std::filesystem::file_size(preview.path, none));
    if (preview.name.empty())
        preview.name = preview.path.stem().string();
    preview.parameters = parameterCount(preview.config);
    return preview;
}

Result<void> writeTokenizerOf(const ModelPreview& source, const std::filesystem::path& folder)
{
    Result<Vocabulary> vocabulary = vocabularyOf(source);
    if (!vocabulary)
        return std::move(vocabulary).error();
    vocabulary->context = source.config.context;
    return writeTokenizer(*vocabulary, folder);
}

Result<void> convertModel(
    const ModelPreview& source, const std::filesystem::path& folder, const Written& written, std::stop_token stop)
{
    if (source.form == ModelForm::Llama2c) {
        const Result<Llama2cFile> file = Llama2cFile::open(source.path);
        if (!file)
            return file.error();
        return writeFolder(source, file->tensors(), folder, written, std::move(stop));
    }
    const Result<GgufFile> file = GgufFile::open(source.path);
    if (!file)
        return file.error();
    Result<std::vector<TensorSource>> tensors = tensorsOf(*file, source.config);
    if (!tensors)
        return std::move(tensors).error();
    return writeFolder(source, *std::move(tensors), folder, written, std::move(stop));
}

std::string licenceOf(const std::filesystem::path& folder)
{
    std::error_code none;
    const Result<std::string> text = wholeFile(folder / "README.md", kLargestReadme);
    if (text && text->starts_with("---\n")) {
        const std::string head = text->substr(0, text->find("\n---", 3));
        const std::size_t at = head.find("\nlicense:");
        if (at != std::string::npos) {
            std::string value = head.substr(at + 9, head.find('\n', at + 1) - at - 9);
            std::erase_if(value, [](char c) { return c == '"' || c == '\'' || static_cast<unsigned char>(c) < ' '; });
            value.erase(0, value.find_first_not_of(' '));
            value.erase(value.find_last_not_of(' ') + 1);
            if (!value.empty())
                return value.substr(0, 100);
        }
    }
    for (const char* name : {"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"})
        if (std::filesystem::is_regular_file(folder / name, none))
            return std::string("see ") + name;
    return {};
}

}  // namespace taskfold
