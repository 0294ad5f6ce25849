#pragma once

#include "engine/core/result.h"

#include <string_view>

namespace taskfold {

/// Whether the bytes are a SentencePiece model that its library can be trusted with: it follows the places written in a
/// model's table of characters without looking whether they are inside. InvalidInput with what is wrong.
Result<void> checkSentencePiece(std::string_view bytes);

}  // namespace taskfold
