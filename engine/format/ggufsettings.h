#pragma once

#include "engine/format/ggufwriting.h"
#include "engine/format/modelconfig.h"
#include "engine/format/tokenizerwriting.h"

#include <cstdint>
#include <string>
#include <string_view>

/// The settings of a GGUF file that is written.
namespace taskfold::gguf {

template <typename Number>
void append(std::string& bytes, Number number)
{
    static_assert(std::is_arithmetic_v<Number>);
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

inline void append(std::string& bytes, std::string_view text)
{
    append(bytes, std::uint64_t{text.size()});
    bytes.append(text);
}

/// As they lie in the file, one behind the other.
struct Pairs {
    std::string bytes;
    std::uint64_t count = 0;
};

Pairs pairsOf(const ModelConfig& config, const Vocabulary& vocabulary, const GgufExport& settings);

/// llama.cpp's name: mistral is a llama.
std::string architectureOf(const ModelConfig& config);
/// The longest text in which no window hides a token.
int smallestWindow(const ModelConfig& config);

}  // namespace taskfold::gguf
