#include "db/integrity.h"

#include "db/guard.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace taskfold::db {

Result<std::vector<std::string>> integrityProblems(SQLite::Database& database)
{
    return guarded("checking the database", [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> problems;
        SQLite::Statement whole(database, "PRAGMA integrity_check");
        while (whole.executeStep())
            if (const std::string line = whole.getColumn(0).getString(); line != "ok")
                problems.push_back(line);
        SQLite::Statement keys(database, "PRAGMA foreign_key_check");
        while (keys.executeStep())
            problems.push_back("a row of " + keys.getColumn(0).getString() + " refers to one of "
                + keys.getColumn(2).getString() + " that is gone");
        return problems;
    });
}

}  // namespace taskfold::db
