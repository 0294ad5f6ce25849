#include "db/decisionrepository.h"

#include "db/guard.h"
#include "db/json.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

constexpr const char* kColumns
    = "SELECT id, task_id, verb, pinned, made_by, rule, reason, evidence, created FROM decision ";

Decision decisionOf(SQLite::Statement& query)
{
    Decision decision;
    decision.id.value = query.getColumn(0).getInt64();
    decision.task.value = query.getColumn(1).getInt64();
    decision.verb = verbOf(query.getColumn(2).getString()).value_or(Verb::Keep);
    decision.pinned = query.getColumn(3).getInt() != 0;
    decision.by = query.getColumn(4).getString();
    decision.rule = query.getColumn(5).getString();
    decision.reason = query.getColumn(6).getString();
    decision.evidence = query.getColumn(7).getString();
    decision.created = query.getColumn(8).getString();
    return decision;
}

}  // namespace

Result<DecisionId> DecisionRepository::add(const Decision& decision)
{
    return guarded("saving a decision", [&]() -> Result<DecisionId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO decision (task_id, verb, pinned, made_by, rule, reason, evidence, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, decision.task.value, std::string(wordOf(decision.verb)), decision.pinned ? 1 : 0,
            decision.by, decision.rule, decision.reason, decision.evidence, decision.created);
        insert.exec();
        const DecisionId id{m_database.getLastInsertRowid()};
        write.commit();
        return id;
    });
}

Result<std::vector<Decision>> DecisionRepository::history() const
{
    return guarded("reading the decisions", [&]() -> Result<std::vector<Decision>> {
        SQLite::Statement query(m_database, std::string(kColumns) + "ORDER BY id");
        std::vector<Decision> decisions;
        while (query.executeStep())
            decisions.push_back(decisionOf(query));
        return decisions;
    });
}

Result<std::map<TaskId, Decision>> DecisionRepository::current() const
{
    return guarded("reading the decisions", [&]() -> Result<std::map<TaskId, Decision>> {
        SQLite::Statement query(
            m_database, std::string(kColumns) + "WHERE id IN (SELECT max(id) FROM decision GROUP BY task_id)");
        std::map<TaskId, Decision> decisions;
        while (query.executeStep()) {
            Decision decision = decisionOf(query);
            decisions.emplace(decision.task, std::move(decision));
        }
        return decisions;
    });
}

Result<void> DecisionRepository::putEvidence(const AffinityEvidence& evidence)
{
    return guarded("saving the filter's evidence", [&]() -> Result<void> {
        SQLite::Statement insert(
            m_database, "INSERT OR REPLACE INTO affinity (run_id, signal, body, created) VALUES (?, ?, ?, ?)");
        SQLite::bind(
            insert, evidence.run.value, std::string(wordOf(evidence.signal)), textOf(evidence), evidence.created);
        insert.exec();
        return {};
    });
}

Result<std::optional<AffinityEvidence>> DecisionRepository::newestEvidence() const
{
    return guarded("reading the filter's evidence", [&]() -> Result<std::optional<AffinityEvidence>> {
        SQLite::Statement query(
            m_database, "SELECT run_id, signal, body, created FROM affinity ORDER BY run_id DESC LIMIT 1");
        if (!query.executeStep())
            return std::optional<AffinityEvidence>();
        AffinityEvidence evidence = evidenceFrom(query.getColumn(2).getString());
        evidence.run.value = query.getColumn(0).getInt64();
        evidence.signal = signalOf(query.getColumn(1).getString()).value_or(Signal::LookAhead);
        evidence.created = query.getColumn(3).getString();
        return std::optional<AffinityEvidence>(std::move(evidence));
    });
}

}  // namespace taskfold::db
