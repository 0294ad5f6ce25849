#include "engine/text/sentencepiecemodel.h"

#include "engine/text/addedtokens.h"
#include "engine/text/sentencepiececheck.h"
#include "engine/text/utf8.h"

#include <sentencepiece_processor.h>

namespace taskfold {

namespace {

// Fields that come later in a message win: normalizer_spec { add_dummy_prefix: false }.
constexpr std::string_view kNoDummyPrefix("\x1A\x02\x18\x00", 4);

}  // namespace

struct SentencePieceModel::Library {
    sentencepiece::SentencePieceProcessor whole, continuation;
    AddedTokens special;
};

/// Names of special tokens are searched for by us, the text between them is the library's.
class SentencePieceModel::Encoder final : public TextEncoder {
public:
    explicit Encoder(const Library& library) : m_library(library) { }

    void encode(std::string_view text, SpecialTokens special, TextPart part, TokenBuffer& out) override
    {
        std::string repaired;
        if (!isUtf8(text)) {
            repaired = repairedUtf8(text);
            text = repaired;
        }
        m_segments.clear();
        m_library.special.split(text, special, m_segments);
        for (const Segment& segment : m_segments) {
            if (segment.token >= 0) {
                out.append({&segment.token, 1});
                continue;
            }
            const bool continues = part == TextPart::Continuation && segment.first;
            const auto& processor = continues ? m_library.continuation : m_library.whole;
            if (processor.Encode(segment.text, &m_ids).ok())
                out.append(m_ids);
        }
    }

private:
    const Library& m_library;
    std::vector<Segment> m_segments;
    std::vector<int> m_ids;
};

SentencePieceModel::SentencePieceModel() : m_library(std::make_unique<Library>()) { }

SentencePieceModel::~SentencePieceModel() = default;

Result<std::unique_ptr<SentencePieceModel>> SentencePieceModel::of(std::string bytes)
{
    if (Result<void> sound = checkSentencePiece(bytes); !sound)
        return std::move(sound).error();
    std::unique_ptr<SentencePieceModel> model(new SentencePieceModel());
    Library& library = *model->m_library;
    try {
        auto status = library.whole.LoadFromSerializedProto(bytes);
        bytes += kNoDummyPrefix;
        if (status.ok())
            status = library.continuation.LoadFromSerializedProto(bytes);
        if (!status.ok())
            return Error{ErrorCode::InvalidInput, "no SentencePiece model: " + status.ToString()};
    } catch (const std::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string("no SentencePiece model: ") + e.what()};
    }
    std::vector<AddedToken> special;
    for (int id = 0; id < model->size(); ++id)
        if (model->isSpecial(id) && !library.whole.IsUnused(id))
            special.push_back({model->text(id), id, true});
    library.special = AddedTokens(std::move(special));
    return model;
}

int SentencePieceModel::size() const
{
    return m_library->whole.GetPieceSize();
}

std::string SentencePieceModel::text(int id) const
{
    return m_library->whole.IdToPiece(id);
}

bool SentencePieceModel::isSpecial(int id) const
{
    const auto& processor = m_library->whole;
    return processor.IsControl(id) || processor.IsUnknown(id) || processor.IsUnused(id);
}

int SentencePieceModel::bos() const
{
    return m_library->whole.bos_id();
}

int SentencePieceModel::eos() const
{
    return m_library->whole.eos_id();
}

std::unique_ptr<TextEncoder> SentencePieceModel::encoder() const
{
    return std::make_unique<Encoder>(*m_library);
}

std::string SentencePieceModel::decode(const std::vector<std::int32_t>& ids) const
{
    std::string text;
    const auto status = m_library->whole.Decode(ids, &text);
    return status.ok() ? text : std::string();
}

}  // namespace taskfold
