#include "engine/text/tokenizer.h"

#include "engine/text/decoder.h"
#include "engine/text/tokenizerstate.h"

#include <atomic>
#include <thread>

namespace taskfold {

std::unique_ptr<TextEncoder> Tokenizer::State::takeEncoder()
{
    {
        const std::lock_guard lock(mutex);
        if (!idle.empty()) {
            std::unique_ptr<TextEncoder> encoder = std::move(idle.back());
            idle.pop_back();
            return encoder;
        }
    }
    return pieces ? pieces->encoder() : std::make_unique<Encoder>(rules);
}

void Tokenizer::State::giveBack(std::unique_ptr<TextEncoder> encoder)
{
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(encoder));
}

Tokenizer::Tokenizer(std::unique_ptr<State> state) : m_state(std::move(state)) { }

Tokenizer::~Tokenizer() = default;

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const
{
    return encode(text, special, TextPart::Whole);
}

std::vector<std::int32_t> Tokenizer::encodeContinuation(std::string_view text, SpecialTokens special) const
{
    return encode(text, special, TextPart::Continuation);
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special, TextPart part) const
{
    std::unique_ptr<TextEncoder> encoder = m_state->takeEncoder();
    TokenBuffer buffer;
    encoder->encode(text, special, part, buffer);
    m_state->giveBack(std::move(encoder));
    return {buffer.tokens().begin(), buffer.tokens().end()};
}

// Threads take blocks of rows in turn, and each keeps its blocks' tokens: nothing is copied together.
TokenBatch Tokenizer::encodeBatch(
    std::span<const std::string_view> texts, SpecialTokens special, unsigned threads, const std::stop_token& stop) const
{
    TokenBatch batch;
    constexpr std::size_t kRows = TokenBatch::kBlockRows;
    batch.m_blocks.resize((texts.size() + kRows - 1) / kRows);
    const std::size_t cores = threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
    batch.m_stores.resize(std::clamp<std::size_t>(batch.m_blocks.size(), 1, cores));
    std::atomic<std::size_t> turn = 0;
    std::atomic<std::int64_t> tokens = 0;
    const auto work = [&](TokenBatch::Store& store) {
        std::unique_ptr<TextEncoder> encoder = m_state->takeEncoder();
        TokenBuffer buffer;
        for (std::size_t b = turn++; b < batch.m_blocks.size() && !stop.stop_requested(); b = turn++) {
            buffer.clear();
            TokenBatch::Block& block = batch.m_blocks[b];
            for (const std::string_view text : texts.subspan(b * kRows, std::min(kRows, texts.size() - b * kRows))) {
                encoder->encode(text, special, TextPart::Whole, buffer);
                block.ends.push_back(buffer.size());
            }
            block.tokens = store.keep(buffer.tokens());
            tokens += static_cast<std::int64_t>(buffer.size());
        }
        m_state->giveBack(std::move(encoder));
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < batch.m_stores.size(); ++i)
            others.emplace_back(work, std::ref(batch.m_stores[i]));
        work(batch.m_stores.front());
    }
    batch.m_rows = stop.stop_requested() ? 0 : texts.size();
    batch.m_tokens = tokens;
    return batch;
}

std::string Tokenizer::decode(std::span<const std::int32_t> tokens, TextPart part) const
{
    std::vector<std::int32_t> ids;
    for (const std::int32_t token : tokens)
        if (token >= 0 && token < vocabularySize() && !m_state->special[static_cast<std::size_t>(token)])
            ids.push_back(token);
    if (m_state->pieces && part == TextPart::Whole)
        return m_state->pieces->decode(ids);
    std::vector<std::string> texts;
    for (const std::int32_t id : ids)
        if (const std::string& text = m_state->texts[static_cast<std::size_t>(id)]; !text.empty())
            texts.push_back(text);
    return decoded(m_state->decoder, std::move(texts), part);
}

std::size_t Tokenizer::mostTokens(std::size_t bytes) const
{
    return bytes * m_state->growth + m_state->growthOnce;
}

int Tokenizer::vocabularySize() const
{
    return static_cast<int>(m_state->texts.size());
}

std::optional<std::int32_t> Tokenizer::bos() const
{
    return m_state->bos;
}

std::optional<std::int32_t> Tokenizer::eos() const
{
    return m_state->eos;
}

bool Tokenizer::addsBos() const
{
    return m_state->addsBos;
}

std::string Tokenizer::tokenText(std::int32_t token) const
{
    return token >= 0 && token < vocabularySize() ? m_state->texts[static_cast<std::size_t>(token)] : std::string();
}

std::optional<std::int32_t> Tokenizer::tokenOf(std::string_view text) const
{
    for (const BpeModel::Vocabulary* known : {&m_state->added, &m_state->vocabulary})
        if (const auto found = known->find(text); found != known->end())
            return found->second;
    return {};
}

}  // namespace taskfold
