#include "db/predictionrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

constexpr const char* kScores
    = "SELECT run_id, task_id, split, metric, decode, value, n, invalid, data_hash FROM score ";

std::vector<Score> scoresOf(SQLite::Statement& query)
{
    std::vector<Score> scores;
    while (query.executeStep()) {
        scores.push_back({RunId{query.getColumn(0).getInt64()}, TaskId{query.getColumn(1).getInt64()},
            splitOf(query.getColumn(2).getString()).value_or(Split::Test),
            metricKindOf(query.getColumn(3).getString()).value_or(MetricKind::Accuracy),
            decodeOf(query.getColumn(4).getString()).value_or(Decode::Greedy), query.getColumn(5).getDouble(),
            query.getColumn(6).getInt64(), query.getColumn(7).getInt64(), query.getColumn(8).getString()});
    }
    return scores;
}

void replacePredictions(SQLite::Database& database, const Score& score, std::span<const Prediction> predictions)
{
    const std::string split(wordOf(score.split));
    SQLite::Statement clear(database, "DELETE FROM prediction WHERE run_id = ? AND task_id = ? AND split = ?");
    SQLite::bind(clear, score.run.value, score.task.value, split);
    clear.exec();
    SQLite::Statement insert(database,
        "INSERT INTO prediction (run_id, task_id, split, line, text, invalid, log_probability, confidence) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const Prediction& prediction : predictions) {
        SQLite::bind(insert, score.run.value, score.task.value, split, prediction.line, prediction.text,
            prediction.invalid ? 1 : 0, prediction.logProbability, prediction.confidence);
        insert.exec();
        insert.reset();
    }
}

}  // namespace

Result<void> PredictionRepository::put(const Score& score, std::span<const Prediction> predictions)
{
    return guarded("saving predictions", [&]() -> Result<void> {
        Write write(m_database);
        replacePredictions(m_database, score, predictions);
        SQLite::Statement insert(m_database,
            "INSERT OR REPLACE INTO score (run_id, task_id, split, metric, decode, value, n, invalid, data_hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, score.run.value, score.task.value, std::string(wordOf(score.split)),
            std::string(wordOf(score.metric)), std::string(wordOf(score.decode)), score.value, score.n,
            score.invalid, score.dataHash);
        insert.exec();
        write.commit();
        return {};
    });
}

Result<std::vector<Prediction>> PredictionRepository::predictions(RunId run, TaskId task, Split split) const
{
    return guarded("reading predictions", [&]() -> Result<std::vector<Prediction>> {
        SQLite::Statement query(m_database,
            "SELECT line, text, invalid, log_probability, confidence FROM prediction "
            "WHERE run_id = ? AND task_id = ? AND split = ? ORDER BY line");
        SQLite::bind(query, run.value, task.value, std::string(wordOf(split)));
        std::vector<Prediction> predictions;
        while (query.executeStep())
            predictions.push_back({run, task, split, query.getColumn(0).getInt64(), query.getColumn(1).getString(),
                query.getColumn(2).getInt() != 0, query.getColumn(3).getDouble(), query.getColumn(4).getDouble()});
        return predictions;
    });
}

Result<std::vector<Score>> PredictionRepository::scores(RunId run) const
{
    return guarded("reading scores", [&]() -> Result<std::vector<Score>> {
        SQLite::Statement query(m_database, std::string(kScores) + "WHERE run_id = ? ORDER BY task_id");
        SQLite::bind(query, run.value);
        return scoresOf(query);
    });
}

Result<std::vector<Score>> PredictionRepository::allScores() const
{
    return guarded("reading scores", [&]() -> Result<std::vector<Score>> {
        SQLite::Statement query(m_database, std::string(kScores) + "ORDER BY run_id, task_id");
        return scoresOf(query);
    });
}

}  // namespace taskfold::db
