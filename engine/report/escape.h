#pragma once

#include <string>
#include <string_view>

namespace taskfold::report {

/// & < > " ' as entities.
std::string htmlEscaped(std::string_view text);

}  // namespace taskfold::report
