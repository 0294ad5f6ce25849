#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace taskfold {

/// GPT-2's pre-tokenizer, 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ : tells every piece of
/// well-formed UTF-8 in order. Linear in the text.
void eachGpt2Word(std::string_view text, const std::function<void(std::string_view)>& piece);

/// GPT-2's letters for bytes: printable ones stand for themselves, the others for U+0100 and up.
const std::string& letterOf(unsigned char byte);
/// Back: -1 for a character that stands for no byte.
int byteOf(std::string_view letter);

}  // namespace taskfold
