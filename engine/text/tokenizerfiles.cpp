#include "engine/text/tokenizerfiles.h"

#include "engine/text/jsonreading.h"
#include "engine/text/tokenizerstate.h"

#include <nlohmann/json.hpp>

#include <fstream>

namespace taskfold {

namespace {

namespace fs = std::filesystem;
using reading::refuse;

constexpr std::uintmax_t kLargest = std::uintmax_t{512} << 20;

std::string contentOf(const fs::path& file)
{
    std::error_code failed;
    const std::uintmax_t bytes = fs::is_regular_file(file, failed) ? fs::file_size(file, failed) : 0;
    std::ifstream in(file, std::ios::binary);
    if (!in || failed || !fs::is_regular_file(file, failed))
        refuse(ErrorCode::Io, "can't read " + file.string());
    if (bytes > kLargest)
        refuse(ErrorCode::Unsupported, "a file of more than 512 MiB: " + file.filename().string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<Tokenizer> made(Result<std::unique_ptr<Tokenizer>> tokenizer)
{
    if (!tokenizer)
        throw reading::Refused{std::move(tokenizer).error()};
    return *std::move(tokenizer);
}

// Decoding a continuation is by our own steps: the library always drops the first space.
std::vector<DecoderStep> pieceSteps()
{
    DecoderStep spaces{DecoderStep::Kind::Replace, "\xE2\x96\x81", " "};
    return {spaces, {DecoderStep::Kind::ByteFallback}, {DecoderStep::Kind::Fuse}};
}

std::unique_ptr<Tokenizer> fromPieces(std::string bytes, const Tokenizer::Parts& settings)
{
    Result<std::unique_ptr<SentencePieceModel>> model = SentencePieceModel::of(std::move(bytes));
    if (!model)
        throw reading::Refused{std::move(model).error()};
    auto state = std::make_unique<Tokenizer::State>();
    state->pieces = *std::move(model);
    const auto size = static_cast<std::size_t>(state->pieces->size());
    state->texts.resize(size);
    state->special.resize(size);
    for (std::size_t id = 0; id < size; ++id) {
        const auto number = static_cast<std::int32_t>(id);
        state->texts[id] = state->pieces->text(number);
        state->special[id] = state->pieces->isSpecial(number);
        state->vocabulary.emplace(state->texts[id], number);
    }
    const auto known = [](int id) { return id < 0 ? std::optional<std::int32_t>() : id; };
    state->bos = known(state->pieces->bos());
    state->eos = known(state->pieces->eos());
    state->addsBos = settings.addsBos && state->bos.has_value();
    state->decoder = pieceSteps();
    return std::make_unique<Tokenizer>(std::move(state));
}

std::unique_ptr<Tokenizer> fromFile(const fs::path& file)
{
    std::string content = contentOf(file);
    const std::size_t begin = content.find_first_not_of(" \t\r\n");
    if (begin != std::string::npos && content[begin] == '{')
        return made(makeTokenizer(reading::partsOf(content)));
    return fromPieces(std::move(content), {});
}

std::unique_ptr<Tokenizer> fromFolder(const fs::path& folder)
{
    const auto has = [&](const char* name) { return fs::exists(folder / name); };
    const auto settings = [&](Tokenizer::Parts& parts) {
        if (has("tokenizer_config.json"))
            reading::readSettings(parts, contentOf(folder / "tokenizer_config.json"));
    };
    Tokenizer::Parts parts;
    if (!has("tokenizer.json") && has("tokenizer.model")) {
        parts.addsBos = true;  // as Llama's and Mistral's programs do where nothing else is said
        settings(parts);
        return fromPieces(contentOf(folder / "tokenizer.model"), parts);
    }
    if (!has("tokenizer.json") && has("vocab.json"))
        parts = reading::partsOfGpt2(contentOf(folder / "vocab.json"), contentOf(folder / "merges.txt"));
    else
        parts = reading::partsOf(contentOf(folder / "tokenizer.json"));
    settings(parts);
    return made(makeTokenizer(std::move(parts)));
}

template <class Work>
Result<std::unique_ptr<Tokenizer>> guarded(const std::string& what, Work work)
{
    try {
        return work();
    } catch (reading::Refused& refused) {
        return std::move(refused.error).within(what);
    } catch (const nlohmann::json::exception& e) {
        return Error{ErrorCode::InvalidInput, what + ": " + e.what()};
    }
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> openTokenizer(const fs::path& path)
{
    return guarded("tokenizer in " + path.string(), [&] { return fs::is_regular_file(path) ? fromFile(path) : fromFolder(path); });
}

Result<std::unique_ptr<Tokenizer>> parseTokenizer(std::string_view json)
{
    return guarded("tokenizer.json", [&] { return made(makeTokenizer(reading::partsOf(json))); });
}

}  // namespace taskfold
