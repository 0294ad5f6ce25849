#pragma once

#include "engine/report/reportdata.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace taskfold::report {

/// The sentence in the report's language with %1, %2, ... filled in. English is the key; what isn't translated stays English
/// (a test asks for every sentence that blocks use).
std::string said(Language language, std::string_view english, std::initializer_list<std::string> values = {});

/// Whether there is a translation.
bool isTranslated(std::string_view english);

}  // namespace taskfold::report
