#include "app/jobs/caveats.h"

#include "app/jobs/stage0check.h"
#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/taskrepository.h"
#include "engine/core/hash.h"
#include "engine/text/template.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace taskfold::jobs {

namespace {

constexpr double kLikeBudgets = 0.1;  // that far apart, budgets count as the same

std::string shortened(const std::vector<std::string>& names)
{
    constexpr std::size_t kMost = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i)
        text += (i > 0 ? ", " : "") + names[i];
    return names.size() > kMost ? text + ", …" : text;
}

std::string tokensText(double tokens)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.0f", tokens);
    return text;
}

class Caveats {
public:
    Caveats(const Pairing& pairing, SQLite::Database& database, Comparison& comparison)
        : m_pairing(pairing), m_database(database), m_comparison(comparison)
    {
    }

    Result<std::vector<std::string>> find()
    {
        for (const auto step : {&Caveats::reads, &Caveats::prompts, &Caveats::pretraining})
            if (Result<void> done = (this->*step)(); !done)
                return std::move(done).error();
        seeds();
        likeAnswers();
        budgets();
        if (m_pairing.baseline().run)
            if (Result<void> done = settings(); !done)
                return std::move(done).error();
        if (!m_pairing.baseline().imported.empty())
            m_found.push_back("The baseline's answers were imported: with which data, prompt and budget they were made isn't known here.");
        return m_found;
    }

private:
    // The most often read run counts: reading again until it fits would show here.
    Result<void> reads()
    {
        std::vector<std::string> often;
        for (const TaskComparison& task : m_comparison.tasks)
            for (const SeedScore& seed : task.perSeed)
                for (const RunId run : {seed.singleRun, seed.multiRun}) {
                    const Result<int> count = db::TermsRepository(m_database).reads(run, task.task);
                    if (!count)
                        return count.error();
                    m_comparison.testReads = std::max(m_comparison.testReads, *count);
                    if (*count > 1)
                        often.push_back(task.name + " by run " + std::to_string(run.value) + " (" + std::to_string(*count) + " times)");
                }
        std::sort(often.begin(), often.end());
        often.erase(std::unique(often.begin(), often.end()), often.end());
        if (!often.empty())
            m_found.push_back("Test rows were read more than once: " + shortened(often) + ".");
        return {};
    }

    Result<void> prompts()
    {
        std::vector<std::string> tasks;
        for (const TaskComparison& task : m_comparison.tasks) {
            std::set<std::string> hashes;
            for (const SeedScore& seed : task.perSeed)
                for (const RunId run : {seed.singleRun, seed.multiRun}) {
                    const auto read = db::TermsRepository(m_database).lastRead(run, task.task);
                    if (!read)
                        return read.error();
                    if (*read && !(*read)->promptHash.empty())
                        hashes.insert((*read)->promptHash);
                }
            if (hashes.size() > 1)
                tasks.push_back(task.name);
        }
        if (!tasks.empty())
            m_found.push_back("The two sides answered under different prompts (instruction or template): " + shortened(tasks) + ".");
        return {};
    }

    void seeds()
    {
        if (m_pairing.seeds().size() < 2)
            m_found.emplace_back("One seed: the intervals hold what another choice of test rows may change, not what another training would.");
        std::vector<std::string> fewer;
        for (const TaskComparison& task : m_comparison.tasks)
            if (!task.perSeed.empty() && task.perSeed.size() < m_pairing.seeds().size())
                fewer.push_back(task.name);
        if (!fewer.empty())
            m_found.push_back("Not every seed of the plan could be compared: " + shortened(fewer) + ".");
    }

    // Where every row scored alike, resampling gives an interval of no width. Of n rows that show no loss, a loss on so many of
    // all rows could still have stayed unseen (the exact one-sided 95 % bound of Clopper and Pearson for no event).
    void likeAnswers()
    {
        std::vector<std::string> tasks;
        for (const TaskComparison& task : m_comparison.tasks) {
            const bool oneModel = !task.perSeed.empty() && task.perSeed.front().singleRun == task.perSeed.front().multiRun;
            if (task.n == 0 || task.se > 0 || task.excluded || oneModel || task.verdict == Verdict::NotComputable)
                continue;
            const double unseen = 1 - std::pow(0.05, 1 / static_cast<double>(task.n));
            if (unseen <= task.margin)
                continue;
            char words[80];
            std::snprintf(words, sizeof words, " (%lld rows, up to %.1f points)", static_cast<long long>(task.n), 100 * unseen);
            tasks.push_back(task.name + words);
        }
        if (!tasks.empty())
            m_found.push_back("Both sides scored alike on every row, and the rows are too few to rule out a loss beyond the margin: " + shortened(tasks) + ".");
    }

    // What stage 0 made of general text, of each training that the models come from.
    Result<void> pretraining()
    {
        std::set<RunId> stage0;
        for (const TaskComparison& task : m_comparison.tasks)
            for (const SeedScore& seed : task.perSeed)
                for (const RunId run : {seed.singleRun, seed.multiRun}) {
                    const Run* one = m_pairing.run(run);
                    for (int steps = 0; one && steps < 10; one = m_pairing.run(one->parent), ++steps)
                        if (one->kind == RunKind::Stage0)
                            stage0.insert(one->id);
                }
        for (const RunId run : stage0) {
            const auto points = db::MetricRepository(m_database).curve(run, {}, "general_perplexity");
            if (!points)
                return points.error();
            if (points->size() < 2)
                continue;
            if (const std::string rise = generalRiseWords(points->front().value, points->back().value); !rise.empty())
                m_found.push_back("In stage 0 (run " + std::to_string(run.value) + ") " + rise + ".");
        }
        return {};
    }

    // Target tokens that both sides' trainings saw, of the candidate's seed.
    void budgets()
    {
        std::set<RunId> left;
        for (const TaskComparison& task : m_comparison.tasks)
            for (const SeedScore& seed : task.perSeed)
                if (seed.seed == m_pairing.candidate().seed && !task.excluded)
                    left.insert(seed.singleRun);
        double before = 0, after = 0;
        for (const RunId id : left)
            if (const Run* run = m_pairing.run(id))
                before += tokensWithParents(*run);
        after = tokensWithParents(m_pairing.candidate());
        if (before > 0 && std::abs(after / before - 1) > kLikeBudgets)
            m_found.push_back("Budgets differ: the candidate was trained on " + tokensText(after) + " target tokens, the baseline on "
                + tokensText(before) + ".");
    }

    double tokensWithParents(const Run& run) const
    {
        double tokens = 0;
        int steps = 0;
        for (const Run* one = &run; one && steps < 10; one = m_pairing.run(one->parent), ++steps)
            tokens += static_cast<double>(one->targetTokens);
        return tokens;
    }

    Result<void> settings()
    {
        const Run* other = m_pairing.run(m_pairing.baseline().run);
        if (!other || other->device == kImportedDevice || other->plan == m_pairing.plan().id)
            return {};
        const Result<Plan> theirs = m_pairing.planOfRun(*other);
        if (!theirs)
            return theirs.error();
        const Plan& ours = m_pairing.plan();
        std::vector<std::string> parts;
        const auto differ = [&](const char* name, bool unlike) {
            if (unlike)
                parts.emplace_back(name);
        };
        differ("base model", ours.base != theirs->base);
        differ("training rows", trainData(ours) != trainData(*theirs));
        differ("masked rows", ours.masks != theirs->masks);
        differ("cap on training rows", ours.trainRowsCap != theirs->trainRowsCap);
        differ("cap on test rows", ours.testRowsCap != theirs->testRowsCap);
        differ("context", ours.context != theirs->context);
        differ("longest answer", ours.maxNewTokens != theirs->maxNewTokens);
        differ("most epochs of a task", ours.epochsCap != theirs->epochsCap);
        if (!parts.empty())
            m_found.push_back("The two runs' plans differ in more than what is compared: " + shortened(parts) + ".");
        return {};
    }

    static std::map<std::string, std::string> trainData(const Plan& plan)
    {
        std::map<std::string, std::string> hashes;
        for (const auto& [key, hash] : plan.dataHashes)
            if (key.ends_with("/train"))
                hashes[key] = hash;
        return hashes;
    }

    const Pairing& m_pairing;
    SQLite::Database& m_database;
    Comparison& m_comparison;
    std::vector<std::string> m_found;
};

}  // namespace

Result<std::vector<std::string>> caveatsOf(const Pairing& pairing, SQLite::Database& database, Comparison& comparison)
{
    return Caveats(pairing, database, comparison).find();
}

std::string promptHash(const Task& task)
{
    return sha256(templateHash() + "\n" + task.instruction);
}

}  // namespace taskfold::jobs
