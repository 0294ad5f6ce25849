#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How texts are made comparable before a metric counts them (method.md 10).
namespace taskfold::stats {

/// Trimmed and case-folded, as labels are compared.
std::string foldedLabel(std::string_view text);

/// NFC, runs of whitespace as one space, trimmed; case kept.
std::string collapsed(std::string_view text);

/// Lower-case alphanumeric runs; each CJK character on its own.
std::vector<std::string> rougeTokens(std::string_view text);

/// rouge-score's: lower-case runs of a-z and 0-9; what is written otherwise isn't seen at all.
std::vector<std::string> rougeScoreTokens(std::string_view text);

/// "type: value; type: value" as a multiset of (type, value), folded; "none" and what isn't of that form are empty.
std::map<std::pair<std::string, std::string>, int> slotsOf(std::string_view text);

/// Whether a text is "none" or of the slots' form.
bool isSlots(std::string_view text);

}  // namespace taskfold::stats
