#pragma once

#include <string>

namespace taskfold {

/// The time now in UTC, as ISO 8601 to the second: 2026-11-24T08:15:00Z.
std::string nowUtc();

}  // namespace taskfold
