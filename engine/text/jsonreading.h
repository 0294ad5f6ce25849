#pragma once

#include "engine/core/error.h"
#include "engine/text/tokenizerparts.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

/// How a tokenizer.json is taken apart. What we don't know ends the reading with its name.
namespace taskfold::reading {

/// Thrown inside the reading, caught where it began.
struct Refused {
    Error error;
};

[[noreturn]] void refuse(ErrorCode code, std::string what);

/// "type" of a component, or nothing.
std::string typeOf(const nlohmann::json& component);
/// The parts of a Sequence (and of those within it), or the one component itself; none of null.
std::vector<nlohmann::json> sequence(const nlohmann::json& component, const char* list, int depth = 0);
/// "pattern": {"String": ...}; a regular expression only where it is one of spaces.
std::string textOf(const nlohmann::json& pattern, const char* kind);

void readNormaliser(Tokenizer::Parts& parts, const nlohmann::json& normaliser);
void readPreTokenizer(Tokenizer::Parts& parts, const nlohmann::json& preTokenizer);
void readDecoder(Tokenizer::Parts& parts, const nlohmann::json& decoder);
void readPostProcessor(Tokenizer::Parts& parts, const nlohmann::json& processor);
void readModel(Tokenizer::Parts& parts, const nlohmann::json& model);

}  // namespace taskfold::reading
