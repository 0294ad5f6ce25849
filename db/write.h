#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <optional>

namespace taskfold::db {

/// A writing transaction, or a part of the one that is under way already. Undone unless committed.
class Write {
public:
    explicit Write(SQLite::Database& database)
    {
        if (sqlite3_get_autocommit(database.getHandle()) != 0)
            m_own.emplace(database, SQLite::TransactionBehavior::IMMEDIATE);
    }

    void commit()
    {
        if (m_own)
            m_own->commit();
    }

private:
    std::optional<SQLite::Transaction> m_own;
};

}  // namespace taskfold::db
