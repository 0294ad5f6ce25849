#include "app/jobs/comparing.h"

#include "app/jobs/caveats.h"
#include "app/jobs/filter.h"
#include "app/jobs/pairing.h"
#include "app/jobs/taskdata.h"
#include "db/comparisonrepository.h"
#include "db/taskrepository.h"
#include "engine/core/clock.h"
#include "engine/stats/bootstrap.h"
#include "engine/stats/noninferiority.h"
#include "engine/stats/panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace taskfold::jobs {

namespace {

// Each task draws its own resamples, the same ones at every comparison (FNV-1a of its name).
std::uint64_t seedOf(const std::string& name)
{
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return hash;
}

double invalidShare(const Task& task, const std::vector<stats::Judged>& rows)
{
    const auto panel = stats::panelOf(task.kind == TaskKind::Extraction ? TaskKind::Extraction : TaskKind::Classification, rows, {});
    return panel.back().value;
}

Calibration calibrated(const Task& task, const std::vector<stats::Judged>& rows, const std::vector<double>& confidence)
{
    if (!choosesLabels(task) || std::any_of(confidence.begin(), confidence.end(), [](double c) { return c <= 0; }))
        return {};
    std::vector<bool> right;
    for (const stats::Judged& row : rows)
        right.push_back(stats::rowScore(MetricKind::Accuracy, row) > 0);
    return stats::calibrationOf(confidence, right);
}

class Comparer {
public:
    Comparer(const Project& project, SQLite::Database& database) : m_project(project), m_database(database), m_pairing(project, database) { }

    Result<void> choose(RunId candidate, const std::string& baseline) { return m_pairing.choose(candidate, baseline); }

    Result<Comparison> compare(const JobContext& context)
    {
        Comparison comparison;
        comparison.candidate = m_pairing.candidate().id;
        comparison.baseline = m_pairing.baseline().word;
        comparison.created = nowUtc();
        comparison.program = "Taskfold " TASKFOLD_VERSION;
        if (Result<void> known = readAffinity(); !known)
            return std::move(known).error();
        std::vector<std::string> names = m_pairing.plan().kept;
        names.insert(names.end(), m_pairing.plan().excluded.begin(), m_pairing.plan().excluded.end());
        for (const std::string& name : names) {
            if (context.stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            if (context.report)
                context.report({static_cast<std::int64_t>(comparison.tasks.size()), static_cast<std::int64_t>(names.size()), {},
                    "comparing " + name});
            stats::PairedDifference difference;
            Result<TaskComparison> task = compareTask(name, difference);
            if (!task)
                return std::move(task).error();
            comparison.tasks.push_back(*std::move(task));
            m_differences.push_back(std::move(difference));
        }
        judgeAll(comparison);
        Result<std::vector<std::string>> caveats = caveatsOf(m_pairing, m_database, comparison);
        Result<Ledger> ledger = ledgerOf(m_project, m_database, m_pairing.plan(), m_pairing.candidate().seed, m_pairing.candidate().id);
        if (!caveats || !ledger)
            return caveats ? std::move(ledger).error() : std::move(caveats).error();
        comparison.ledger = *std::move(ledger);
        comparison.warnings = std::move(m_warnings);
        comparison.warnings.insert(comparison.warnings.end(), caveats->begin(), caveats->end());
        comparison.fixed = m_fixed;
        return comparison;
    }

    Result<std::vector<RowDifference>> rows(const TaskComparison& shown, std::size_t limit)
    {
        Result<Task> task = db::TaskRepository(m_database).byId(shown.task);
        if (!task)
            return std::move(task).error();
        std::vector<RowDifference> all;
        if (shown.excluded && m_pairing.baseline().word == "single")
            return all;
        task->metric = shown.metric;
        const Result<std::vector<Row>> rows = m_pairing.testRows(task->name);
        if (!rows)
            return rows.error();
        const Result<Paired> pairs = m_pairing.pair(*task, *rows, m_pairing.candidate().seed);
        if (!pairs)
            return pairs.error();
        for (std::size_t i = 0; i < pairs->rows.size(); ++i) {
            if (pairs->single[i].prediction == pairs->multi[i].prediction)
                continue;
            const Row& row = *pairs->rows[i];
            all.push_back({row.line, row.input, row.target, pairs->single[i].prediction, pairs->multi[i].prediction,
                stats::rowScore(task->metric, pairs->single[i]), stats::rowScore(task->metric, pairs->multi[i])});
        }
        std::stable_sort(all.begin(), all.end(), [](const RowDifference& a, const RowDifference& b) {
            return std::abs(a.multiScore - a.singleScore) > std::abs(b.multiScore - b.singleScore);
        });
        if (all.size() > limit)
            all.resize(limit);
        return all;
    }

private:
    Result<void> readAffinity()
    {
        const Result<FilterView> view = filterView(m_project);
        if (!view)
            return view.error();
        for (const Suggestion& suggestion : view->suggestions)
            m_affinity[suggestion.task] = suggestion.incoming;
        return {};
    }

    // What was fixed beforehand counts, whatever the task says by now.
    Result<void> takeTerms(Task& task, TaskComparison& result)
    {
        const Result<std::optional<db::Terms>> terms = m_pairing.terms(task);
        if (!terms)
            return terms.error();
        if (!*terms) {
            m_warnings.push_back(task.name + ": margin and metric weren't fixed before its test rows were read.");
        } else {
            m_fixed = std::max(m_fixed, (*terms)->fixed);
            if ((*terms)->margin != task.margin || (*terms)->metric != task.metric) {
                char words[200];
                std::snprintf(words, sizeof words, ": judged by %s at %g points, as fixed on %s; the task says %s at %g points since.",
                    std::string(wordOf((*terms)->metric)).c_str(), 100 * (*terms)->margin, (*terms)->fixed.c_str(),
                    std::string(wordOf(task.metric)).c_str(), 100 * task.margin);
                m_warnings.push_back(task.name + words);
            }
            task.margin = (*terms)->margin;
            task.metric = (*terms)->metric;
        }
        result.metric = task.metric;
        result.margin = task.margin;
        return {};
    }

    Result<TaskComparison> compareTask(const std::string& name, stats::PairedDifference& difference)
    {
        Result<Task> task = db::TaskRepository(m_database).byName(name);
        const Result<TaskVersions> versions = frozenTask(m_database, m_pairing.plan(), name);
        const Result<std::vector<Row>> rows = m_pairing.testRows(name);
        if (!task || !versions || !rows)
            return !task ? std::move(task).error() : !versions ? versions.error() : rows.error();
        TaskComparison result;
        result.task = task->id;
        result.name = name;
        result.suite = task->suite;
        result.excluded = m_pairing.isExcluded(name);
        result.trainRows = versions->trainable();
        result.dataHash = m_pairing.testHash(name);
        if (const auto found = m_affinity.find(task->id); found != m_affinity.end())
            result.affinity = found->second;
        if (Result<void> taken = takeTerms(*task, result); !taken)
            return std::move(taken).error();
        std::vector<stats::SeedPair> seeds;
        for (const std::uint64_t seed : m_pairing.seeds()) {
            const Result<Paired> paired = m_pairing.pair(*task, *rows, seed);
            if (!paired)
                return paired.error();
            if (paired->missing.empty())
                take(*task, seed, *paired, seeds, result);
            else
                result.note = paired->missing;
        }
        if (task->metric == MetricKind::Perplexity && !seeds.empty()) {
            result.note = "answers alone don't tell a perplexity";
            seeds.clear();
        }
        if (!seeds.empty() && sameLength(seeds, result))
            finish(*task, seeds, result, difference);
        return result;
    }

    // Seeds are resampled together, row by row: all must have answered the same rows.
    static bool sameLength(const std::vector<stats::SeedPair>& seeds, TaskComparison& result)
    {
        for (const stats::SeedPair& pair : seeds)
            if (pair.single.size() != seeds.front().single.size()) {
                result.note = "seeds answered different numbers of rows: evaluate them again";
                return false;
            }
        return true;
    }

    void take(const Task& task, std::uint64_t seed, const Paired& paired, std::vector<stats::SeedPair>& seeds, TaskComparison& result)
    {
        seeds.push_back({stats::rowScores(task.metric, paired.single, task.labels), stats::rowScores(task.metric, paired.multi, task.labels)});
        result.perSeed.push_back({seed, paired.singleRun, paired.multiRun, stats::aggregate(seeds.back().single), stats::aggregate(seeds.back().multi)});
        if (!paired.difference.empty())
            m_warnings.push_back(task.name + ": " + paired.difference + ".");
        if (seed != m_pairing.candidate().seed && result.n > 0)
            return;
        result.decode = paired.decode;
        result.metricDetail = seeds.back().single.detail;
        result.invalidSingle = invalidShare(task, paired.single);
        result.invalidMulti = invalidShare(task, paired.multi);
        result.calibrationSingle = calibrated(task, paired.single, paired.singleConfidence);
        result.calibrationMulti = calibrated(task, paired.multi, paired.multiConfidence);
        result.n = static_cast<std::int64_t>(paired.rows.size());
        result.won = result.lost = 0;
        for (std::size_t i = 0; i < paired.rows.size(); ++i) {
            const double change = stats::rowScore(task.metric, paired.multi[i]) - stats::rowScore(task.metric, paired.single[i]);
            result.won += change > 0 ? 1 : 0;
            result.lost += change < 0 ? 1 : 0;
        }
    }

    static void finish(const Task& task, const std::vector<stats::SeedPair>& seeds, TaskComparison& result, stats::PairedDifference& difference)
    {
        result.note = result.excluded ? "keeps its own model" : "";
        result.seeds = static_cast<int>(seeds.size());
        difference = stats::pairedDifference(seeds, stats::kResamples, seedOf(task.name));
        result.single = difference.single;
        result.multi = difference.multi;
        result.difference = difference.difference;
        result.low = difference.low;
        result.high = difference.high;
        result.se = difference.se;
        result.randomisation = stats::randomisationP(seeds, stats::kResamples, seedOf(task.name));
        if (stats::isRightOrWrong(task.metric) && seeds.size() == 1)
            result.mcNemar = stats::mcNemarExact(result.won, result.lost);
        const double margin = largerIsBetter(task.metric) ? task.margin : task.margin * difference.single;
        result.rowsNeeded = stats::rowsNeeded(difference, result.n, margin);
    }

    void judgeAll(Comparison& comparison)
    {
        std::vector<stats::Judgement> judgements;
        for (std::size_t i = 0; i < comparison.tasks.size(); ++i)
            judgements.push_back(stats::judge(m_differences[i], comparison.tasks[i].metric, comparison.tasks[i].margin));
        stats::correctWorse(judgements);
        std::set<std::string> suites;
        std::set<RunId> runs{comparison.candidate};
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            TaskComparison& task = comparison.tasks[i];
            task.verdict = judgements[i].verdict;
            task.resolvable = judgements[i].resolvable;
            if (task.verdict != Verdict::NotComputable)
                task.worseP = judgements[i].adjustedP;
            suites.insert(task.suite);
            for (const SeedScore& seed : task.perSeed)
                runs.insert({seed.singleRun, seed.multiRun});
        }
        comparison.runs.assign(runs.begin(), runs.end());
        comparison.suite = stats::suiteOf(comparison.tasks, m_differences);
        if (suites.size() > 1)
            for (const std::string& name : suites)
                comparison.suites.push_back(suiteNamed(comparison, name));
    }

    SuiteComparison suiteNamed(const Comparison& comparison, const std::string& name) const
    {
        std::vector<TaskComparison> tasks;
        std::vector<stats::PairedDifference> differences;
        for (std::size_t i = 0; i < comparison.tasks.size(); ++i)
            if (comparison.tasks[i].suite == name) {
                tasks.push_back(comparison.tasks[i]);
                differences.push_back(m_differences[i]);
            }
        SuiteComparison suite = stats::suiteOf(tasks, differences);
        suite.name = name.empty() ? "no suite" : name;
        return suite;
    }

    const Project& m_project;
    SQLite::Database& m_database;
    Pairing m_pairing;
    std::map<TaskId, double> m_affinity;
    std::vector<stats::PairedDifference> m_differences;
    std::vector<std::string> m_warnings;
    std::string m_fixed;
};

}  // namespace

Result<Comparison> comparisonOf(
    const Project& project, RunId candidate, const std::string& baseline, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Comparer comparer(project, **connection);
    if (Result<void> chosen = comparer.choose(candidate, baseline); !chosen)
        return std::move(chosen).error();
    return comparer.compare(context);
}

Result<Comparison> compareRuns(
    const Project& project, RunId candidate, const std::string& baseline, const JobContext& context)
{
    Result<Comparison> comparison = comparisonOf(project, candidate, baseline, context);
    if (!comparison)
        return comparison;
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<ComparisonId> id = db::ComparisonRepository(**connection).add(*comparison);
    if (!id)
        return id.error();
    comparison->id = *id;
    return comparison;
}

Result<std::vector<RowDifference>> rowDifferences(
    const Project& project, const Comparison& comparison, TaskId task, std::size_t limit)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Comparer comparer(project, **connection);
    if (Result<void> chosen = comparer.choose(comparison.candidate, comparison.baseline); !chosen)
        return std::move(chosen).error();
    const auto shown = std::find_if(comparison.tasks.begin(), comparison.tasks.end(), [=](const TaskComparison& one) { return one.task == task; });
    if (shown == comparison.tasks.end())
        return Error{ErrorCode::NotFound, "this task isn't in the comparison"};
    return comparer.rows(*shown, limit);
}

std::string suiteLine(const Comparison& comparison)
{
    const SuiteComparison& suite = comparison.suite;
    double least = 1, most = 0;
    for (const TaskComparison& task : comparison.tasks) {
        least = std::min(least, task.margin);
        most = std::max(most, task.margin);
    }
    char margin[64];
    if (std::abs(most - least) < 1e-9)
        std::snprintf(margin, sizeof margin, "%g point%s", most * 100, std::abs(most - 0.01) < 1e-9 ? "" : "s");
    else
        std::snprintf(margin, sizeof margin, "%g to %g points", least * 100, most * 100);
    std::string line = "Not worse on " + std::to_string(suite.notWorse) + " of " + std::to_string(suite.tasks) + " tasks at "
        + margin + ", worse on " + std::to_string(suite.worse) + ", undecided on " + std::to_string(suite.undecided);
    if (suite.notComputable > 0)
        line += ", not computable on " + std::to_string(suite.notComputable);
    return line + ".";
}

}  // namespace taskfold::jobs
