#pragma once

#include "engine/core/dataset.h"
#include "engine/core/result.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class CorpusRepository {
public:
    explicit CorpusRepository(SQLite::Database& database) : m_database(database) { }

    /// Adds it, or puts it in place of the corpus of that name.
    /// `issuesHash` names the file that lists its issues; empty: there are none.
    Result<CorpusId> put(const Corpus& corpus, const std::string& issuesHash = {});
    Result<std::string> issuesHash(CorpusId id) const;
    Result<std::vector<Corpus>> all() const;
    /// NotFound where there is none.
    Result<Corpus> byId(CorpusId id) const;
    Result<void> remove(CorpusId id);

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
