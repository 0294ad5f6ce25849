#include "app/jobs/caveats.h"
#include "app/jobs/comparing.h"
#include "app/jobs/pairing.h"
#include "app/jobs/storedrows.h"
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

// One task's answers, read and scored.
struct Answered {
    Task task;
    Score score;
    std::vector<Prediction> answers;
};

Result<RunId> stored(SQLite::Database& database, const std::string& name, const Answered& one)
{
    Run run;
    run.kind = RunKind::Baseline;
    run.task = one.task.id;
    run.device = kImportedDevice;
    run.note = name;
    run.status = RunStatus::Completed;
    run.created = nowUtc();
    const Result<RunId> added = db::RunRepository(database).add(run);
    if (!added)
        return added;
    Score score = one.score;
    score.run = *added;
    db::TermsRepository terms(database);
    const auto fixed = terms.fix({one.task.id, score.dataHash, one.task.metric, one.task.margin, "imported", nowUtc()});
    if (!fixed)
        return fixed.error();
    if (Result<void> read = terms.addRead({*added, one.task.id, score.dataHash, {}, score.n, nowUtc()}); !read)
        return std::move(read).error();
    if (Result<void> put = db::PredictionRepository(database).put(score, one.answers); !put)
        return std::move(put).error();
    return added;
}

Result<Answered> answered(const Project& project, SQLite::Database& database, const std::vector<TaskVersions>& all, const PredictionFile& given)
{
    const auto task = std::find_if(all.begin(), all.end(), [&](const TaskVersions& one) { return one.task.name == given.task; });
    if (task == all.end())
        return Error{ErrorCode::NotFound, "there is no task “" + given.task + "”"};
    const auto version = task->splits.find(Split::Test);
    if (version == task->splits.end())
        return Error{ErrorCode::InvalidInput, given.task + " has no test rows"};
    const Result<std::vector<Row>> rows = rowsOf(project, database, version->second);
    if (!rows)
        return rows.error();
    Result<std::vector<Prediction>> answers = readPredictions(given.file, *rows);
    if (!answers)
        return std::move(answers).error();
    Answered one{task->task, {}, *std::move(answers)};
    one.score = scored(one.task, *rows, one.answers, version->second.hash);
    return one;
}

}  // namespace

Result<std::vector<RunId>> importPredictions(
    const Project& project, const std::vector<PredictionFile>& files, const std::string& as, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const auto all = versionsOf(**connection);
    if (!all)
        return all.error();
    std::vector<Answered> read;
    for (const PredictionFile& file : files) {
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (context.report)
            context.report({static_cast<std::int64_t>(read.size()), static_cast<std::int64_t>(files.size()), {}, "reading " + file.task});
        Result<Answered> one = answered(project, **connection, *all, file);
        if (!one)
            return std::move(one).error();
        read.push_back(*std::move(one));
    }
    std::vector<RunId> runs;
    const Result<void> done = db::inTransaction(**connection, [&]() -> Result<void> {
        for (const Answered& one : read) {
            const Result<RunId> run = stored(**connection, as.empty() ? "deployed" : as, one);
            if (!run)
                return run.error();
            runs.push_back(*run);
        }
        return {};
    });
    if (!done)
        return done.error();
    return runs;
}

}  // namespace taskfold::jobs
