#pragma once

#include "engine/core/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Typed reading of a JSON object's values, for the readers of this folder. These throw Refused, which the reader that
/// called them turns into its Result. Null is as if the value weren't there.
namespace taskfold::configvalues {

struct Refused {
    Error error;
};

[[noreturn]] void refuse(std::string what);  // InvalidInput
[[noreturn]] void refuseUnsupported(std::string what);

bool isSet(const nlohmann::json& object, std::string_view name);

/// A whole number within [least, most]; without `otherwise` it must be there.
std::int64_t wholeAt(const nlohmann::json& object, std::string_view name, std::int64_t least, std::int64_t most,
    std::optional<std::int64_t> otherwise = {});
/// A finite number above zero.
double positiveAt(const nlohmann::json& object, std::string_view name, std::optional<double> otherwise = {});
bool flagAt(const nlohmann::json& object, std::string_view name, bool otherwise);
std::string wordAt(const nlohmann::json& object, std::string_view name, std::string_view otherwise);

/// Refuses, by name, what `known` doesn't list and isn't switched off (null, false, 0, or empty).
void refuseUnknown(const nlohmann::json& object, std::span<const std::string_view> known, std::string_view prefix = {});

}  // namespace taskfold::configvalues
