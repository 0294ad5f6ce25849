#include "db/corpusrepository.h"

#include "db/guard.h"
#include "db/json.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

Result<CorpusId> CorpusRepository::put(const Corpus& corpus, const std::string& issuesHash)
{
    return guarded("saving corpus " + corpus.name, [&]() -> Result<CorpusId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT OR REPLACE INTO corpus (name, domain, hash, held_out_hash, sources, documents_in, documents_kept, "
            "held_out, bytes_kept, issues, created, issues_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, corpus.name, corpus.domain ? 1 : 0, corpus.hash, corpus.heldOutHash,
            textOf(corpus.sources), corpus.documentsIn, corpus.documentsKept, corpus.heldOut, corpus.bytesKept,
            textOf(corpus.issues), corpus.created, issuesHash);
        insert.exec();
        const CorpusId id{m_database.getLastInsertRowid()};
        write.commit();
        return id;
    });
}

Result<std::string> CorpusRepository::issuesHash(CorpusId id) const
{
    return guarded("reading a corpus", [&]() -> Result<std::string> {
        SQLite::Statement query(m_database, "SELECT issues_hash FROM corpus WHERE id = ?");
        SQLite::bind(query, id.value);
        return query.executeStep() ? query.getColumn(0).getString() : std::string();
    });
}

Result<std::vector<Corpus>> CorpusRepository::all() const
{
    return guarded("reading the corpora", [&]() -> Result<std::vector<Corpus>> {
        SQLite::Statement query(m_database,
            "SELECT id, name, domain, hash, held_out_hash, sources, documents_in, documents_kept, held_out, bytes_kept, "
            "issues, created FROM corpus ORDER BY name");
        std::vector<Corpus> corpora;
        while (query.executeStep()) {
            Corpus corpus;
            corpus.id.value = query.getColumn(0).getInt64();
            corpus.name = query.getColumn(1).getString();
            corpus.domain = query.getColumn(2).getInt() != 0;
            corpus.hash = query.getColumn(3).getString();
            corpus.heldOutHash = query.getColumn(4).getString();
            corpus.sources = sourcesFrom(query.getColumn(5).getString());
            corpus.documentsIn = query.getColumn(6).getInt64();
            corpus.documentsKept = query.getColumn(7).getInt64();
            corpus.heldOut = query.getColumn(8).getInt64();
            corpus.bytesKept = query.getColumn(9).getInt64();
            corpus.issues = countsFrom(query.getColumn(10).getString());
            corpus.created = query.getColumn(11).getString();
            corpora.push_back(std::move(corpus));
        }
        return corpora;
    });
}

Result<Corpus> CorpusRepository::byId(CorpusId id) const
{
    Result<std::vector<Corpus>> corpora = all();
    if (!corpora)
        return std::move(corpora).error();
    for (Corpus& corpus : *corpora)
        if (corpus.id == id)
            return std::move(corpus);
    return Error{ErrorCode::NotFound, "there is no such corpus"};
}

Result<void> CorpusRepository::remove(CorpusId id)
{
    return guarded("removing a corpus", [&]() -> Result<void> {
        SQLite::Statement statement(m_database, "DELETE FROM corpus WHERE id = ?");
        SQLite::bind(statement, id.value);
        statement.exec();
        return {};
    });
}

}  // namespace taskfold::db
