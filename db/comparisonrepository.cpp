#include "db/comparisonrepository.h"

#include "db/guard.h"
#include "db/json.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

Comparison comparisonOf(SQLite::Statement& query)
{
    Comparison comparison = comparisonFrom(query.getColumn(3).getString());
    comparison.id.value = query.getColumn(0).getInt64();
    comparison.candidate.value = query.getColumn(1).getInt64();
    comparison.baseline = query.getColumn(2).getString();
    comparison.created = query.getColumn(4).getString();
    return comparison;
}

}  // namespace

Result<ComparisonId> ComparisonRepository::add(const Comparison& comparison)
{
    return guarded("saving a comparison", [&]() -> Result<ComparisonId> {
        Write write(m_database);
        SQLite::Statement insert(
            m_database, "INSERT INTO comparison (candidate_run_id, baseline, body, created) VALUES (?, ?, ?, ?)");
        SQLite::bind(insert, comparison.candidate.value, comparison.baseline, textOf(comparison), comparison.created);
        insert.exec();
        const ComparisonId id{m_database.getLastInsertRowid()};
        write.commit();
        return id;
    });
}

Result<std::vector<Comparison>> ComparisonRepository::all() const
{
    return guarded("reading the comparisons", [&]() -> Result<std::vector<Comparison>> {
        SQLite::Statement query(m_database,
            "SELECT id, candidate_run_id, baseline, body, created FROM comparison ORDER BY id DESC");
        std::vector<Comparison> comparisons;
        while (query.executeStep())
            comparisons.push_back(comparisonOf(query));
        return comparisons;
    });
}

Result<std::optional<Comparison>> ComparisonRepository::newest() const
{
    return guarded("reading the comparison", [&]() -> Result<std::optional<Comparison>> {
        SQLite::Statement query(m_database,
            "SELECT id, candidate_run_id, baseline, body, created FROM comparison ORDER BY id DESC LIMIT 1");
        return query.executeStep() ? std::optional<Comparison>(comparisonOf(query)) : std::nullopt;
    });
}

Result<Comparison> ComparisonRepository::byId(ComparisonId id) const
{
    return guarded("reading the comparison", [&]() -> Result<Comparison> {
        SQLite::Statement query(m_database, "SELECT id, candidate_run_id, baseline, body, created FROM comparison WHERE id = ?");
        SQLite::bind(query, id.value);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no comparison " + std::to_string(id.value)};
        return comparisonOf(query);
    });
}

Result<std::vector<ComparisonLine>> ComparisonRepository::lines() const
{
    return guarded("reading the comparisons", [&]() -> Result<std::vector<ComparisonLine>> {
        SQLite::Statement query(m_database, "SELECT id, candidate_run_id, baseline, created FROM comparison ORDER BY id DESC");
        std::vector<ComparisonLine> lines;
        while (query.executeStep())
            lines.push_back({ComparisonId{query.getColumn(0).getInt64()}, RunId{query.getColumn(1).getInt64()},
                query.getColumn(2).getString(), query.getColumn(3).getString()});
        return lines;
    });
}

}  // namespace taskfold::db
