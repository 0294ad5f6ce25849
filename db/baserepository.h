#pragma once

#include "engine/core/basemodel.h"
#include "engine/core/result.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class BaseRepository {
public:
    explicit BaseRepository(SQLite::Database& database) : m_database(database) { }

    Result<BaseId> put(const BaseModel& base);  // by name
    Result<std::vector<BaseModel>> all() const;
    Result<BaseModel> byName(const std::string& name) const;  // NotFound
    Result<void> remove(BaseId id);

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
