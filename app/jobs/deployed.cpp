#include "app/jobs/caveats.h"
#include "app/jobs/comparing.h"
#include "app/jobs/pairing.h"
#include "app/jobs/taskdata.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"
#include "db/termsrepository.h"
#include "db/transaction.h"
#include "engine/core/clock.h"
#include "engine/stats/metrics.h"
#include "engine/stats/metrictext.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

/// Predictions of models that are served today, from files.
namespace taskfold::jobs {

namespace {

using nlohmann::json;

Error refused(const std::filesystem::path& file, std::size_t line, const std::string& what)
{
    return Error{ErrorCode::InvalidInput, file.filename().string() + ", line " + std::to_string(line) + ": " + what};
}

// Either every object names its row, or none does and they stand in the rows' order.
Result<std::vector<Prediction>> readPredictions(const std::filesystem::path& file, const std::vector<Row>& rows)
{
    std::error_code failure;
    std::ifstream in(file, std::ios::binary);
    if (!std::filesystem::is_regular_file(file, failure) || !in)
        return Error{ErrorCode::NotFound, file.string() + " can't be read"};
    std::set<std::int64_t> known, seen;
    for (const Row& row : rows)
        known.insert(row.line);
    std::vector<Prediction> answers;
    std::size_t number = 0;
    bool named = false;
    for (std::string text; std::getline(in, text);) {
        ++number;
        if (text.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        const json value = json::parse(text, nullptr, false);
        const auto prediction = value.is_object() ? value.find("prediction") : value.end();
        if (!value.is_object() || prediction == value.end() || !prediction->is_string())
            return refused(file, number, "expected {\"line\": N, \"prediction\": \"…\"}");
        const bool hasLine = value.contains("line");
        if (hasLine && !value["line"].is_number_integer())
            return refused(file, number, "“line” must be a whole number");
        if (!answers.empty() && hasLine != named)
            return refused(file, number, "either every object names its line or none does");
        named = hasLine;
        if (!hasLine && answers.size() >= rows.size())
            return refused(file, number, "there are only " + std::to_string(rows.size()) + " test rows");
        Prediction answer;
        answer.line = hasLine ? value["line"].get<std::int64_t>() : rows[answers.size()].line;
        answer.text = prediction->get<std::string>();
        if (!known.contains(answer.line))
            return refused(file, number, "there is no test row at line " + std::to_string(answer.line));
        if (!seen.insert(answer.line).second)
            return refused(file, number, "line " + std::to_string(answer.line) + " was answered before");
        answers.push_back(std::move(answer));
    }
    if (answers.empty())
        return Error{ErrorCode::InvalidInput, file.string() + " holds no predictions"};
    if (!named && answers.size() != rows.size())
        return Error{ErrorCode::InvalidInput, file.string() + " holds " + std::to_string(answers.size()) + " predictions without line numbers for "
                + std::to_string(rows.size()) + " test rows"};
    return answers;
}

Score scored(const Task& task, const std::vector<Row>& rows, std::vector<Prediction>& answers, const std::string& dataHash)
{
    std::map<std::int64_t, const Row*> byLine;
    for (const Row& row : rows)
        byLine[row.line] = &row;
    std::set<std::string> labels;
    for (const std::string& label : task.labels)
        labels.insert(stats::foldedLabel(label));
    Score score;
    std::vector<stats::Judged> judged;
    for (Prediction& answer : answers) {
        const Row& row = *byLine.at(answer.line);
        answer.invalid = choosesLabels(task) && !labels.contains(stats::foldedLabel(answer.text));
        score.invalid += answer.invalid ? 1 : 0;
        judged.push_back({answer.text, row.target, row.references, answer.invalid});
    }
    score.task = task.id;
    score.metric = task.metric;
    score.decode = Decode::Greedy;
    score.value = stats::aggregate(stats::rowScores(task.metric, judged, task.labels));
    score.n = static_cast<std::int64_t>(answers.size());
    score.dataHash = dataHash;
    return score;
}

Result<RunId> stored(SQLite::Database& database, const Task& task, const std::string& name, Score score, const std::vector<Prediction>& answers)
{
    Run run;
    run.kind = RunKind::Baseline;
    run.task = task.id;
    run.device = kImportedDevice;
    run.note = name;
    run.status = RunStatus::Completed;
    run.created = nowUtc();
    RunId id;
    const Result<void> done = db::inTransaction(database, [&]() -> Result<void> {
        const Result<RunId> added = db::RunRepository(database).add(run);
        if (!added)
            return added.error();
        score.run = id = *added;
        db::TermsRepository terms(database);
        const auto fixed = terms.fix({task.id, score.dataHash, task.metric, task.margin, "imported", nowUtc()});
        if (!fixed)
            return fixed.error();
        if (Result<void> read = terms.addRead({id, task.id, score.dataHash, {}, score.n, nowUtc()}); !read)
            return read;
        return db::PredictionRepository(database).put(score, answers);
    });
    if (!done)
        return done.error();
    return id;
}

}  // namespace

Result<RunId> importPredictions(
    const Project& project, const std::string& name, const std::filesystem::path& file, const std::string& as)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const auto all = versionsOf(**connection);
    if (!all)
        return all.error();
    const auto task = std::find_if(all->begin(), all->end(), [&](const TaskVersions& one) { return one.task.name == name; });
    if (task == all->end())
        return Error{ErrorCode::NotFound, "there is no task “" + name + "”"};
    const auto version = task->splits.find(Split::Test);
    if (version == task->splits.end())
        return Error{ErrorCode::InvalidInput, name + " has no test rows"};
    const Result<std::vector<Row>> rows = rowsOf(project, **connection, version->second);
    if (!rows)
        return rows.error();
    Result<std::vector<Prediction>> answers = readPredictions(file, *rows);
    if (!answers)
        return std::move(answers).error();
    const Score score = scored(task->task, *rows, *answers, version->second.hash);
    return stored(**connection, task->task, as.empty() ? "deployed" : as, score, *answers);
}

}  // namespace taskfold::jobs
