#pragma once

#include "engine/core/result.h"

#include <functional>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// Runs the body in one IMMEDIATE transaction: an error or exception in it undoes everything. Repositories called in it
/// join it.
Result<void> inTransaction(SQLite::Database& database, const std::function<Result<void>()>& body);

}  // namespace taskfold::db
