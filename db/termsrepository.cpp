#include "db/termsrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

Result<Terms> TermsRepository::fix(const Terms& terms)
{
    return guarded("fixing margin and metric", [&]() -> Result<Terms> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT OR IGNORE INTO terms (task_id, data_hash, metric, margin, rule, fixed) VALUES (?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, terms.task.value, terms.dataHash, std::string(wordOf(terms.metric)), terms.margin, terms.rule,
            terms.fixed);
        insert.exec();
        Result<std::optional<Terms>> stored = find(terms.task, terms.dataHash);
        if (!stored)
            return std::move(stored).error();
        write.commit();
        return stored->value_or(terms);
    });
}

Result<std::optional<Terms>> TermsRepository::find(TaskId task, const std::string& dataHash) const
{
    return guarded("reading margin and metric", [&]() -> Result<std::optional<Terms>> {
        SQLite::Statement query(
            m_database, "SELECT metric, margin, rule, fixed FROM terms WHERE task_id = ? AND data_hash = ?");
        SQLite::bind(query, task.value, dataHash);
        if (!query.executeStep())
            return std::optional<Terms>{};
        return std::optional(Terms{task, dataHash,
            metricKindOf(query.getColumn(0).getString()).value_or(MetricKind::Accuracy), query.getColumn(1).getDouble(),
            query.getColumn(2).getString(), query.getColumn(3).getString()});
    });
}

Result<void> TermsRepository::addRead(const TestRead& read)
{
    return guarded("recording that test rows were read", [&]() -> Result<void> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO test_read (run_id, task_id, data_hash, prompt_hash, row_count, read_at) VALUES (?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, read.run.value, read.task.value, read.dataHash, read.promptHash, read.rows, read.when);
        insert.exec();
        write.commit();
        return {};
    });
}

Result<int> TermsRepository::reads(RunId run, TaskId task) const
{
    return guarded("counting how often test rows were read", [&]() -> Result<int> {
        SQLite::Statement query(m_database, "SELECT count(*) FROM test_read WHERE run_id = ? AND task_id = ?");
        SQLite::bind(query, run.value, task.value);
        query.executeStep();
        return query.getColumn(0).getInt();
    });
}

Result<std::optional<TestRead>> TermsRepository::lastRead(RunId run, TaskId task) const
{
    return guarded("reading when test rows were read", [&]() -> Result<std::optional<TestRead>> {
        SQLite::Statement query(m_database,
            "SELECT data_hash, prompt_hash, row_count, read_at FROM test_read WHERE run_id = ? AND task_id = ? "
            "ORDER BY id DESC LIMIT 1");
        SQLite::bind(query, run.value, task.value);
        if (!query.executeStep())
            return std::optional<TestRead>{};
        return std::optional(TestRead{run, task, query.getColumn(0).getString(), query.getColumn(1).getString(),
            query.getColumn(2).getInt64(), query.getColumn(3).getString()});
    });
}

}  // namespace taskfold::db
