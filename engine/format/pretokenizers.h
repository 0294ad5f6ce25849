#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

/// How byte-level tokenizers cut texts before they join bytes: by llama.cpp's name (tokenizer.ggml.pre), and as tokenizer.json
/// writes it.
namespace taskfold {

bool knowsPreTokenizer(const std::string& pre);
/// For a known one.
nlohmann::json preTokenizerJson(const std::string& pre);
/// Whether texts are brought into Unicode's form NFC first, and whether a word that is a token isn't cut at all.
bool normalises(const std::string& pre);
bool ignoresMerges(const std::string& pre);

/// The name of one that stands in a tokenizer.json; empty when there is none.
std::string preTokenizerName(const nlohmann::json& value, bool normalised);

}  // namespace taskfold
