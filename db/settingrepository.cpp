#include "db/settingrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

Result<void> SettingRepository::set(const std::string& name, const std::string& value)
{
    return guarded("saving a setting", [&]() -> Result<void> {
        SQLite::Statement insert(m_database, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)");
        SQLite::bind(insert, name, value);
        insert.exec();
        return {};
    });
}

Result<std::optional<std::string>> SettingRepository::get(const std::string& name) const
{
    return guarded("reading a setting", [&]() -> Result<std::optional<std::string>> {
        SQLite::Statement query(m_database, "SELECT value FROM setting WHERE name = ?");
        SQLite::bind(query, name);
        return query.executeStep() ? std::optional<std::string>(query.getColumn(0).getString()) : std::nullopt;
    });
}

}  // namespace taskfold::db
