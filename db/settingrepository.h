#pragma once

#include "engine/core/result.h"

#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// Small things a project remembers: the page and selection last shown, the filter's mode.
class SettingRepository {
public:
    explicit SettingRepository(SQLite::Database& database) : m_database(database) { }

    Result<void> set(const std::string& name, const std::string& value);
    Result<std::optional<std::string>> get(const std::string& name) const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
