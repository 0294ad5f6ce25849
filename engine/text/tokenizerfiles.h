#pragma once

#include "engine/text/tokenizerparts.h"

#include <string_view>

namespace taskfold::reading {

/// A tokenizer.json taken apart. Throws Refused or nlohmann's exceptions, as the others here.
Tokenizer::Parts partsOf(std::string_view json);
/// vocab.json and merges.txt.
Tokenizer::Parts partsOfGpt2(std::string_view vocabulary, std::string_view merges);
/// tokenizer_config.json: start and end token.
void readSettings(Tokenizer::Parts& parts, std::string_view json);

}  // namespace taskfold::reading
