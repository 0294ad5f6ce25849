#include "app/jobs/trainrun.h"

#include "app/jobs/computemodule.h"
#include "app/jobs/runtrainer.h"
#include "engine/format/newfile.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
#include <optional>

namespace taskfold::jobs {

namespace {

constexpr const char* kCompanions = "together.json";

Result<void> ensureFolder(const std::filesystem::path& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::Io, folder.string() + ": " + failure.message()};
    return {};
}

Result<void> writeCompanions(const Project& project, const std::vector<Run>& runs)
{
    nlohmann::json ids = nlohmann::json::array();
    for (const Run& run : runs)
        ids.push_back(run.id.value);
    for (const Run& run : runs)
        if (Result<void> written = ensureFolder(runFolder(project, run.id)); !written)
            return written;
    for (const Run& run : runs)
        if (Result<void> written = writeWhole(runFolder(project, run.id) / kCompanions, ids.dump()); !written)
            return written;
    return {};
}

// One of several trainings in a pass, and how it ended.
struct Companion {
    std::unique_ptr<RunTrainer> trainer;
    bool ended = false;
};

class Company {
public:
    Company(const Project& project, SQLite::Database& database, const JobContext& context)
        : m_project(project), m_database(database), m_context(context)
    {
    }

    Result<void> train(const std::vector<Run>& runs, Start start)
    {
        for (const Run& run : runs)
            add(run, start);
        std::vector<compute::TrainPart> parts;
        for (Companion& one : m_ready) {
            Result<compute::TrainPart> part = one.trainer->part();
            if (!part) {
                fail(one, std::move(part).error());
                continue;
            }
            part->onEnd = [this, &one](const Result<compute::TrainResult>& result) { end(one, result); };
            parts.push_back(*std::move(part));
        }
        const Result<compute::Engine*> engine = computeEngine();
        const Result<void> done = engine ? (parts.empty() ? Result<void>{} : (*engine)->trainTogether(parts)) : Result<void>(engine.error());
        for (Companion& one : m_ready)
            if (!one.ended && !done && done.error().code == ErrorCode::Unsupported)
                alone(one);
            else if (!one.ended)
                fail(one, done ? Error{ErrorCode::Internal, "the training ended without a word"} : done.error());
        return m_first ? Result<void>(*m_first) : Result<void>{};
    }

private:
    void add(const Run& run, Start start)
    {
        Companion one{std::make_unique<RunTrainer>(m_project, m_database, run, start, m_context)};
        const Result<bool> ready = one.trainer->makeReady();
        if (!ready)
            fail(one, ready.error());
        else if (*ready)
            m_ready.push_back(std::move(one));
    }

    void end(Companion& one, const Result<compute::TrainResult>& result)
    {
        if (Result<void> done = one.trainer->conclude(result); !done)
            return fail(one, std::move(done).error());
        one.ended = true;
    }

    void alone(Companion& one)
    {
        if (Result<void> done = one.trainer->train(); !done)
            return fail(one, std::move(done).error());
        one.ended = true;
    }

    // A stop is told last: it is what the queue ends by.
    void fail(Companion& one, Error error)
    {
        one.ended = true;
        Error told = one.trainer->ended(std::move(error));
        if (!m_first || told.code == ErrorCode::Cancelled)
            m_first = std::move(told);
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const JobContext& m_context;
    std::vector<Companion> m_ready;
    std::optional<Error> m_first;
};

}  // namespace

std::filesystem::path runFolder(const Project& project, RunId run)
{
    return project.runs() / std::to_string(run.value);
}

Result<void> trainRun(const Project& project, const Run& run, Start start, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    RunTrainer trainer(project, **connection, run, start, context);
    const Result<bool> ready = trainer.makeReady();
    Result<void> done = !ready ? Result<void>(ready.error()) : *ready ? trainer.train() : Result<void>{};
    if (done)
        return done;
    return trainer.ended(std::move(done).error());
}

Result<void> trainRuns(const Project& project, const std::vector<Run>& runs, Start start, const JobContext& context)
{
    if (runs.size() == 1)
        return trainRun(project, runs.front(), start, context);
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    if (Result<void> written = writeCompanions(project, runs); !written)
        return written;
    return Company(project, **connection, context).train(runs, start);
}

std::vector<RunId> companionsOf(const Project& project, RunId run)
{
    std::ifstream in(runFolder(project, run) / kCompanions, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto ids = nlohmann::json::parse(text, nullptr, false);
    std::vector<RunId> runs;
    if (ids.is_array())
        for (const auto& id : ids)
            if (id.is_number_integer())
                runs.push_back(RunId{id.get<std::int64_t>()});
    if (runs.empty())
        runs.push_back(run);
    return runs;
}

}  // namespace taskfold::jobs
