#include "engine/format/cursor.h"
#include "engine/format/llama2c.h"

#include <algorithm>
#include <cmath>
#include <system_error>

namespace taskfold {

namespace {

constexpr std::string_view kSpace = "\xE2\x96\x81";
constexpr std::uint32_t kLongest = 1 << 16;

Error bad(const std::filesystem::path& file, const std::string& what)
{
    return {ErrorCode::InvalidInput, file.string() + " isn't a llama2.c tokenizer: " + what};
}

Result<std::filesystem::path> tokenizerOf(const std::filesystem::path& model)
{
    const std::filesystem::path folder = std::filesystem::absolute(model).parent_path();
    std::error_code none;
    if (std::filesystem::is_regular_file(folder / "tokenizer.bin", none))
        return folder / "tokenizer.bin";
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("tok") && name.ends_with(".bin") && name != model.filename())
            found.push_back(entry.path());
    }
    if (found.size() == 1)
        return found.front();
    return Error{ErrorCode::NotFound, "there is no tokenizer beside " + model.string() + ": tokenizer.bin, or one file tok*.bin"};
}

// Its texts have plain spaces, and line ends around the start and end tokens.
std::string asSentencePiece(std::string_view text)
{
    if (text == "\n<s>\n" || text == "\n</s>\n")
        return std::string(text.substr(1, text.size() - 2));
    std::string piece;
    for (const char c : text)
        c == ' ' ? piece.append(kSpace) : piece.append(1, c);
    return piece;
}

TokenKind kindOf(std::size_t id, const std::string& text)
{
    if (id == 0)
        return TokenKind::Unknown;
    if (id < 3)
        return TokenKind::Control;
    return text.size() == 6 && text.starts_with("<0x") && text.back() == '>' ? TokenKind::Byte : TokenKind::Normal;
}

}  // namespace

Result<Vocabulary> llama2cVocabulary(const std::filesystem::path& model, int size)
{
    const Result<std::filesystem::path> path = tokenizerOf(model);
    if (!path)
        return path.error();
    const Result<MappedFile> file = MappedFile::open(*path, 4);
    if (!file)
        return file.error();
    Cursor cursor(file->bytes());
    cursor.number<std::uint32_t>();  // the longest token's length
    Vocabulary vocabulary;
    vocabulary.form = Vocabulary::Form::SentencePiece;
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
        const auto score = cursor.number<float>();
        const auto length = cursor.number<std::uint32_t>();
        if (!score || !length || std::isnan(*score) || *length > kLongest)
            return bad(*path, "it ends, or is damaged, at token " + std::to_string(i) + " of " + std::to_string(size));
        const auto text = cursor.text(*length);
        if (!text)
            return bad(*path, "it ends within token " + std::to_string(i) + " of " + std::to_string(size));
        std::string piece = asSentencePiece(*text);
        const TokenKind kind = kindOf(i, piece);
        vocabulary.tokens.push_back({std::move(piece), kind, *score});
    }
    if (cursor.left() > 0)
        return bad(*path, "there are bytes behind its last token");
    if (size < 3)
        return bad(*path, "it has no start and end token");
    vocabulary.unknown = 0;
    vocabulary.bos = 1;
    vocabulary.eos = 2;
    vocabulary.addsBos = true;
    return vocabulary;
}

}  // namespace taskfold
