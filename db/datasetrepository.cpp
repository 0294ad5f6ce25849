#include "db/datasetrepository.h"

#include "db/guard.h"
#include "db/json.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

constexpr const char* kColumns
    = "SELECT id, task_id, split, hash, sources, mapping, settings, rows_in, rows_kept, bytes_kept, created, "
      "issues_hash FROM dataset_version ";

DatasetVersion versionOf(SQLite::Statement& query)
{
    DatasetVersion version;
    version.id.value = query.getColumn(0).getInt64();
    version.task.value = query.getColumn(1).getInt64();
    version.split = splitOf(query.getColumn(2).getString()).value_or(Split::Train);
    version.hash = query.getColumn(3).getString();
    version.sources = sourcesFrom(query.getColumn(4).getString());
    version.mapping = mappingFrom(query.getColumn(5).getString());
    version.settings = query.getColumn(6).getString();
    version.rowsIn = query.getColumn(7).getInt64();
    version.rowsKept = query.getColumn(8).getInt64();
    version.bytesKept = query.getColumn(9).getInt64();
    version.created = query.getColumn(10).getString();
    version.issuesHash = query.getColumn(11).getString();
    return version;
}

// Rows that a reason took away; one that was only mended still counts as kept.
void addIssueCounts(SQLite::Database& database, DatasetVersion& version)
{
    SQLite::Statement query(database, "SELECT reason, action, count FROM issue_count WHERE version_id = ?");
    SQLite::bind(query, version.id.value);
    while (query.executeStep()) {
        const auto reason = reasonOf(query.getColumn(0).getString());
        const auto action = issueActionOf(query.getColumn(1).getString());
        if (!reason || !action)
            continue;
        const std::int64_t count = query.getColumn(2).getInt64();
        version.issueActions[{*reason, *action}] = count;
        if (*action != IssueAction::Fixed)
            version.issues[*reason] += count;
    }
}

void insertCounts(SQLite::Database& database, VersionId id, const DatasetVersion& version, std::span<const RowIssue> issues)
{
    auto counts = version.issueActions;
    for (const RowIssue& issue : issues)
        ++counts[{issue.reason, issue.action}];
    SQLite::Statement insert(database, "INSERT INTO issue_count (version_id, reason, action, count) VALUES (?, ?, ?, ?)");
    for (const auto& [what, count] : counts) {
        SQLite::bind(insert, id.value, std::string(wordOf(what.first)), std::string(wordOf(what.second)), count);
        insert.exec();
        insert.reset();
    }
}

RowIssue issueOf(SQLite::Statement& query)
{
    return {query.getColumn(0).getString(), query.getColumn(1).getInt64(), query.getColumn(2).getString(),
        reasonOf(query.getColumn(3).getString()).value_or(Reason::Empty),
        issueActionOf(query.getColumn(4).getString()).value_or(IssueAction::Quarantined),
        query.getColumn(5).getString(), query.getColumn(6).getString()};
}

void insertIssues(SQLite::Database& database, VersionId version, std::span<const RowIssue> issues)
{
    SQLite::Statement insert(database,
        "INSERT INTO issue (version_id, file, line, field, reason, action, excerpt, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const RowIssue& issue : issues) {
        SQLite::bind(insert, version.value, issue.file, issue.line, issue.field, std::string(wordOf(issue.reason)),
            std::string(wordOf(issue.action)), issue.excerpt, issue.detail);
        insert.exec();
        insert.reset();
    }
}

}  // namespace

Result<VersionId> DatasetRepository::add(const DatasetVersion& version, std::span<const RowIssue> issues)
{
    return guarded("saving an import", [&]() -> Result<VersionId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO dataset_version (task_id, split, hash, sources, mapping, settings, rows_in, rows_kept, "
            "bytes_kept, created, issues_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, version.task.value, std::string(wordOf(version.split)), version.hash,
            textOf(version.sources), textOf(version.mapping), version.settings, version.rowsIn, version.rowsKept,
            version.bytesKept, version.created, version.issuesHash);
        insert.exec();
        const VersionId id{m_database.getLastInsertRowid()};
        insertCounts(m_database, id, version, issues);
        insertIssues(m_database, id, issues);
        write.commit();
        return id;
    });
}

Result<std::map<Split, DatasetVersion>> DatasetRepository::newest(TaskId task) const
{
    return guarded("reading a task's data", [&]() -> Result<std::map<Split, DatasetVersion>> {
        SQLite::Statement query(m_database, std::string(kColumns)
                + "WHERE id IN (SELECT max(id) FROM dataset_version WHERE task_id = ? GROUP BY split)");
        SQLite::bind(query, task.value);
        std::map<Split, DatasetVersion> versions;
        while (query.executeStep()) {
            DatasetVersion version = versionOf(query);
            addIssueCounts(m_database, version);
            versions.emplace(version.split, std::move(version));
        }
        return versions;
    });
}

Result<std::vector<DatasetVersion>> DatasetRepository::history(TaskId task) const
{
    return guarded("reading a task's imports", [&]() -> Result<std::vector<DatasetVersion>> {
        SQLite::Statement query(m_database, std::string(kColumns) + "WHERE task_id = ? ORDER BY id");
        SQLite::bind(query, task.value);
        std::vector<DatasetVersion> versions;
        while (query.executeStep())
            versions.push_back(versionOf(query));
        for (DatasetVersion& version : versions)
            addIssueCounts(m_database, version);
        return versions;
    });
}

Result<std::vector<RowIssue>> DatasetRepository::issues(
    VersionId version, std::optional<Reason> reason, std::int64_t offset, std::int64_t limit) const
{
    return guarded("reading the issues", [&]() -> Result<std::vector<RowIssue>> {
        SQLite::Statement query(m_database,
            "SELECT file, line, field, reason, action, excerpt, detail FROM issue "
            "WHERE version_id = ?1 AND (?2 = '' OR reason = ?2) ORDER BY line, id LIMIT ?4 OFFSET ?3");
        SQLite::bind(query, version.value, reason ? std::string(wordOf(*reason)) : std::string(), offset, limit);
        std::vector<RowIssue> issues;
        while (query.executeStep())
            issues.push_back(issueOf(query));
        return issues;
    });
}

Result<void> DatasetRepository::setMasks(VersionId version, const std::function<Result<std::optional<Mask>>()>& next)
{
    return guarded("saving masks", [&]() -> Result<void> {
        Write write(m_database);
        SQLite::Statement clear(m_database, "DELETE FROM mask WHERE version_id = ?");
        SQLite::bind(clear, version.value);
        clear.exec();
        SQLite::Statement insert(m_database, "INSERT INTO mask (version_id, line, twin) VALUES (?, ?, ?)");
        for (;;) {
            const Result<std::optional<Mask>> mask = next();
            if (!mask)
                return mask.error();
            if (!*mask)
                break;
            SQLite::bind(insert, version.value, (*mask)->line, (*mask)->twin);
            insert.exec();
            insert.reset();
        }
        write.commit();
        return {};
    });
}

Result<std::vector<Mask>> DatasetRepository::masks(VersionId version, std::int64_t offset, std::int64_t limit) const
{
    return guarded("reading masks", [&]() -> Result<std::vector<Mask>> {
        SQLite::Statement query(m_database, "SELECT line, twin FROM mask WHERE version_id = ? ORDER BY line LIMIT ? OFFSET ?");
        SQLite::bind(query, version.value, limit, offset);
        std::vector<Mask> masks;
        while (query.executeStep())
            masks.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getString()});
        return masks;
    });
}

Result<LineSet> DatasetRepository::maskedLines(VersionId version) const
{
    return guarded("reading masks", [&]() -> Result<LineSet> {
        SQLite::Statement query(m_database, "SELECT line FROM mask WHERE version_id = ?");
        SQLite::bind(query, version.value);
        LineSet lines;
        while (query.executeStep())
            lines.add(query.getColumn(0).getInt64());
        return lines;
    });
}

Result<std::optional<std::string>> DatasetRepository::mask(VersionId version, std::int64_t line) const
{
    return guarded("reading a mask", [&]() -> Result<std::optional<std::string>> {
        SQLite::Statement query(m_database, "SELECT twin FROM mask WHERE version_id = ? AND line = ?");
        SQLite::bind(query, version.value, line);
        if (!query.executeStep())
            return std::optional<std::string>();
        return std::optional(query.getColumn(0).getString());
    });
}

Result<std::int64_t> DatasetRepository::maskCount(VersionId version) const
{
    return guarded("counting masks", [&]() -> Result<std::int64_t> {
        SQLite::Statement query(m_database, "SELECT count(*) FROM mask WHERE version_id = ?");
        SQLite::bind(query, version.value);
        query.executeStep();
        return query.getColumn(0).getInt64();
    });
}

Result<void> DatasetRepository::setTokens(const std::string& hash, const std::string& base, std::int64_t tokens)
{
    return guarded("saving token counts", [&]() -> Result<void> {
        SQLite::Statement insert(
            m_database, "INSERT OR REPLACE INTO token_count (hash, base, tokens) VALUES (?, ?, ?)");
        SQLite::bind(insert, hash, base, tokens);
        insert.exec();
        return {};
    });
}

Result<std::optional<std::int64_t>> DatasetRepository::tokens(const std::string& hash, const std::string& base) const
{
    return guarded("reading token counts", [&]() -> Result<std::optional<std::int64_t>> {
        SQLite::Statement query(m_database, "SELECT tokens FROM token_count WHERE hash = ? AND base = ?");
        SQLite::bind(query, hash, base);
        return query.executeStep() ? std::optional<std::int64_t>(query.getColumn(0).getInt64()) : std::nullopt;
    });
}

namespace {

std::vector<std::string> textsOf(SQLite::Statement& query)
{
    std::vector<std::string> texts;
    while (query.executeStep())
        texts.push_back(query.getColumn(0).getString());
    return texts;
}

}  // namespace

Result<std::vector<std::string>> DatasetRepository::hashesInUse() const
{
    return guarded("reading the row files in use", [&]() -> Result<std::vector<std::string>> {
        SQLite::Statement query(m_database,
            "SELECT hash FROM dataset_version UNION SELECT hash FROM corpus UNION SELECT held_out_hash FROM corpus");
        return textsOf(query);
    });
}

Result<std::vector<std::string>> DatasetRepository::issueHashesInUse() const
{
    return guarded("reading the row files in use", [&]() -> Result<std::vector<std::string>> {
        SQLite::Statement query(m_database, 
            "SELECT issues_hash FROM dataset_version WHERE issues_hash <> '' UNION SELECT issues_hash FROM corpus WHERE issues_hash <> ''");
        return textsOf(query);
    });
}

}  // namespace taskfold::db
