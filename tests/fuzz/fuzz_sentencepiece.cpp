// tokenizer.model as hostile bytes: refused, or a model that encodes and decodes any text.
#include "engine/text/sentencepiecemodel.h"
#include "tests/fuzz/target.h"

#include <cstring>

namespace taskfold::fuzz {

namespace {

std::string field(char tag, const std::string& bytes)
{
    return std::string(1, tag) + static_cast<char>(bytes.size()) + bytes;
}

// ModelProto.pieces: text, score, type.
std::string piece(const std::string& text, float score, char type)
{
    std::string number(sizeof score, '\0');
    std::memcpy(number.data(), &score, sizeof score);
    return field('\x0A', field('\x0A', text) + '\x15' + number + '\x18' + type);
}

// `kind`: 1 unigram, 2 byte-pair encoding, 3 words, 4 characters.
std::string model(char kind, const std::string& normaliser)
{
    std::string pieces = piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3) + piece("\xE2\x96\x81", -1, 1) + piece("a", -2, 1)
        + piece("b", -3, 1) + piece("ab", -1.5F, 1) + piece("\xE2\x96\x81" "a", -1.25F, 1) + piece("user", 0, 4);
    return pieces + field('\x12', std::string("\x18") + kind) + field('\x1A', normaliser);
}

}  // namespace

std::vector<std::string> seeds()
{
    const std::string noPrefix("\x18\x00", 2);
    // A table of characters that maps nothing: one block of empty units, and one empty text.
    std::string table(1024, '\0');
    const std::string size("\x00\x04\x00\x00", 4);
    const std::string map = size + table + std::string(1, '\0');
    const std::string withMap = std::string("\x12") + static_cast<char>(0x80 | (map.size() & 0x7F)) + static_cast<char>(map.size() >> 7) + map;
    std::string spec = std::string("\x1A") + static_cast<char>(0x80 | (withMap.size() & 0x7F)) + static_cast<char>(withMap.size() >> 7) + withMap;
    return {model(1, ""), model(2, ""), model(2, noPrefix), model(3, ""), model(4, noPrefix), model(2, "") + spec};
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const auto model = SentencePieceModel::of(std::string(reinterpret_cast<const char*>(data), size));
    if (!model)
        return 0;
    const auto encoder = (*model)->encoder();
    for (const std::string_view text : {"aab  ab\n</s>b \xFF\xE4\xBD\xA0", "user ab"}) {
        TokenBuffer ids;
        encoder->encode(text, SpecialTokens::Parse, TextPart::Whole, ids);
        encoder->encode(text, SpecialTokens::AsText, TextPart::Continuation, ids);
        for (const std::int32_t id : ids.tokens())
            fuzz::require(id >= 0 && id < (*model)->size());
        (*model)->decode({ids.tokens().begin(), ids.tokens().end()});
    }
    return 0;
}
