#pragma once

#include "engine/core/dataset.h"
#include "engine/core/result.h"

#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class CorpusRepository {
public:
    explicit CorpusRepository(SQLite::Database& database) : m_database(database) { }

    /// Adds it, or puts it in place of the corpus of that name.
    Result<CorpusId> put(const Corpus& corpus);
    Result<std::vector<Corpus>> all() const;
    Result<void> remove(CorpusId id);

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
