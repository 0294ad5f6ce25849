#include "db/planrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

StoredPlan planOf(SQLite::Statement& query)
{
    return {PlanId{query.getColumn(0).getInt64()}, query.getColumn(1).getString(), query.getColumn(2).getString(),
        query.getColumn(3).getString(), query.getColumn(4).getString()};
}

}  // namespace

Result<PlanId> PlanRepository::put(const StoredPlan& plan)
{
    return guarded("saving a plan", [&]() -> Result<PlanId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO plan (name, hash, body, created) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING");
        SQLite::bind(insert, plan.name, plan.hash, plan.body, plan.created);
        insert.exec();
        SQLite::Statement query(m_database, "SELECT id FROM plan WHERE hash = ?");
        SQLite::bind(query, plan.hash);
        query.executeStep();
        const PlanId id{query.getColumn(0).getInt64()};
        write.commit();
        return id;
    });
}

Result<StoredPlan> PlanRepository::byId(PlanId id) const
{
    return guarded("reading a plan", [&]() -> Result<StoredPlan> {
        SQLite::Statement query(m_database, "SELECT id, name, hash, body, created FROM plan WHERE id = ?");
        SQLite::bind(query, id.value);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no plan " + std::to_string(id.value)};
        return planOf(query);
    });
}

Result<std::vector<StoredPlan>> PlanRepository::all() const
{
    return guarded("reading the plans", [&]() -> Result<std::vector<StoredPlan>> {
        SQLite::Statement query(m_database, "SELECT id, name, hash, body, created FROM plan ORDER BY id DESC");
        std::vector<StoredPlan> plans;
        while (query.executeStep())
            plans.push_back(planOf(query));
        return plans;
    });
}

}  // namespace taskfold::db
