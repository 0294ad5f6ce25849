#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::test {

/// A GGUF file's bytes, put together one part after another, so that each part can be wrong.
class GgufBytes {
public:
    enum Kind : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, Array, U64, I64, F64 };

    template <typename Number>
    static std::string raw(Number number)
    {
        return {reinterpret_cast<const char*>(&number), sizeof number};
    }
    static std::string text(std::string_view text) { return raw<std::uint64_t>(text.size()) + std::string(text); }

    // What the header claims; -1: as many as there are.
    std::uint32_t version = 3;
    std::int64_t claimedTensors = -1, claimedPairs = -1;
    std::uint64_t alignment = 32;  // of what is written, whatever the settings say
    std::string behind;  // after the last tensor

    GgufBytes& pair(std::string_view key, std::uint32_t kind, const std::string& value)
    {
        m_pairs.push_back(text(key) + raw(kind) + value);
        return *this;
    }
    GgufBytes& u32(std::string_view key, std::uint32_t value) { return pair(key, U32, raw(value)); }
    GgufBytes& f32(std::string_view key, float value) { return pair(key, F32, raw(value)); }
    GgufBytes& str(std::string_view key, std::string_view value) { return pair(key, Text, text(value)); }
    GgufBytes& flag(std::string_view key, bool value) { return pair(key, Bool, std::string(1, value ? '\1' : '\0')); }
    GgufBytes& texts(std::string_view key, const std::vector<std::string>& values)
    {
        std::string list = raw<std::uint32_t>(Text) + raw<std::uint64_t>(values.size());
        for (const std::string& value : values)
            list += text(value);
        return pair(key, Array, list);
    }
    template <typename Number>
    GgufBytes& numbers(std::string_view key, std::uint32_t kind, const std::vector<Number>& values)
    {
        std::string list = raw(kind) + raw<std::uint64_t>(values.size());
        for (const Number value : values)
            list += raw(value);
        return pair(key, Array, list);
    }

    /// ggml's order of sizes: the one that lies together first. `at` -1: where it belongs.
    GgufBytes& tensor(std::string_view name, const std::vector<std::uint64_t>& sizes, std::uint32_t type,
        const std::string& bytes, std::int64_t at = -1)
    {
        m_infos += text(name) + raw<std::uint32_t>(static_cast<std::uint32_t>(sizes.size()));
        for (const std::uint64_t size : sizes)
            m_infos += raw(size);
        m_infos += raw(type) + raw<std::uint64_t>(at < 0 ? m_data.size() : static_cast<std::uint64_t>(at));
        m_data += bytes;
        m_data.append(padding(m_data.size()), '\0');
        ++m_tensors;
        return *this;
    }

    std::string bytes() const
    {
        std::string file = "GGUF" + raw(version) + raw(claimedTensors < 0 ? m_tensors : claimedTensors)
            + raw(claimedPairs < 0 ? static_cast<std::int64_t>(m_pairs.size()) : claimedPairs);
        for (const std::string& one : m_pairs)
            file += one;
        file += m_infos;
        if (m_tensors > 0)
            file.append(padding(file.size()), '\0');
        return file + m_data + behind;
    }

private:
    std::size_t padding(std::size_t size) const { return (alignment - size % alignment) % alignment; }

    std::vector<std::string> m_pairs;
    std::string m_infos, m_data;
    std::int64_t m_tensors = 0;
};

/// A whole llama of one layer with a tokenizer of three tokens and the bytes: the smallest that is read.
inline GgufBytes smallGguf()
{
    GgufBytes file;
    file.str("general.architecture", "llama").u32("llama.block_count", 1).u32("llama.context_length", 16);
    file.u32("llama.embedding_length", 4).u32("llama.feed_forward_length", 2).u32("llama.attention.head_count", 2);
    file.u32("llama.attention.head_count_kv", 1).f32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
    file.str("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>", "a", "b", "ab"});
    file.numbers<float>("tokenizer.ggml.scores", GgufBytes::F32, {0, 0, 0, -3, -4, -1});
    file.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufBytes::I32, {2, 3, 3, 1, 1, 1});
    file.u32("tokenizer.ggml.bos_token_id", 1).u32("tokenizer.ggml.eos_token_id", 2);
    const auto floats = [](std::size_t count) {
        std::string bytes;
        for (std::size_t i = 0; i < count; ++i)
            bytes += GgufBytes::raw(0.01F * static_cast<float>(i));
        return bytes;
    };
    file.tensor("token_embd.weight", {4, 6}, 0, floats(24)).tensor("output_norm.weight", {4}, 0, floats(4));
    file.tensor("blk.0.attn_norm.weight", {4}, 0, floats(4)).tensor("blk.0.ffn_norm.weight", {4}, 0, floats(4));
    file.tensor("blk.0.attn_q.weight", {4, 4}, 0, floats(16)).tensor("blk.0.attn_k.weight", {4, 2}, 0, floats(8));
    file.tensor("blk.0.attn_v.weight", {4, 2}, 0, floats(8)).tensor("blk.0.attn_output.weight", {4, 4}, 0, floats(16));
    file.tensor("blk.0.ffn_gate.weight", {4, 2}, 0, floats(8)).tensor("blk.0.ffn_up.weight", {4, 2}, 0, floats(8));
    file.tensor("blk.0.ffn_down.weight", {2, 4}, 0, floats(8));
    return file;
}

}  // namespace taskfold::test
