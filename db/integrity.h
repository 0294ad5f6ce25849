#pragma once

#include "engine/core/result.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// What SQLite finds wrong with the file, and rows that refer to none. Empty: all is well.
Result<std::vector<std::string>> integrityProblems(SQLite::Database& database);

}  // namespace taskfold::db
