#pragma once

#include "engine/core/metric.h"
#include "engine/core/result.h"

#include <span>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// A model's answers to a split, and the scores they came to.
class PredictionRepository {
public:
    explicit PredictionRepository(SQLite::Database& database) : m_database(database) { }

    /// Puts the answers and their score in place of earlier ones, in one transaction.
    Result<void> put(const Score& score, std::span<const Prediction> predictions);
    Result<std::vector<Prediction>> predictions(RunId run, TaskId task, Split split) const;  // by line
    Result<std::vector<Score>> scores(RunId run) const;
    Result<std::vector<Score>> allScores() const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
