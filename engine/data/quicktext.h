#pragma once

#include "engine/data/value.h"

#include <string_view>

namespace taskfold::data {

/// A text of JSON whose opening quote lies before `at`: where it ends, behind its closing quote, or null where it isn't one or
/// something is odd about it. 64 readable bytes follow `end`. `into` is a part of the source, or the record's own where there
/// were escapes; `plain` says whether it is ASCII without controls.
const char* readJsonText(const char* at, const char* end, Record& record, std::string_view& into, bool& plain);

}  // namespace taskfold::data
