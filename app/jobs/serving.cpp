#include "app/jobs/serving.h"

#include "app/jobs/baselines.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/pairing.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "db/settingrepository.h"
#include "db/taskrepository.h"
#include "engine/core/random.h"
#include "engine/stats/distributions.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <numeric>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

using nlohmann::json;

constexpr int kTurns = 3;

double residentMib()
{
    std::ifstream file("/proc/self/statm");
    double whole = 0, resident = 0;
    file >> whole >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double peakMib()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

json of(const Served& s)
{
    return {{"peak_mib", s.peakMib}, {"base_mib", s.baseMib}, {"load_seconds", s.loadSeconds}, {"first_answer_seconds", s.firstAnswerSeconds},
        {"seconds", s.seconds}, {"p50", s.p50}, {"p95", s.p95}, {"requests_per_s", s.requestsPerSecond}, {"requests", s.requests}, {"models", s.models}};
}

Served servedFrom(const json& value)
{
    Served s;
    s.peakMib = value.at("peak_mib");
    s.baseMib = value.at("base_mib");
    s.loadSeconds = value.at("load_seconds");
    s.firstAnswerSeconds = value.at("first_answer_seconds");
    s.seconds = value.at("seconds");
    s.p50 = value.at("p50");
    s.p95 = value.at("p95");
    s.requestsPerSecond = value.at("requests_per_s");
    s.requests = value.at("requests");
    s.models = value.at("models");
    return s;
}

// Which of the models answers a task, and with which rows.
struct Lane {
    std::size_t model = 0;
    Task task;
    std::vector<Row> rows;
    double share = 1;
};

class Server {
public:
    Server(const Project& project, SQLite::Database& database) : m_project(project), m_database(database) { }

    Result<void> add(RunId id)
    {
        const Result<Run> run = db::RunRepository(m_database).byId(id);
        if (!run)
            return run.error();
        if (run->checkpoint.empty())
            return Error{ErrorCode::InvalidInput, "run " + std::to_string(id.value) + " has no model"};
        const Result<Plan> plan = planOf(m_project, run->plan);
        if (!plan)
            return plan.error();
        std::vector<std::string> names = plan->kept;
        if (run->kind == RunKind::Baseline) {
            const Result<Task> task = db::TaskRepository(m_database).byId(run->task);
            if (!task)
                return task.error();
            names = {task->name};
        }
        for (const std::string& name : names) {
            const Result<TaskVersions> task = frozenTask(m_database, *plan, name);
            if (!task)
                return task.error();
            const auto version = task->splits.find(Split::Validation);
            if (version == task->splits.end())
                continue;
            Result<std::vector<Row>> rows = rowsOf(m_project, m_database, version->second);
            if (!rows)
                return std::move(rows).error();
            if (!rows->empty())
                m_lanes.push_back({m_setup.models.size(), task->task, *std::move(rows), task->task.trafficShare});
        }
        m_setup.models.push_back(m_project.resolved(run->checkpoint));
        m_setup.placement = {run->device, run->threads, plan->precision};
        m_setup.context = plan->context;
        m_setup.maxNewTokens = plan->maxNewTokens;
        return {};
    }

    // The same requests whichever models answer: lanes by task's name, and a fixed seed.
    Result<compute::ServeSetup> traffic(int requests)
    {
        if (m_lanes.empty())
            return Error{ErrorCode::InvalidInput, "these runs' tasks have no validation rows to ask"};
        std::sort(m_lanes.begin(), m_lanes.end(), [](const Lane& a, const Lane& b) { return a.task.name < b.task.name; });
        double all = 0;
        for (const Lane& lane : m_lanes)
            all += lane.share;
        Random random{17};
        for (int i = 0; i < requests; ++i) {
            double place = random.uniform() * (all > 0 ? all : static_cast<double>(m_lanes.size()));
            std::size_t at = 0;
            for (; at + 1 < m_lanes.size() && place >= (all > 0 ? m_lanes[at].share : 1); ++at)
                place -= all > 0 ? m_lanes[at].share : 1;
            const Lane& lane = m_lanes[at];
            m_setup.requests.push_back({lane.model, lane.task, lane.rows[static_cast<std::size_t>(random.below(lane.rows.size()))]});
        }
        return m_setup;
    }

private:
    const Project& m_project;
    SQLite::Database& m_database;
    std::vector<Lane> m_lanes;
    compute::ServeSetup m_setup;
};

// Reads all that the child says on its standard output.
Result<Served> inChild(const Project& project, const std::vector<RunId>& runs, int requests, const JobContext& context)
{
    std::error_code failure;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path() / "taskfold-cli";
    if (!std::filesystem::exists(program, failure))
        return Error{ErrorCode::NotFound, "serving is measured by taskfold-cli, which isn't installed beside this program"};
    std::string list;
    for (const RunId run : runs)
        list += (list.empty() ? "" : ",") + std::to_string(run.value);
    const std::string count = std::to_string(requests), folder = project.folder.string();
    int ends[2];
    if (::pipe(ends) != 0)
        return Error{ErrorCode::Io, "no pipe to the measuring process"};
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execl(program.c_str(), "taskfold-cli", "bench", "serve", folder.c_str(), "--runs", list.c_str(), "--requests", count.c_str(),
            static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    const std::stop_callback stopped(context.stop, [child] { ::kill(child, SIGTERM); });
    std::string said;
    char buffer[4096];
    for (ssize_t got = ::read(ends[0], buffer, sizeof buffer); got > 0; got = ::read(ends[0], buffer, sizeof buffer))
        said.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    if (child > 0)
        ::waitpid(child, &status, 0);
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    const json value = json::parse(said, nullptr, false);
    if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !value.is_object())
        return Error{ErrorCode::Io, "the process that measures serving failed: " + said.substr(0, 200)};
    return servedFrom(value);
}

double median(std::vector<double> values)
{
    return stats::quantile(std::move(values), 0.5);
}

// Memory at its most, everything else the median of the turns.
Served middle(const std::vector<Served>& turns)
{
    const auto of = [&](double Served::*field) {
        std::vector<double> values;
        for (const Served& one : turns)
            values.push_back(one.*field);
        return median(values);
    };
    Served served = turns.front();
    for (double Served::*field : {&Served::peakMib, &Served::baseMib, &Served::loadSeconds, &Served::firstAnswerSeconds, &Served::seconds, &Served::p50,
             &Served::p95, &Served::requestsPerSecond})
        served.*field = of(field);
    return served;
}

std::string keyOf(RunId candidate)
{
    return "serving:" + std::to_string(candidate.value);
}

}  // namespace

Result<Served> serveHere(const Project& project, const std::vector<RunId>& runs, int requests, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Server server(project, **connection);
    for (const RunId run : runs)
        if (Result<void> added = server.add(run); !added)
            return std::move(added).error();
    const Result<compute::ServeSetup> setup = server.traffic(requests);
    const Result<compute::Engine*> engine = computeEngine();
    if (!setup || !engine)
        return setup ? engine.error() : setup.error();
    Served served;
    served.baseMib = residentMib();
    const Result<compute::ServeOutcome> outcome = (*engine)->serve(*setup, context.stop);
    if (!outcome)
        return outcome.error();
    served.peakMib = peakMib();
    served.loadSeconds = outcome->loadSeconds;
    served.firstAnswerSeconds = outcome->firstAnswerSeconds;
    served.seconds = std::accumulate(outcome->latencies.begin(), outcome->latencies.end(), 0.0);
    served.p50 = stats::quantile(outcome->latencies, 0.5);
    served.p95 = stats::quantile(outcome->latencies, 0.95);
    served.requests = requests;
    served.models = static_cast<int>(runs.size());
    served.requestsPerSecond = served.seconds > 0 ? requests / served.seconds : 0;
    return served;
}

Result<void> measureServing(const Project& project, RunId candidate, int requests, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Pairing pairing(project, **connection);
    if (Result<void> chosen = pairing.choose(candidate, {}); !chosen)
        return chosen;
    const Result<Baselines> singles = Baselines::of(**connection);
    if (!singles)
        return singles.error();
    std::vector<RunId> many, one{pairing.candidate().id};
    const Plan& plan = pairing.plan();
    for (const auto* names : {&plan.kept, &plan.excluded})
        for (const std::string& name : *names) {
            const Result<Task> task = db::TaskRepository(**connection).byName(name);
            const std::optional<Run> single = task ? singles->find(plan, name, task->id, pairing.candidate().seed) : std::nullopt;
            if (!single)
                return Error{ErrorCode::InvalidInput, "there is no single-task model of " + name + " to serve beside the folded one"};
            many.push_back(single->id);
            if (names == &plan.excluded)
                one.push_back(single->id);
        }
    std::vector<Served> before, after;
    for (int turn = 0; turn < kTurns; ++turn)
        for (const bool folded : {false, true}) {
            if (context.report)
                context.report({2 * turn + (folded ? 1 : 0), 2 * kTurns, pairing.candidate().id,
                    folded ? "serving the folded model" : "serving the single-task models"});
            Result<Served> served = inChild(project, folded ? one : many, requests, context);
            if (!served)
                return std::move(served).error();
            (folded ? after : before).push_back(*served);
        }
    return db::SettingRepository(**connection)
        .set(keyOf(pairing.candidate().id), json{{"before", of(middle(before))}, {"after", of(middle(after))}}.dump());
}

Result<std::vector<LedgerLine>> servingLines(SQLite::Database& database, RunId candidate)
{
    const Result<std::optional<std::string>> kept = db::SettingRepository(database).get(keyOf(candidate));
    if (!kept)
        return kept.error();
    const json value = *kept ? json::parse(**kept, nullptr, false) : json();
    if (!value.is_object() || !value.contains("before") || !value.contains("after"))
        return std::vector<LedgerLine>{};
    const Served a = servedFrom(value["before"]), b = servedFrom(value["after"]);
    const std::string how = std::to_string(a.requests) + " validation rows by the tasks' traffic shares, one at a time, in a process of its own; median of "
        + std::to_string(kTurns) + " turns";
    return std::vector<LedgerLine>{
        {"serving_mib", a.peakMib, b.peakMib, "MiB", "peak resident memory of one process that holds all models, libraries included; " + how},
        {"serving_models_mib", a.peakMib - a.baseMib, b.peakMib - b.baseMib, "MiB", "the same without what the process held before it loaded a model"},
        {"latency_p50_ms", 1000 * a.p50, 1000 * b.p50, "ms", "time to answer; " + how},
        {"latency_p95_ms", 1000 * a.p95, 1000 * b.p95, "ms", "time to answer; " + how},
        {"requests_per_s", a.requestsPerSecond, b.requestsPerSecond, "requests/s", how},
        {"start_seconds", a.firstAnswerSeconds, b.firstAnswerSeconds, "seconds", "from the start of loading to the first answer"},
    };
}

}  // namespace taskfold::jobs
