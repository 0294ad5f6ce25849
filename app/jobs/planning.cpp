#include "app/jobs/planning.h"

#include "app/jobs/baselines.h"
#include "app/jobs/planfile.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/volumes.h"
#include "db/baserepository.h"
#include "db/corpusrepository.h"
#include "db/decisionrepository.h"
#include "db/planrepository.h"
#include "db/runrepository.h"
#include "engine/core/clock.h"
#include "engine/format/modelconfig.h"
#include "engine/stats/highresource.h"
#include "engine/stats/samplers.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace taskfold::jobs {

namespace {

constexpr double kSmallModel = 30e6;  // parameters, below which the rates for small models hold (method.md 7.2)

bool has(const std::vector<int>& stages, int stage)
{
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

double capped(double rows, std::int64_t cap)
{
    return cap > 0 ? std::min(rows, static_cast<double>(cap)) : rows;
}

// Best epoch of a task by the baseline that serves this plan and seed, else by any on the same base.
Result<std::optional<double>> bestEpoch(SQLite::Database& database, const Baselines& baselines, const Plan& plan,
    const std::string& name, TaskId id, std::uint64_t seed)
{
    std::optional<Run> run = baselines.find(plan, name, id, seed);
    if (!run)
        run = baselines.onBase(plan.base, id);
    if (!run)
        return std::optional<double>{};
    const Result<std::vector<RunTask>> tasks = db::RunRepository(database).tasks(run->id);
    if (!tasks)
        return tasks.error();
    for (const RunTask& task : *tasks)
        if (task.task == id && task.bestEpoch > 0)
            return std::optional(task.bestEpoch);
    return std::optional<double>{};
}

struct BaseFacts {
    double parameters = 0, hidden = 0, layers = 0, vocabulary = 0;
    int context = 0;
    bool known = false;
};

BaseFacts factsOf(const Project& project, SQLite::Database& database, const Plan& plan)
{
    ModelConfig config;
    if (plan.base == "tiny") {
        config.hidden = plan.tiny.hidden;
        config.layers = plan.tiny.layers;
        config.heads = std::max(1, plan.tiny.heads);
        config.keyValueHeads = plan.tiny.keyValueHeads;
        config.headSize = config.hidden / config.heads;
        config.feedForward = plan.tiny.feedForward;
        config.vocabulary = plan.tiny.vocabulary;
        config.context = plan.tiny.context;
        config.tiedHead = true;
    } else {
        const Result<BaseModel> base = db::BaseRepository(database).byName(plan.base);
        if (!base)
            return {};
        const Result<ModelConfig> read = readModelConfig(project.resolved(base->path));
        if (!read)
            return {};
        config = *read;
    }
    return {static_cast<double>(parameterCount(config)), static_cast<double>(config.hidden),
        static_cast<double>(config.layers), static_cast<double>(config.vocabulary), config.context, true};
}

// Weights, gradient and two moments in fp32; what a layer keeps for its gradient (about 34 numbers a token and hidden
// unit, Korthikanti et al. 2022, table 2); logits; libtorch itself.
double memoryMib(const BaseFacts& base, const Plan& plan)
{
    constexpr double kLibrary = 250;
    const double tokens = static_cast<double>(plan.batch) * std::min(plan.context, std::max(1, base.context));
    const double bytes = 16 * base.parameters + tokens * (34 * base.hidden * base.layers + 2 * base.vocabulary) * 4;
    return kLibrary + bytes / (1024 * 1024);
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
        : m_database(database), m_plan(plan), m_base(factsOf(project, database, plan))
    {
    }

    Result<PlanPreview> make()
    {
        checkSettings();
        if (Result<void> read = readTasks(); !read)
            return std::move(read).error();
        m_preview.memoryMib = m_base.known ? memoryMib(m_base, m_plan) : 0;
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
        std::vector<TaskNeed> high;
        std::copy_if(m_kept.begin(), m_kept.end(), std::back_inserter(high), [](const TaskNeed& need) { return need.high; });
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
        const StageBudget budget = stage3Budget(m_plan, m_kept);
        StagePreview stage = stagePreview("stage3", budget, m_plan, m_kept, m_bytesPerRow);
        for (const MixtureLine& line : stage.tasks) {
            addTokens(static_cast<double>(line.rows) * line.effectiveEpochs, line.task);
            for (const std::string& warning : line.warnings)
                warn(line.name + " will be seen " + warning + ".", "Choose another sampler, or accept it.");
        }
        m_preview.stages.push_back(std::move(stage));
    }

    SQLite::Database& m_database;
    const Plan& m_plan;
    BaseFacts m_base;
    PlanPreview m_preview;
    std::vector<TaskNeed> m_kept, m_excluded;
    std::map<TaskId, double> m_bytesPerRow;
    double m_tokens = 0;
};

}  // namespace

Result<std::vector<TaskNeed>> needsOf(SQLite::Database& database, const Plan& plan,
    const std::vector<std::string>& names, std::uint64_t seed)
{
    const Result<Baselines> baselines = Baselines::of(database);
    if (!baselines)
        return baselines.error();
    std::vector<TaskNeed> needs;
    for (const std::string& name : names) {
        const Result<TaskVersions> task = frozenTask(database, plan, name);
        if (!task)
            return task.error();
        TaskNeed need;
        need.task = task->task.id;
        need.name = name;
        need.rows = capped(static_cast<double>(task->trainable()), plan.trainRowsCap);
        const auto best = bestEpoch(database, *baselines, plan, name, need.task, seed);
        if (!best)
            return best.error();
        need.known = best->has_value();
        need.bestEpoch = std::min(plan.epochsCap, best->value_or(need.rows > 50000 ? 1 : plan.epochsDefault));
        needs.push_back(need);
    }
    return needs;
}

std::string markHighResource(const Plan& plan, std::vector<TaskNeed>& needs, double& threshold)
{
    threshold = 0;
    if (!plan.highResource.empty()) {
        for (TaskNeed& need : needs)
            need.high = std::find(plan.highResource.begin(), plan.highResource.end(), need.name) != plan.highResource.end();
        return {};
    }
    std::vector<double> rows, epochs;
    for (const TaskNeed& need : needs) {
        rows.push_back(std::max(1.0, need.rows));
        epochs.push_back(need.bestEpoch);
    }
    const stats::HighResource high = stats::highResource(plan.rule, plan.ruleParameter, rows, epochs);
    threshold = high.threshold;
    for (std::size_t i = 0; i < needs.size(); ++i)
        needs[i].high = high.skipped.empty() && high.chosen[i];
    return high.skipped;
}

Result<void> freezeData(SQLite::Database& database, Plan& plan)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    plan.dataHashes.clear();
    plan.masks.clear();
    for (const TaskVersions& task : *tasks) {
        const bool kept = std::find(plan.kept.begin(), plan.kept.end(), task.task.name) != plan.kept.end();
        const bool excluded = std::find(plan.excluded.begin(), plan.excluded.end(), task.task.name) != plan.excluded.end();
        if (!kept && !excluded)
            continue;
        for (const auto& [split, version] : task.splits)
            plan.dataHashes[dataKey(task.task.name, split)] = version.hash;
        if (const auto train = task.splits.find(Split::Train); train != task.splits.end()) {
            Result<std::string> masks = maskHash(database, train->second);
            if (!masks)
                return std::move(masks).error();
            plan.masks[task.task.name] = *std::move(masks);
        }
    }
    return {};
}

void takeUsualRates(Plan& plan, double parameters)
{
    const Plan usual;
    const bool small = parameters <= kSmallModel;
    plan.learningRate = small ? usual.learningRate
                              : std::map<std::string, double>{{"baseline", 2e-5}, {"stage0", 5e-5}, {"stage2", 2e-5}, {"stage3", 1e-5}};
    plan.epochsCap = small ? usual.epochsCap : 5;
    if (plan.method == Method::Lora)
        for (auto& [stage, rate] : plan.learningRate)
            rate = stage == "stage0" ? rate : 10 * rate;  // stage 0 trains the whole model
}

Result<Plan> draftPlan(const Project& project, const std::string& base, Method method)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const auto decisions = db::DecisionRepository(**connection).current();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!decisions || !tasks)
        return decisions ? tasks.error() : decisions.error();
    Plan plan;
    plan.name = "plan";
    plan.method = method;
    for (const TaskVersions& task : *tasks) {
        const auto decision = decisions->find(task.task.id);
        const bool out = decision != decisions->end() && decision->second.verb == Verb::Exclude;
        (out ? plan.excluded : plan.kept).push_back(task.task.name);
    }
    if (base.empty()) {
        const Result<std::string> usual = usualBase(project);
        plan.base = usual && !usual->empty() ? *usual : "tiny";
    } else {
        plan.base = base;
    }
    double parameters = 0;
    if (plan.base != "tiny") {
        const Result<BaseModel> model = db::BaseRepository(**connection).byName(plan.base);
        if (!model)
            return model.error();
        parameters = static_cast<double>(model->parameters);
        plan.context = std::min(512, model->context);
    }
    takeUsualRates(plan, parameters);
    if (Result<void> frozen = freezeData(**connection, plan); !frozen)
        return std::move(frozen).error();
    plan.created = nowUtc();
    return plan;
}

Result<PlanPreview> previewPlan(const Project& project, const Plan& plan)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return Previewer(project, **connection, plan).make();
}

}  // namespace taskfold::jobs
