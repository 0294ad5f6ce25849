#include "db/baserepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

constexpr const char* kColumns
    = "SELECT id, name, path, run_id, hash, parameters, bytes, context, vocabulary, created FROM base_model ";

BaseModel baseOf(SQLite::Statement& query)
{
    BaseModel base;
    base.id.value = query.getColumn(0).getInt64();
    base.name = query.getColumn(1).getString();
    base.path = query.getColumn(2).getString();
    base.run.value = query.getColumn(3).getInt64();
    base.hash = query.getColumn(4).getString();
    base.parameters = query.getColumn(5).getInt64();
    base.bytes = query.getColumn(6).getInt64();
    base.context = query.getColumn(7).getInt();
    base.vocabulary = query.getColumn(8).getInt();
    base.created = query.getColumn(9).getString();
    return base;
}

}  // namespace

Result<BaseId> BaseRepository::put(const BaseModel& base)
{
    return guarded("saving base model " + base.name, [&]() -> Result<BaseId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO base_model (name, path, run_id, hash, parameters, bytes, context, vocabulary, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET path = excluded.path, "
            "run_id = excluded.run_id, hash = excluded.hash, parameters = excluded.parameters, "
            "bytes = excluded.bytes, context = excluded.context, vocabulary = excluded.vocabulary");
        SQLite::bind(insert, base.name, base.path, base.run.value, base.hash, base.parameters, base.bytes,
            base.context, base.vocabulary, base.created);
        insert.exec();
        SQLite::Statement query(m_database, "SELECT id FROM base_model WHERE name = ?");
        SQLite::bind(query, base.name);
        query.executeStep();
        const BaseId id{query.getColumn(0).getInt64()};
        write.commit();
        return id;
    });
}

Result<std::vector<BaseModel>> BaseRepository::all() const
{
    return guarded("reading the base models", [&]() -> Result<std::vector<BaseModel>> {
        SQLite::Statement query(m_database, std::string(kColumns) + "ORDER BY name");
        std::vector<BaseModel> bases;
        while (query.executeStep())
            bases.push_back(baseOf(query));
        return bases;
    });
}

Result<BaseModel> BaseRepository::byName(const std::string& name) const
{
    return guarded("reading a base model", [&]() -> Result<BaseModel> {
        SQLite::Statement query(m_database, std::string(kColumns) + "WHERE name = ?");
        SQLite::bind(query, name);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no base model named " + name};
        return baseOf(query);
    });
}

Result<void> BaseRepository::remove(BaseId id)
{
    return guarded("removing a base model", [&]() -> Result<void> {
        SQLite::Statement statement(m_database, "DELETE FROM base_model WHERE id = ?");
        SQLite::bind(statement, id.value);
        statement.exec();
        return {};
    });
}

}  // namespace taskfold::db
