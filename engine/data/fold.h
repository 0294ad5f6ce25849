#pragma once

#include <string>
#include <string_view>

namespace taskfold::data {

/// Trimmed and case-folded, as labels are compared.
std::string foldedLabel(std::string_view text);

}  // namespace taskfold::data
