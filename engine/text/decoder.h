#pragma once

#include "engine/text/tokenizerparts.h"

#include <string>
#include <vector>

namespace taskfold {

/// Tokens' texts to the text they were made of, by the steps of the `tokenizers` package; broken UTF-8 becomes U+FFFD.
/// Continuation: the space that stands before a whole text is left where it is.
std::string decoded(const std::vector<DecoderStep>& steps, std::vector<std::string> tokens, TextPart part);

}  // namespace taskfold
