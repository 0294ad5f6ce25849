#pragma once

#include "app/jobs/baselines.h"
#include "app/jobs/project.h"
#include "db/termsrepository.h"
#include "engine/core/comparison.h"
#include "engine/core/plan.h"
#include "engine/core/row.h"
#include "engine/core/run.h"
#include "engine/stats/metrics.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

/// Which model stands beside which, and their answers row by row.
namespace taskfold::jobs {

/// What predictions that came from elsewhere are stored as: a baseline run of a task, on a device of this name.
inline constexpr const char* kImportedDevice = "imported";

/// What candidates are set against: the single-task models ("single"), another run and its seeds ("7"), or imported
/// predictions of the models deployed today ("imported:NAME").
struct BaselineSet {
    std::string word = "single";
    RunId run;
    std::string imported;

    static Result<BaselineSet> of(const std::string& word);
};

/// The two sides' answers to the rows that both answered, in one order.
struct Paired {
    RunId singleRun, multiRun;
    std::vector<stats::Judged> single, multi;
    std::vector<double> singleConfidence, multiConfidence;
    std::vector<const Row*> rows;
    Decode decode = Decode::Greedy;
    std::string missing;  // why there is nothing to compare
    std::string difference;  // which rows only one of the two answered
};

/// Reads all runs and plans once.
class Pairing {
public:
    Pairing(const Project& project, SQLite::Database& database) : m_project(project), m_database(database) { }

    /// `candidate`: the newest completed stage 3 when none is named.
    Result<void> choose(RunId candidate, const std::string& baseline);

    const Run& candidate() const { return m_candidate; }
    const Plan& plan() const { return m_plan; }
    const BaselineSet& baseline() const { return m_baseline; }
    const std::vector<Run>& runs() const { return m_all; }
    bool isExcluded(const std::string& task) const;
    /// Seeds that are compared: the plan's.
    const std::vector<std::uint64_t>& seeds() const { return m_plan.seeds; }
    const Run* run(RunId id) const;
    Result<Plan> planOfRun(const Run& run) const;
    Result<std::vector<Row>> testRows(const std::string& task) const;
    std::string testHash(const std::string& task) const;  // empty: none

    /// Margin and metric in force for these test rows: those that were fixed before they were read.
    Result<std::optional<db::Terms>> terms(const Task& task) const;
    Result<Paired> pair(const Task& task, const std::vector<Row>& rows, std::uint64_t seed) const;

private:
    RunId newestStage3() const;
    RunId singleOf(const Task& task, std::uint64_t seed) const;
    RunId multiOf(std::uint64_t seed) const;
    RunId leftOf(const Task& task, std::uint64_t seed) const;
    Result<std::string> sameRows(const Task& task, RunId left, RunId right) const;

    const Project& m_project;
    SQLite::Database& m_database;
    std::vector<Run> m_all;
    Run m_candidate;
    BaselineSet m_baseline;
    Plan m_plan;
    Baselines m_singles;
};

}  // namespace taskfold::jobs
