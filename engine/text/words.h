#pragma once

#include <string>
#include <string_view>

namespace taskfold {

/// GPT-2's letters for bytes: printable ones stand for themselves, the others for U+0100 and up.
const std::string& letterOf(unsigned char byte);
/// Back: -1 for a character that stands for no byte.
int byteOf(std::string_view letter);

}  // namespace taskfold
