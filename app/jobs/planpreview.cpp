#include "app/jobs/planning.h"

#include "app/jobs/ablations.h"
#include "app/jobs/longestbatch.h"
#include "app/jobs/baseconfig.h"
#include "app/jobs/memory.h"
#include "app/jobs/planfile.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/together.h"
#include "db/baserepository.h"
#include "db/corpusrepository.h"
#include "db/planrepository.h"
#include "db/runrepository.h"
#include "engine/format/modelconfig.h"
#include "engine/stats/samplers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

namespace taskfold::jobs {

namespace {

bool has(const std::vector<int>& stages, int stage)
{
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

struct BaseFacts {
    ModelConfig config;
    std::filesystem::path folder;  // empty: not made yet
    double parameters = 0, vocabulary = 0;
    bool known = false;
};

BaseFacts factsOf(const Project& project, SQLite::Database& database, const Plan& plan)
{
    const std::optional<PlannedBase> base = plannedBase(project, database, plan);
    if (!base)
        return {};
    const ModelConfig& config = base->config;
    return {config, base->folder, static_cast<double>(parameterCount(config)), static_cast<double>(config.vocabulary), true};
}

// What training reaches on a core with 8-wide products in fp32: twice as much in bf16, and an adapter needs no product for
// the base's own gradient.
double usualFlops(const Plan& plan)
{
    constexpr double kOfACore = 40e9;
    const unsigned cores = plan.threads > 0 ? static_cast<unsigned>(plan.threads) : std::max(1U, std::thread::hardware_concurrency());
    return kOfACore * cores * (plan.precision == Precision::Bf16 ? 2 : 1) * (plan.method == Method::Lora ? 1.5 : 1);
}

// Tokens a second of the newest completed run on the same base, or 6 FLOP a parameter at the usual speed.
double tokensPerSecond(SQLite::Database& database, const Plan& plan, const BaseFacts& base)
{
    constexpr double kOverhead = 1.0 / 25'000;  // seconds a token however small the model
    const Result<std::vector<Run>> runs = db::RunRepository(database).all();
    if (runs)
        for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
            if (run->status != RunStatus::Completed || run->seconds <= 1 || !run->plan)
                continue;
            const Result<db::StoredPlan> stored = db::PlanRepository(database).byId(run->plan);
            const Result<Plan> other = stored ? planFrom(stored->body) : Result<Plan>(stored.error());
            if (other && other->base == plan.base)
                return static_cast<double>(run->tokens) / run->seconds;
        }
    return 1 / (kOverhead + 6 * base.parameters / usualFlops(plan));
}

MixtureLine lineOf(const TaskNeed& need, double share, double epochs)
{
    MixtureLine line;
    line.task = need.task;
    line.name = need.name;
    line.rows = static_cast<std::int64_t>(need.rows);
    line.share = share;
    line.effectiveEpochs = epochs;
    line.expectedBestEpoch = need.bestEpoch;
    line.known = need.known;
    switch (stats::epochWarning(epochs + need.seen, need.bestEpoch)) {
    case stats::EpochWarning::OverFitting: line.warnings.emplace_back("more than twice its best epoch"); break;
    case stats::EpochWarning::UnderFitting: line.warnings.emplace_back("less than half of its best epoch"); break;
    case stats::EpochWarning::None: break;
    }
    return line;
}

StagePreview stagePreview(const std::string& name, const StageBudget& budget, const Plan& plan,
    const std::vector<TaskNeed>& tasks, const std::map<TaskId, double>& bytesPerRow)
{
    StagePreview stage;
    stage.stage = name;
    stage.steps = budget.steps;
    stage.skipped = budget.skipped;
    if (!budget.skipped.empty())
        return stage;
    const std::vector<double> epochs = epochsOf(budget, plan, tasks);
    double all = 0;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        MixtureLine line = lineOf(tasks[i], (budget.mixing[i].share + budget.mixing[i].shareAtEnd) / 2, epochs[i]);
        line.tokenShare = line.share * bytesPerRow.at(tasks[i].task);
        all += line.tokenShare;
        stage.tasks.push_back(std::move(line));
    }
    for (MixtureLine& line : stage.tasks)
        line.tokenShare = all > 0 ? line.tokenShare / all : 0;
    return stage;
}

// Everything a preview is made from.
class Previewer {
public:
    Previewer(const Project& project, SQLite::Database& database, const Plan& plan)
        : m_project(project), m_database(database), m_plan(plan), m_base(factsOf(project, database, plan))
    {
    }

    Result<PlanPreview> make()
    {
        checkSettings();
        if (Result<void> read = readTasks(); !read)
            return std::move(read).error();
        if (Result<void> known = checkMemory(); !known)
            return std::move(known).error();
        const std::string skipped = markHighResource(m_plan, m_kept, m_preview.highResourceThreshold);
        for (const TaskNeed& need : m_kept)
            if (need.high)
                m_preview.highResource.push_back(need.name);
        addBaselines();
        if (has(m_plan.stages, 0))
            addStage0();
        if (has(m_plan.stages, 2))
            addStage2(skipped);
        if (has(m_plan.stages, 3))
            addStage3();
        m_preview.seconds = m_tokens / tokensPerSecond(m_database, m_plan, m_base)
            * static_cast<double>(std::max<std::size_t>(1, m_plan.seeds.size()));
        return m_preview;
    }

private:
    void block(std::string what, std::string todo) { m_preview.findings.push_back({true, std::move(what), std::move(todo)}); }
    void warn(std::string what, std::string todo) { m_preview.findings.push_back({false, std::move(what), std::move(todo)}); }

    void checkSettings()
    {
        if (!m_base.known)
            block("The base model “" + m_plan.base + "” isn't in the project.", "Add it, or choose tiny.");
        if (m_plan.kept.empty())
            block("No task is kept.", "Import data, or keep a task on the Filter page.");
        if (m_plan.seeds.empty())
            block("There is no seed.", "Give at least one.");
        if (m_plan.seeds.size() == 1)
            warn("One seed alone can't tell luck from skill.", "Use three for numbers that you show to others.");
        if (m_plan.batch < 1 || m_plan.context < 8 || m_plan.epochsCap <= 0 || m_plan.patience < 1)
            block("Batch, context, epochs and patience must be above zero (context at least 8).", "Correct the plan.");
        if (m_plan.method == Method::Lora)
            checkLora();
        if (m_plan.accumulate < 1 || m_plan.accumulate > std::max(1, m_plan.batch))
            block("A batch can be computed in 1 to " + std::to_string(std::max(1, m_plan.batch)) + " parts.", "Correct accumulate.");
        if (!(m_plan.evaluationShare >= 0) || m_plan.averageCheckpoints < 0 || m_plan.averageCheckpoints > 5 || m_plan.together < 0)
            block("evaluation_share and together can't be below 0, and of 0 to 5 checkpoints the mean can be taken.", "Correct the plan.");
        if (!m_plan.reference.empty() && !referenceIsTrained())
            warn("The plan it is an ablation of isn't trained yet: it would spend its own budget of tokens.", "Train that plan first.");
        if (m_plan.device != "cpu" && !m_plan.device.starts_with("cuda:"))
            block("The device “" + m_plan.device + "” isn't known.", "Choose cpu or cuda:0.");
        if (!has(m_plan.stages, 2) && !has(m_plan.stages, 3) && !m_plan.baselines)
            block("The plan trains nothing.", "Choose a stage or the baselines.");
        if (!m_plan.baselines)
            warn("Without baselines nothing can be said about what was won or lost.", "Train them, or compare with another run.");
        for (const auto& [stage, rate] : m_plan.learningRate)
            if (!(rate > 0) || !std::isfinite(rate))
                block("The learning rate of " + stage + " must be above zero.", "Correct it.");
    }

    bool referenceIsTrained() const
    {
        const Result<std::int64_t> tokens = tokensOfStages(m_database, m_plan.reference, seed());
        return tokens && *tokens > 0;
    }

    // Also of the baselines that share a pass.
    Result<void> checkMemory()
    {
        if (!m_base.known || m_plan.batch < 1 || m_plan.context < 8)
            return {};
        const Result<LongestBatch> longest = longestBatch(m_project, m_database, m_plan, m_base.folder);
        if (!longest)
            return longest.error();
        const auto singles = (m_plan.kept.size() + m_plan.excluded.size()) * m_plan.seeds.size();
        const int together = m_plan.baselines ? std::min(mostTogether(m_plan), std::max(1, static_cast<int>(singles))) : 1;
        m_preview.memoryMib = planMemoryMib(
            m_base.config, m_plan, static_cast<double>(longest->tokens), static_cast<double>(longest->targets), together);
        const double there = availableMemoryMib();
        if (m_plan.device != "cpu" || there == 0 || m_preview.memoryMib < there)
            return {};
        char words[120];
        std::snprintf(words, sizeof words, "Training may take %.0f MiB of memory, and %.0f are free.", m_preview.memoryMib, there);
        warn(words, "Choose a smaller batch or context, checkpointing, or adapters; a batch that doesn't fit is split.");
        return {};
    }

    void checkLora()
    {
        const LoraSettings& lora = m_plan.lora;
        if (lora.rank < 1 || lora.rank > 4096 || !(lora.alpha > 0) || lora.dropout < 0 || lora.dropout >= 1)
            block("LoRA's rank and alpha must be above zero (rank at most 4096), its dropout from 0 to below 1.", "Correct the plan.");
        const std::vector<std::string> known{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
        for (const std::string& target : lora.targets)
            if (std::find(known.begin(), known.end(), target) == known.end())
                block("LoRA's target “" + target + "” isn't a product of the model.", "Choose among q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj.");
        if (has(m_plan.stages, 0))
            warn("Stage 0 trains the whole model; the stages after it train adapters on it.", "Nothing, if this is meant.");
        if (lora.dropout > 0 || lora.dora)
            warn("With dropout or DoRA rows can't share their common beginning.", "Expect about half the speed.");
    }

    Result<void> readTasks()
    {
        for (const bool kept : {true, false}) {
            auto needs = needsOf(m_database, m_plan, kept ? m_plan.kept : m_plan.excluded, seed());
            if (!needs)
                return std::move(needs).error();
            (kept ? m_kept : m_excluded) = *std::move(needs);
        }
        for (const auto* list : {&m_kept, &m_excluded})
            for (const TaskNeed& need : *list) {
                const Result<TaskVersions> task = frozenTask(m_database, m_plan, need.name);
                if (!task)
                    return task.error();
                checkTask(*task, need);
            }
        return {};
    }

    void checkTask(const TaskVersions& task, const TaskNeed& need)
    {
        if (need.rows < 1)
            block(need.name + " has no training rows.", "Import some, or exclude the task.");
        if (!task.splits.contains(Split::Validation) || task.splits.at(Split::Validation).rowsKept == 0)
            block(need.name + " has no validation rows.", "Import a validation split: early stopping needs it.");
        if (!task.splits.contains(Split::Test) || task.splits.at(Split::Test).rowsKept == 0)
            warn(need.name + " has no test rows: it can't be compared.", "Import a test split.");
        const auto train = task.splits.find(Split::Train);
        const bool rows = train != task.splits.end() && train->second.rowsKept > 0;
        m_bytesPerRow[need.task] = rows
            ? static_cast<double>(train->second.bytesKept) / static_cast<double>(train->second.rowsKept)
                + static_cast<double>(task.task.instruction.size())
            : 1;
    }

    std::uint64_t seed() const { return m_plan.seeds.empty() ? 1 : m_plan.seeds.front(); }

    // A rough count: four bytes a token, or one where the tokens are bytes.
    void addTokens(double rows, TaskId task)
    {
        const double bytes = m_base.vocabulary > 1000 ? 4 : m_base.vocabulary > 300 ? 2.5 : 1;
        m_tokens += rows * std::min(m_bytesPerRow[task] / bytes, static_cast<double>(m_plan.context));
    }

    void addBaselines()
    {
        if (!m_plan.baselines)
            return;
        StagePreview stage;
        stage.stage = "baseline";
        for (const auto* list : {&m_kept, &m_excluded})
            for (const TaskNeed& need : *list) {
                stage.steps += baselineSteps(m_plan, need.rows);
                MixtureLine line = lineOf(need, 1, m_plan.epochsCap);
                line.tokenShare = 1;
                line.warnings.clear();  // it ends early by its own rule
                stage.tasks.push_back(std::move(line));
                addTokens(need.rows * (need.known ? std::min(m_plan.epochsCap, need.bestEpoch + 3) : m_plan.epochsCap / 2), need.task);
            }
        m_preview.stages.push_back(std::move(stage));
    }

    void addStage0()
    {
        StagePreview stage;
        stage.stage = "stage0";
        double bytes = 0;
        const auto corpora = db::CorpusRepository(m_database).all();
        if (corpora)
            for (const Corpus& corpus : *corpora)
                if (corpus.domain)
                    bytes += static_cast<double>(corpus.bytesKept);
        if (bytes == 0)
            block("Stage 0 has no domain text.", "Import a corpus, or leave stage 0 out.");
        const double tokens = bytes / 3 * m_plan.stage0Epochs;
        stage.steps = static_cast<std::int64_t>(std::ceil(tokens / std::max(1, m_plan.batch * m_plan.context)));
        m_tokens += tokens;
        m_preview.stages.push_back(std::move(stage));
    }

    void addStage2(const std::string& skipped)
    {
        const std::vector<TaskNeed> high = among(m_kept, m_plan.stage2Tasks);
        StageBudget budget;
        budget.skipped = skipped;
        if (skipped.empty())
            budget = stage2Budget(m_plan, high);
        m_preview.stages.push_back(stagePreview("stage2", budget, m_plan, high, m_bytesPerRow));
        if (!budget.skipped.empty())
            return warn("Stage 2 will be skipped: " + budget.skipped + ".", "Nothing, or choose another rule.");
        const std::vector<double> epochs = epochsOf(budget, m_plan, high);
        for (std::size_t i = 0; i < high.size(); ++i) {
            addTokens(high[i].rows * epochs[i], high[i].task);
            for (TaskNeed& need : m_kept)
                if (need.task == high[i].task)
                    need.seen = epochs[i];
        }
    }

    void addStage3()
    {
        const std::vector<TaskNeed> tasks = among(m_kept, m_plan.stage3Tasks);
        const StageBudget budget = stage3Budget(m_plan, tasks);
        StagePreview stage = stagePreview("stage3", budget, m_plan, tasks, m_bytesPerRow);
        for (const MixtureLine& line : stage.tasks) {
            addTokens(static_cast<double>(line.rows) * line.effectiveEpochs, line.task);
            for (const std::string& warning : line.warnings)
                warn(line.name + " will be seen " + warning + ".", "Choose another sampler, or accept it.");
        }
        m_preview.stages.push_back(std::move(stage));
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const Plan& m_plan;
    BaseFacts m_base;
    PlanPreview m_preview;
    std::vector<TaskNeed> m_kept, m_excluded;
    std::map<TaskId, double> m_bytesPerRow;
    double m_tokens = 0;
};

}  // namespace

Result<PlanPreview> previewPlan(const Project& project, const Plan& plan)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return Previewer(project, **connection, plan).make();
}

}  // namespace taskfold::jobs
