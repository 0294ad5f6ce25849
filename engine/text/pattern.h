#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace taskfold {

/// The regular expressions that families of models cut a text into words with, each matched by hand.
enum class Pattern {
    Gpt2,  // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
    Llama3,  // numbers by three, contractions in any case, a letter run takes the character before it
    Qwen2,  // the same with every number on its own
    Qwen3Marks,  // the same where marks are letters
    Tekken,  // Mistral's later one: words break where capitals begin
    O200k,  // the same with numbers by three and contractions
};

/// Which of them a regular expression is; none: we don't know it.
std::optional<Pattern> patternOf(std::string_view expression);

/// Tells every piece of well-formed UTF-8 in order, nothing left out. Linear in the text. Up to 16 bytes behind the text are
/// read (not used): they must be there.
void splitByPattern(Pattern pattern, std::string_view text, std::vector<std::string_view>& pieces);

}  // namespace taskfold
