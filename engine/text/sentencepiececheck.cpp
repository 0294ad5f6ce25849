#include "engine/text/sentencepiececheck.h"

#include "engine/text/utf8.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

namespace taskfold {

namespace {

// Numbers of fields and types of pieces in sentencepiece_model.proto.
constexpr std::uint64_t kPieces = 1, kTrainerSpec = 2, kNormaliserSpec = 3, kSelfTest = 4, kDenormaliserSpec = 5;
constexpr std::uint64_t kPieceText = 1, kPieceScore = 2, kPieceType = 3, kCharsMap = 2, kLastType = 6;

struct Field {
    std::uint64_t number = 0, value = 0;
    std::string_view bytes;
    unsigned wire = 0;
};

/// The fields of a protobuf message, one after another.
class Message {
public:
    explicit Message(std::string_view bytes) : m_rest(bytes) { }

    bool broken() const { return m_broken; }

    std::optional<Field> next()
    {
        if (m_rest.empty() || m_broken)
            return {};
        Field field;
        const std::uint64_t tag = number();
        field.number = tag >> 3;
        field.wire = tag & 7;
        switch (field.wire) {
        case 0: field.value = number(); break;
        case 1: field.bytes = take(8); break;
        case 2: field.bytes = take(number()); break;
        case 5: field.bytes = take(4); break;
        default: m_broken = true;
        }
        m_broken = m_broken || field.number == 0;
        return m_broken ? std::optional<Field>() : field;
    }

private:
    std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_rest.front());
            m_rest.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80)
                return value;
        }
        m_broken = true;
        return 0;
    }

    std::string_view take(std::uint64_t bytes)
    {
        if (bytes > m_rest.size()) {
            m_broken = true;
            return {};
        }
        const std::string_view taken = m_rest.substr(0, bytes);
        m_rest.remove_prefix(bytes);
        return taken;
    }

    std::string_view m_rest;
    bool m_broken = false;
};

Error refused(const std::string& what)
{
    return {ErrorCode::InvalidInput, "a SentencePiece model " + what};
}

Result<void> checkPiece(std::string_view bytes)
{
    Message piece(bytes);
    bool named = false;  // the library can't do with one that isn't
    while (const std::optional<Field> field = piece.next()) {
        float score = 0;
        if (field->number == kPieceScore && field->bytes.size() == sizeof score)
            std::memcpy(&score, field->bytes.data(), sizeof score);
        const bool isText = field->wire == 2 && !field->bytes.empty() && isUtf8(field->bytes);
        const bool text = field->number != kPieceText || isText;
        named = named || (field->number == kPieceText && isText);
        const bool type = field->number != kPieceType || (field->value >= 1 && field->value <= kLastType);
        if (!std::isfinite(score) || !text || !type)
            return refused("with a piece that isn't text, a score and a type");
    }
    return piece.broken() || !named ? refused("with a broken piece") : Result<void>();
}

// A double array (Aoe 1989, as darts-clone lays it out): each unit says where its children are, by exclusive or. They stay
// within their block of 256; so no step leaves the array when every block that is named is inside.
bool isSound(std::string_view units, std::size_t texts)
{
    const std::size_t count = units.size() / 4;
    if (count % 256 != 0)
        return false;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t unit = 0;
        std::memcpy(&unit, units.data() + 4 * i, 4);
        const bool leaf = unit >> 31 != 0;
        const std::uint32_t offset = (unit >> 10) << ((unit & (1U << 9)) >> 6);
        if (leaf ? (unit & 0x7FFFFFFFU) >= texts : (i ^ offset) >= count)
            return false;
    }
    return true;
}

Result<void> checkCharsMap(std::string_view bytes)
{
    if (bytes.empty())
        return {};
    std::uint32_t size = 0;
    if (bytes.size() <= 4 || (std::memcpy(&size, bytes.data(), 4), size == 0 || size % 4 != 0 || size >= bytes.size() - 4))
        return refused("whose table of characters has a wrong size");
    const std::string_view texts = bytes.substr(4 + size);
    if (texts.back() != '\0' || !isUtf8(texts) || !isSound(bytes.substr(4, size), texts.size()))
        return refused("whose table of characters leads outside of itself");
    return {};
}

Result<void> checkSpec(std::string_view bytes, bool charsMap)
{
    Message spec(bytes);
    while (const std::optional<Field> field = spec.next())
        if (charsMap && field->number == kCharsMap)
            if (Result<void> sound = checkCharsMap(field->bytes); !sound)
                return sound;
    return spec.broken() ? refused("with broken settings") : Result<void>();
}

}  // namespace

Result<void> checkSentencePiece(std::string_view bytes)
{
    Message model(bytes);
    std::size_t pieces = 0;
    while (const std::optional<Field> field = model.next()) {
        Result<void> sound;
        if (field->number == kPieces) {
            sound = checkPiece(field->bytes);
            ++pieces;
        } else if (field->number == kTrainerSpec || field->number == kSelfTest) {
            sound = checkSpec(field->bytes, false);
        } else if (field->number == kNormaliserSpec || field->number == kDenormaliserSpec) {
            sound = checkSpec(field->bytes, true);
        }
        if (!sound)
            return sound;
        if (field->number <= kDenormaliserSpec && field->wire != 2)
            return refused("with a field of a wrong kind");
    }
    if (model.broken() || pieces == 0)
        return refused(pieces == 0 ? "without pieces" : "that breaks off");
    return {};
}

}  // namespace taskfold
