#include "app/jobs/check.h"

#include "app/jobs/rowlog.h"
#include "app/jobs/taskdata.h"
#include "db/baserepository.h"
#include "db/datasetrepository.h"
#include "db/integrity.h"
#include "db/runrepository.h"
#include "engine/data/issuestore.h"
#include "engine/data/rowstore.h"
#include "engine/format/modelfolder.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <unordered_map>

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
        for (const auto step : {&Checker::database, &Checker::rows, &Checker::runs, &Checker::seenRows, &Checker::bases}) {
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
        const Result<std::vector<std::string>> issues = db::DatasetRepository(m_database).issueHashesInUse();
        if (!issues)
            return issues.error();
        std::set<std::string> used(hashes->begin(), hashes->end());
        for (const std::string& hash : used)
            if (const Result<void> fine = data::verifyRows(m_project.rows(), hash); !fine)
                m_problems.push_back({"rows/" + hash + ".arrow", fine.error().detail});
        for (const std::string& hash : *issues)
            if (const Result<void> fine = data::verifyIssues(m_project.rows(), hash); !fine)
                m_problems.push_back({"rows/" + hash + ".arrow", fine.error().detail});
        used.insert(issues->begin(), issues->end());
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

    // No row of a validation or test split may have been trained on (method.md 15, 9): asked of each run's own log.
    Result<void> seenRows()
    {
        tell("checking what runs were trained on");
        const Result<std::vector<Run>> runs = db::RunRepository(m_database).all();
        const auto held = heldOut();
        if (!runs || !held)
            return runs ? held.error() : runs.error();
        for (const Run& run : *runs) {
            const auto log = readRowLog(m_project.runs() / std::to_string(run.id.value));
            if (!log && log.error().code == ErrorCode::Damaged)
                m_problems.push_back({"run " + std::to_string(run.id.value), log.error().detail});
            if (log)
                compareWithHeldOut(run, *log, *held);
        }
        return {};
    }

    using Places = std::unordered_map<std::uint64_t, std::string>;

    Result<Places> heldOut() const
    {
        const Result<std::vector<TaskVersions>> tasks = versionsOf(m_database);
        if (!tasks)
            return tasks.error();
        Places places;
        for (const TaskVersions& task : *tasks)
            for (const auto& [split, version] : task.splits) {
                if (split == Split::Train)
                    continue;
                const Result<data::RowFile> rows = data::RowFile::open(m_project.rows(), version.hash);
                if (!rows)
                    continue;  // named already
                for (std::int64_t i = 0; i < rows->size(); ++i)
                    places.try_emplace(inputHash(rows->input(i)),
                        dataKey(task.task.name, split) + " line " + std::to_string(rows->line(i)));
            }
        return places;
    }

    void compareWithHeldOut(const Run& run, const std::vector<RowLogPart>& log, const Places& held)
    {
        std::int64_t count = 0;
        std::string example;
        for (const RowLogPart& part : log)
            for (const std::uint64_t input : part.inputs)
                if (const auto twin = held.find(input); twin != held.end() && ++count == 1)
                    example = part.source + ", the same text as " + twin->second;
        if (count > 0)
            m_problems.push_back({"run " + std::to_string(run.id.value),
                "was trained on " + std::to_string(count) + " rows that now stand in a validation or test split (" + example
                    + "): train it anew before its scores are believed"});
    }

    Result<void> bases()
    {
        tell("checking base models");
        const Result<std::vector<BaseModel>> bases = db::BaseRepository(m_database).all();
        if (!bases)
            return bases.error();
        std::set<std::filesystem::path> known;
        for (const BaseModel& base : *bases) {
            model("base model " + base.name, m_project.resolved(base.path), base.hash);
            known.insert(m_project.resolved(base.path).lexically_normal());
        }
        std::error_code failure;
        for (std::filesystem::directory_iterator at(m_project.models(), failure), end; !failure && at != end; at.increment(failure))
            if (!known.contains(at->path().lexically_normal()) && at->path().extension() != ".part")  // another program is making that
                m_problems.push_back({"models/" + at->path().filename().string(), "belongs to no base model: it can be deleted"});
        return {};
    }

    void model(const std::string& where, const std::filesystem::path& folder, const std::string& hash)
    {
        const Result<WeightsFacts> facts = inspectWeights(folder, m_context.stop);
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
