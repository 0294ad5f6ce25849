#include "app/jobs/check.h"

#include "db/baserepository.h"
#include "db/datasetrepository.h"
#include "db/integrity.h"
#include "db/runrepository.h"
#include "engine/data/rowstore.h"
#include "engine/format/modelfolder.h"

#include <algorithm>
#include <set>
#include <system_error>

namespace taskfold::jobs {

namespace {

class Checker {
public:
    Checker(const Project& project, SQLite::Database& database, const JobContext& context)
        : m_project(project), m_database(database), m_context(context)
    {
    }

    Result<std::vector<Problem>> check()
    {
        for (const auto step : {&Checker::database, &Checker::rows, &Checker::runs, &Checker::bases}) {
            if (m_context.stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            if (Result<void> done = (this->*step)(); !done)
                return std::move(done).error();
        }
        return m_problems;
    }

private:
    void tell(const std::string& phase) const
    {
        if (m_context.report)
            m_context.report({0, 0, {}, phase});
    }

    Result<void> database()
    {
        tell("checking the database");
        const Result<std::vector<std::string>> found = db::integrityProblems(m_database);
        if (!found)
            return found.error();
        for (const std::string& problem : *found)
            m_problems.push_back({"project.db", problem});
        return {};
    }

    Result<void> rows()
    {
        tell("checking rows");
        const Result<std::vector<std::string>> hashes = db::DatasetRepository(m_database).hashesInUse();
        if (!hashes)
            return hashes.error();
        const std::set<std::string> used(hashes->begin(), hashes->end());
        for (const std::string& hash : used)
            if (const Result<void> fine = data::verifyRows(m_project.rows(), hash); !fine)
                m_problems.push_back({"rows/" + hash + ".arrow", fine.error().detail});
        std::error_code failure;
        for (std::filesystem::directory_iterator at(m_project.rows(), failure), end; !failure && at != end; at.increment(failure))
            if (!used.contains(at->path().stem().string()))
                m_problems.push_back({"rows/" + at->path().filename().string(), "belongs to no import: it can be deleted"});
        return {};
    }

    Result<void> runs()
    {
        tell("checking checkpoints");
        const Result<std::vector<Run>> runs = db::RunRepository(m_database).all();
        if (!runs)
            return runs.error();
        std::set<std::string> known;
        for (const Run& run : *runs) {
            known.insert(std::to_string(run.id.value));
            if (run.status == RunStatus::Completed && !run.checkpoint.empty())
                model("run " + std::to_string(run.id.value), m_project.resolved(run.checkpoint), run.checkpointHash);
        }
        std::error_code failure;
        for (std::filesystem::directory_iterator at(m_project.runs(), failure), end; !failure && at != end; at.increment(failure))
            if (!known.contains(at->path().filename().string()))
                m_problems.push_back({"runs/" + at->path().filename().string(), "belongs to no run: it can be deleted"});
        return {};
    }

    Result<void> bases()
    {
        tell("checking base models");
        const Result<std::vector<BaseModel>> bases = db::BaseRepository(m_database).all();
        if (!bases)
            return bases.error();
        for (const BaseModel& base : *bases)
            model("base model " + base.name, m_project.resolved(base.path), base.hash);
        return {};
    }

    void model(const std::string& where, const std::filesystem::path& folder, const std::string& hash)
    {
        const Result<ModelFolderFacts> facts = inspectModelFolder(folder, m_context.stop);
        if (!facts)
            m_problems.push_back({where, facts.error().detail});
        else if (facts->hash != hash)
            m_problems.push_back({where, "its weights aren't those that were written"});
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const JobContext& m_context;
    std::vector<Problem> m_problems;
};

}  // namespace

Result<std::vector<Problem>> checkProject(const Project& project, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return Checker(project, **connection, context).check();
}

}  // namespace taskfold::jobs
