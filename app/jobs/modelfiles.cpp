#include "app/jobs/modelfiles.h"

#include "engine/format/adaptermerge.h"
#include "engine/format/modelfolder.h"
#include "engine/format/newfile.h"
#include "engine/format/quantised.h"
#include "engine/format/wholefile.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

namespace taskfold::jobs {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestFile = 512 << 20;

// Beside config.json and weights: what transformers looks for.
constexpr const char* kTokenizerFiles[]{"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "tokenizer.model", "vocab.json", "merges.txt", "chat_template.jinja"};

Quantisation typeOf(Dtype dtype)
{
    return dtype == Dtype::F16 ? Quantisation::F16 : dtype == Dtype::BF16 ? Quantisation::BF16 : Quantisation::F32;
}

bool fits(std::span<const float> numbers, Dtype dtype)
{
    const float limit = dtype == Dtype::F16 ? 65504.0F : std::numeric_limits<float>::max();
    return std::all_of(numbers.begin(), numbers.end(), [&](float number) { return std::abs(number) <= limit; });
}

// The same tensor in another type. What doesn't fit is told once all is written.
TensorSource inType(TensorSource source, Dtype dtype, std::shared_ptr<std::string> tooLarge)
{
    if (source.dtype == dtype)
        return source;
    TensorSource changed{source.name, dtype, source.shape, {}};
    changed.rows = [source, dtype, tooLarge](std::int64_t from, std::span<std::byte> out) {
        const std::size_t count = out.size() / sizeOf(dtype);
        std::vector<std::byte> bytes(count * sizeOf(source.dtype));
        source.rows(from, bytes);
        std::vector<float> numbers(count);
        dequantise(typeOf(source.dtype), bytes, numbers);
        if (!fits(numbers, dtype))
            *tooLarge = source.name;
        quantise(typeOf(dtype), numbers, out);
    };
    return changed;
}

std::vector<TensorSource> plainTensors(const Safetensors& weights, const ModelConfig& config)
{
    std::vector<TensorSource> sources;
    for (const NamedShape& wanted : tensorsOf(config)) {
        const TensorView* view = weights.find(wanted.name);
        TensorSource source{wanted.name, view->dtype, wanted.shape, {}};
        const auto row = static_cast<std::size_t>(source.rowBytes());
        source.rows = [bytes = view->bytes, row](std::int64_t from, std::span<std::byte> out) {
            std::memcpy(out.data(), bytes.data() + static_cast<std::size_t>(from) * row, out.size());
        };
        sources.push_back(std::move(source));
    }
    return sources;
}

Result<void> writeWeights(const ModelFiles& files, const ModelConfig& config, const std::filesystem::path& folder, Dtype dtype,
    const Written& written, std::stop_token stop)
{
    const bool adapts = isAdapter(files.checkpoint);
    const Result<Safetensors> weights = Safetensors::openFolder(adapts ? files.base : files.checkpoint);
    if (!weights)
        return weights.error();
    if (Result<void> fine = checkTensors(*weights, config); !fine)
        return fine;
    std::optional<Safetensors> adapter;
    std::vector<TensorSource> sources;
    if (adapts) {
        Result<Safetensors> opened = Safetensors::openFile(files.checkpoint / "adapter_model.safetensors");
        if (!opened)
            return std::move(opened).error();
        adapter = *std::move(opened);
        Result<std::vector<TensorSource>> merged = mergedTensors(*weights, config, *adapter, files.checkpoint);
        if (!merged)
            return std::move(merged).error();
        sources = *std::move(merged);
    } else {
        sources = plainTensors(*weights, config);
    }
    const auto tooLarge = std::make_shared<std::string>();
    for (TensorSource& source : sources)
        source = inType(std::move(source), dtype, tooLarge);
    Result<void> done = writeSafetensors(folder / "model.safetensors", std::move(sources), {{"format", "pt"}}, written, std::move(stop));
    if (done && !tooLarge->empty())
        return Error{ErrorCode::InvalidInput, "tensor " + *tooLarge + " holds a number that " + std::string(wordOf(dtype)) + " can't hold: choose bf16 or f32"};
    return done;
}

// What a server is told about generating: the base's settings, with the model's own tokens.
Result<void> writeGeneration(const ModelFiles& files, const ModelConfig& config, const std::filesystem::path& folder)
{
    json value = json::object();
    for (const std::filesystem::path& from : {files.checkpoint, files.base}) {
        const Result<std::string> text = wholeFile(from / "generation_config.json", kLargestFile);
        if (!text)
            continue;
        value = json::parse(*text, nullptr, false);
        break;
    }
    if (!value.is_object())
        value = json::object();
    if (config.bos)
        value["bos_token_id"] = *config.bos;
    if (config.pad)
        value["pad_token_id"] = *config.pad;
    if (!config.eos.empty())
        value["eos_token_id"] = config.eos.size() == 1 ? json(config.eos.front()) : json(config.eos);
    return writeWhole(folder / "generation_config.json", value.dump(1) + "\n");
}

Result<void> writeReadme(const ModelFiles& files, const std::filesystem::path& folder)
{
    const bool named = !files.licence.empty() && !files.licence.starts_with("see ");
    std::string text = named ? "---\nlicense: " + files.licence + "\n---\n" : "";
    text += "# " + files.name + "\n\nTrained and exported by Taskfold.\n";
    if (Result<void> written = writeWhole(folder / "README.md", text); !written)
        return written;
    for (const char* name : {"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "NOTICE"}) {
        std::error_code none;
        if (std::filesystem::is_regular_file(files.base / name, none))
            if (Result<void> copied = copyFile(files.base / name, folder / name); !copied)
                return copied;
    }
    return {};
}

}  // namespace

Result<void> writeModelFiles(const ModelFiles& files, const std::filesystem::path& folder, const std::string& type,
    const Written& written, std::stop_token stop)
{
    const Result<ModelConfig> config = readModelConfig(isAdapter(files.checkpoint) ? files.base : files.checkpoint);
    if (!config)
        return config.error();
    const Dtype dtype = type == "f16" ? Dtype::F16 : type == "bf16" ? Dtype::BF16 : Dtype::F32;
    const char* word = type == "f16" ? "float16" : type == "bf16" ? "bfloat16" : "float32";
    if (Result<void> done = writeModelConfig(*config, folder, word); !done)
        return done;
    if (Result<void> done = writeGeneration(files, *config, folder); !done)
        return done;
    if (Result<void> done = copyTokenizerFiles({files.checkpoint, files.base}, folder); !done)
        return done;
    if (Result<void> done = writeReadme(files, folder); !done)
        return done;
    return writeWeights(files, *config, folder, dtype, written, std::move(stop));
}

Result<void> copyTokenizerFiles(std::initializer_list<std::filesystem::path> from, const std::filesystem::path& to)
{
    for (const char* name : kTokenizerFiles) {
        for (const std::filesystem::path& folder : from) {
            std::error_code none;
            if (!std::filesystem::is_regular_file(folder / name, none))
                continue;
            if (Result<void> copied = copyFile(folder / name, to / name); !copied)
                return copied;
            break;
        }
    }
    return {};
}

Result<void> makeFolder(const std::filesystem::path& folder)
{
    std::error_code failure;
    if (!std::filesystem::create_directory(folder, failure))
        return Error{ErrorCode::Io, folder.string() + " can't be made" + (failure ? ": " + failure.message() : "")};
    return {};
}

Result<void> copyFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    std::ifstream in(from, std::ios::binary);
    if (!in)
        return Error{ErrorCode::Io, "can't read " + from.string()};
    NewFile out(to);
    std::vector<char> piece(1 << 20);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        out.write(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (!in.eof())
        return Error{ErrorCode::Io, "can't read " + from.string()};
    return out.finish();
}

Result<void> syncFolder(const std::filesystem::path& folder)
{
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    if (!synced)
        return Error{ErrorCode::Io, folder.string() + " can't be synced"};
    return {};
}

std::int64_t bytesOf(const std::filesystem::path& path)
{
    std::error_code none;
    if (std::filesystem::is_regular_file(path, none))
        return static_cast<std::int64_t>(std::filesystem::file_size(path, none));
    std::int64_t sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path, none))
        sum += static_cast<std::int64_t>(entry.file_size(none));
    return sum;
}

}  // namespace taskfold::jobs
