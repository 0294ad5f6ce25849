#include "app/jobs/reporting.h"

#include "app/jobs/baselines.h"
#include "app/jobs/comparing.h"
#include "app/jobs/filter.h"
#include "app/jobs/overview.h"
#include "app/jobs/planfile.h"
#include "app/jobs/training.h"
#include "app/jobs/volumes.h"
#include "db/comparisonrepository.h"
#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/runrepository.h"
#include "engine/core/clock.h"
#include "engine/report/writers.h"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/utsname.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

constexpr std::size_t kRowsOfTask = 20;

std::string firstLine(const char* file, const std::string& start)
{
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(start)) {
            const std::size_t colon = line.find_first_of(":=");
            std::string value = colon == std::string::npos ? line : line.substr(colon + 1);
            std::erase(value, '"');
            value.erase(0, value.find_first_not_of(" \t"));
            return value;
        }
    return {};
}

std::vector<std::pair<std::string, std::string>> environment(const std::vector<report::NamedRun>& runs)
{
    std::vector<std::pair<std::string, std::string>> facts;
    utsname system{};
    if (::uname(&system) == 0)
        facts.emplace_back("system", firstLine("/etc/os-release", "PRETTY_NAME") + ", " + system.sysname + " " + system.release);
    facts.emplace_back("processor", firstLine("/proc/cpuinfo", "model name") + ", "
            + std::to_string(std::thread::hardware_concurrency()) + " cores");
    facts.emplace_back("memory", firstLine("/proc/meminfo", "MemTotal"));
    if (!runs.empty())
        facts.emplace_back("device of the runs", runs.front().run.device + ", " + std::to_string(runs.front().run.threads) + " threads");
    return facts;
}

class Gatherer {
public:
    Gatherer(const Project& project, SQLite::Database& database, const JobContext& context)
        : m_project(project), m_database(database), m_context(context)
    {
    }

    Result<report::ReportData> gather(const ReportWish& wish)
    {
        m_comparison = wish.comparison;
        m_data.sections = wish.sections;
        m_data.project = std::filesystem::absolute(m_project.folder).lexically_normal().filename().string();
        m_data.title = wish.title.empty() ? "Folding " + m_data.project : wish.title;
        m_data.created = wish.date.empty() ? nowUtc() : wish.date;
        m_data.language = wish.language;
        m_data.program = "Taskfold " TASKFOLD_VERSION;
        for (const auto step : {&Gatherer::tasks, &Gatherer::filter, &Gatherer::comparison, &Gatherer::runs})
            if (Result<void> done = (this->*step)(); !done)
                return std::move(done).error();
        m_data.environment = environment(m_data.runs);
        return std::move(m_data);
    }

private:
    Result<void> tasks()
    {
        const Result<std::string> base = usualBase(m_project);
        if (!base)
            return base.error();
        Result<std::vector<TaskVolume>> volumes = volumesOf(m_project, *base, m_context);
        Result<std::vector<Corpus>> corpora = db::CorpusRepository(m_database).all();
        if (!volumes || !corpora)
            return volumes ? std::move(corpora).error() : std::move(volumes).error();
        m_data.tasks = *std::move(volumes);
        m_data.corpora = *std::move(corpora);
        for (const TaskVolume& task : m_data.tasks) {
            m_data.names[task.task.id] = task.task.name;
            const auto versions = db::DatasetRepository(m_database).newest(task.task.id);
            if (!versions)
                return versions.error();
            for (const auto& [split, version] : *versions)
                m_data.versions.emplace_back(task.task.name, version);
        }
        return {};
    }

    Result<void> filter()
    {
        Result<FilterView> view = filterView(m_project);
        if (!view)
            return std::move(view).error();
        m_data.suggestions = std::move(view->suggestions);
        m_data.decisions = std::move(view->current);
        m_data.history = std::move(view->history);
        return {};
    }

    Result<void> readComparison()
    {
        const db::ComparisonRepository repository(m_database);
        if (m_comparison) {
            Result<Comparison> named = repository.byId(m_comparison);
            if (!named)
                return std::move(named).error();
            m_data.comparison = *std::move(named);
            return {};
        }
        Result<std::optional<Comparison>> newest = repository.newest();
        if (!newest)
            return std::move(newest).error();
        m_data.comparison = *std::move(newest);
        return {};
    }

    Result<void> comparison()
    {
        if (Result<void> read = readComparison(); !read || !m_data.comparison)
            return read;
        const Result<Overview> overview = overviewOf(m_project);
        if (!overview)
            return overview.error();
        m_data.slopes = slopesOf(*overview, *m_data.comparison);
        m_data.suiteLine = suiteLine(*m_data.comparison);
        for (const TaskComparison& task : m_data.comparison->tasks) {
            if (task.verdict == Verdict::NotComputable)
                continue;
            Result<std::vector<RowDifference>> rows = rowDifferences(m_project, *m_data.comparison, task.task, kRowsOfTask);
            if (!rows)
                return std::move(rows).error();
            m_data.rows[task.task] = *std::move(rows);
        }
        return {};
    }

    Result<void> runs()
    {
        if (!m_data.comparison)
            return {};
        const db::RunRepository repository(m_database);
        const Result<Run> candidate = repository.byId(m_data.comparison->candidate);
        if (!candidate)
            return candidate.error();
        Result<Plan> plan = planOf(m_project, candidate->plan);
        const Result<Baselines> singles = Baselines::of(m_database);
        const Result<std::vector<Run>> all = repository.all();
        if (!plan || !singles || !all)
            return !plan ? plan.error() : !singles ? singles.error() : all.error();
        for (const std::uint64_t seed : plan->seeds)
            for (const auto& [id, name] : m_data.names)
                if (const std::optional<Run> run = singles->find(*plan, name, id, seed))
                    m_data.runs.push_back({*run, name});
        for (const Run& run : *all)
            if (run.kind == RunKind::Probe || (run.plan == plan->id && run.kind != RunKind::Baseline))
                m_data.runs.push_back({run, {}});
        std::sort(m_data.runs.begin(), m_data.runs.end(),
            [](const report::NamedRun& a, const report::NamedRun& b) { return a.run.id < b.run.id; });
        m_data.planHash = planHash(*plan);
        m_data.plan = *std::move(plan);
        return {};
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const JobContext& m_context;
    ComparisonId m_comparison;
    report::ReportData m_data;
};

}  // namespace

Result<ReportWish> reportWish(
    const std::string& title, const std::string& sections, const std::string& language, const std::string& date, std::int64_t comparison)
{
    ReportWish wish;
    wish.title = title;
    wish.date = date;
    wish.comparison = ComparisonId{comparison};
    if (language != "en" && language != "zh")
        return Error{ErrorCode::InvalidInput, "a report's language is en or zh, not “" + language + "”"};
    wish.language = language == "zh" ? report::Language::Chinese : report::Language::English;
    if (sections.empty())
        return wish;
    wish.sections.clear();
    std::stringstream words(sections);
    for (std::string word; std::getline(words, word, ',');) {
        const auto& all = report::allSections();
        const auto found = std::find_if(all.begin(), all.end(), [&](report::Section one) { return report::wordOf(one) == word; });
        if (found == all.end())
            return Error{ErrorCode::InvalidInput, "there is no section “" + word + "” in a report"};
        wish.sections.push_back(*found);
    }
    return wish;
}

Result<report::ReportData> reportData(const Project& project, const ReportWish& wish, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return Gatherer(project, **connection, context).gather(wish);
}

Result<void> writeWhole(const std::filesystem::path& file, const std::string& text)
{
    std::error_code failure;
    if (file.has_parent_path())
        std::filesystem::create_directories(file.parent_path(), failure);
    const std::filesystem::path beside = file.string() + "." + std::to_string(::getpid()) + ".part";
    std::ofstream out(beside, std::ios::binary);
    out << text;
    out.close();
    bool done = static_cast<bool>(out);
    if (const int handle = ::open(beside.c_str(), O_RDONLY | O_CLOEXEC); handle >= 0) {
        done = ::fsync(handle) == 0 && done;
        ::close(handle);
    }
    if (done)
        std::filesystem::rename(beside, file, failure);
    if (!done || failure) {
        const std::string words = failure ? failure.message() : "it can't be written";
        std::filesystem::remove(beside, failure);
        return Error{ErrorCode::Io, file.string() + ": " + words};
    }
    return {};
}

namespace {

Result<void> writeTables(const report::ReportData& data, const std::filesystem::path& file)
{
    for (const auto& [key, text] : report::csvTables(data)) {
        const auto name = file.parent_path() / (file.stem().string() + "-" + key + ".csv");
        if (Result<void> written = writeWhole(name, text); !written)
            return written;
    }
    return writeWhole(file, report::csvReport(data));
}

}  // namespace

Result<void> writeReport(const report::ReportData& data, const std::filesystem::path& file)
{
    const std::string ending = file.extension().string();
    if (ending == ".html" || ending == ".htm")
        return writeWhole(file, report::htmlReport(data));
    if (ending == ".md")
        return writeWhole(file, report::markdownReport(data));
    if (ending == ".csv")
        return writeTables(data, file);
    if (ending == ".json")
        return writeWhole(file, jsonReport(data));
    if (ending == ".tex")
        return writeWhole(file, report::texReport(data));
    return Error{ErrorCode::Unsupported, file.string() + ": reports are html, pdf, md, csv, tex or json"};
}

}  // namespace taskfold::jobs
