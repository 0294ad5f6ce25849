#include "app/jobs/pairing.h"

#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/predictionrepository.h"
#include "db/runrepository.h"

#include <algorithm>
#include <charconv>

namespace taskfold::jobs {

namespace {

std::string numbered(RunId run)
{
    return "run " + std::to_string(run.value);
}

// "12 rows (lines 3, 8, 9, ...)"
std::string named(const std::vector<std::int64_t>& lines)
{
    constexpr std::size_t kMost = 5;
    std::string text = std::to_string(lines.size()) + (lines.size() == 1 ? " row (line " : " rows (lines ");
    for (std::size_t i = 0; i < std::min(kMost, lines.size()); ++i)
        text += (i > 0 ? ", " : "") + std::to_string(lines[i]);
    return text + (lines.size() > kMost ? ", …)" : ")");
}

std::string differenceOf(RunId left, RunId right, const std::vector<std::int64_t>& onlyLeft, const std::vector<std::int64_t>& onlyRight,
    std::size_t common)
{
    std::string text;
    if (!onlyLeft.empty())
        text += named(onlyLeft) + " were answered by " + numbered(left) + " alone";
    if (!onlyRight.empty())
        text += (text.empty() ? "" : ", ") + named(onlyRight) + " by " + numbered(right) + " alone";
    return text.empty() ? text : text + "; compared on the " + std::to_string(common) + " in common";
}

// Answers of both sides by line, for the rows there are.
void join(const std::vector<Row>& rows, const std::vector<Prediction>& single, const std::vector<Prediction>& multi, Paired& paired)
{
    const auto byLine = [](const std::vector<Prediction>& answers) {
        std::map<std::int64_t, const Prediction*> found;
        for (const Prediction& answer : answers)
            found[answer.line] = &answer;
        return found;
    };
    const auto left = byLine(single), right = byLine(multi);
    std::vector<std::int64_t> onlyLeft, onlyRight;
    for (const Row& row : rows) {
        const auto one = left.find(row.line), other = right.find(row.line);
        const bool inLeft = one != left.end(), inRight = other != right.end();
        if (inLeft != inRight)
            (inLeft ? onlyLeft : onlyRight).push_back(row.line);
        if (!inLeft || !inRight)
            continue;
        paired.rows.push_back(&row);
        paired.single.push_back({one->second->text, row.target, row.references, one->second->invalid});
        paired.multi.push_back({other->second->text, row.target, row.references, other->second->invalid});
        paired.singleConfidence.push_back(one->second->confidence);
        paired.multiConfidence.push_back(other->second->confidence);
    }
    paired.difference = differenceOf(paired.singleRun, paired.multiRun, onlyLeft, onlyRight, paired.rows.size());
}

}  // namespace

Result<BaselineSet> BaselineSet::of(const std::string& word)
{
    constexpr std::string_view kImported = "imported:";
    BaselineSet set;
    set.word = word.empty() ? "single" : word;
    if (set.word == "single")
        return set;
    if (set.word.starts_with(kImported) && set.word.size() > kImported.size()) {
        set.imported = set.word.substr(kImported.size());
        return set;
    }
    const char* end = set.word.data() + set.word.size();
    const auto [stopped, problem] = std::from_chars(set.word.data(), end, set.run.value);
    if (problem != std::errc{} || stopped != end || set.run.value <= 0)
        return Error{ErrorCode::InvalidInput, "a baseline is “single”, a run's number, or “imported:NAME”, not “" + word + "”"};
    return set;
}

Result<void> Pairing::choose(RunId candidate, const std::string& baseline)
{
    Result<std::vector<Run>> all = db::RunRepository(m_database).all();
    Result<BaselineSet> set = BaselineSet::of(baseline);
    Result<Baselines> singles = Baselines::of(m_database);
    if (!all || !set || !singles)
        return !all ? std::move(all).error() : !set ? std::move(set).error() : std::move(singles).error();
    m_all = *std::move(all);
    m_baseline = *std::move(set);
    m_singles = *std::move(singles);
    if (!candidate)
        candidate = newestStage3();
    if (!candidate)
        return Error{ErrorCode::NotFound, "there is no completed stage 3 to compare: run a plan first"};
    const Run* found = run(candidate);
    if (!found)
        return Error{ErrorCode::NotFound, "there is no " + numbered(candidate)};
    m_candidate = *found;
    if (m_candidate.status != RunStatus::Completed)
        return Error{ErrorCode::InvalidInput, numbered(candidate) + " isn't completed: resume it first"};
    if (m_baseline.run && !run(m_baseline.run))
        return Error{ErrorCode::NotFound, "there is no " + numbered(m_baseline.run) + " to compare with"};
    if (!m_baseline.imported.empty()
        && std::none_of(m_all.begin(), m_all.end(), [&](const Run& one) { return one.device == kImportedDevice && one.note == m_baseline.imported; }))
        return Error{ErrorCode::NotFound, "no predictions were imported as “" + m_baseline.imported + "”"};
    Result<Plan> plan = planOf(m_project, m_candidate.plan);
    if (!plan)
        return std::move(plan).error();
    m_plan = *std::move(plan);
    return {};
}

const Run* Pairing::run(RunId id) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(), [=](const Run& one) { return one.id == id; });
    return found == m_all.end() ? nullptr : &*found;
}

Result<Plan> Pairing::planOfRun(const Run& one) const
{
    return planOf(m_project, one.plan);
}

bool Pairing::isExcluded(const std::string& task) const
{
    return std::find(m_plan.excluded.begin(), m_plan.excluded.end(), task) != m_plan.excluded.end();
}

RunId Pairing::newestStage3() const
{
    RunId newest;
    for (const Run& one : m_all)
        if (one.kind == RunKind::Stage3 && one.status == RunStatus::Completed)
            newest = one.id;
    return newest;
}

Result<std::vector<Row>> Pairing::testRows(const std::string& name) const
{
    const Result<TaskVersions> task = frozenTask(m_database, m_plan, name);
    if (!task)
        return task.error();
    const auto version = task->splits.find(Split::Test);
    if (version == task->splits.end())
        return std::vector<Row>{};
    return rowsOf(m_project, m_database, version->second, m_plan.testRowsCap);
}

std::string Pairing::testHash(const std::string& task) const
{
    const auto found = m_plan.dataHashes.find(dataKey(task, Split::Test));
    return found == m_plan.dataHashes.end() ? std::string{} : found->second;
}

Result<std::optional<db::Terms>> Pairing::terms(const Task& task) const
{
    return db::TermsRepository(m_database).find(task.id, testHash(task.name));
}

RunId Pairing::singleOf(const Task& task, std::uint64_t seed) const
{
    const std::optional<Run> single = m_singles.find(m_plan, task.name, task.id, seed);
    return single ? single->id : RunId{};
}

RunId Pairing::multiOf(std::uint64_t seed) const
{
    if (seed == m_candidate.seed)
        return m_candidate.id;
    RunId found;
    for (const Run& one : m_all)
        if (one.plan == m_candidate.plan && one.kind == m_candidate.kind && one.seed == seed && one.status == RunStatus::Completed)
            found = one.id;
    return found;
}

// The baseline's model of a task and seed; a baseline of one seed stands beside every seed of the candidate.
RunId Pairing::leftOf(const Task& task, std::uint64_t seed) const
{
    if (m_baseline.word == "single")
        return singleOf(task, seed);
    RunId found = m_baseline.run;
    for (const Run& one : m_all) {
        if (!m_baseline.imported.empty() && one.device == kImportedDevice && one.note == m_baseline.imported && one.task == task.id)
            found = one.id;
        if (const Run* named = run(m_baseline.run); named && one.plan == named->plan && one.kind == named->kind && one.seed == seed
            && one.task == named->task && one.status == RunStatus::Completed && named->seed != seed)
            found = one.id;
    }
    return found;
}

// Empty when both were scored on the rows that the plan froze; else which was scored on what.
Result<std::string> Pairing::sameRows(const Task& task, RunId left, RunId right) const
{
    const std::string wanted = testHash(task.name);
    for (const RunId id : {left, right}) {
        const auto scores = db::PredictionRepository(m_database).scores(id);
        if (!scores)
            return scores.error();
        for (const Score& score : *scores)
            if (score.task == task.id && score.split == Split::Test && score.dataHash != wanted)
                return numbered(id) + " was scored on other test rows (" + score.dataHash.substr(0, 12) + ", not " + wanted.substr(0, 12)
                    + "): evaluate it again on these";
    }
    return std::string{};
}

Result<Paired> Pairing::pair(const Task& task, const std::vector<Row>& rows, std::uint64_t seed) const
{
    Paired paired;
    const bool excluded = isExcluded(task.name);
    paired.singleRun = leftOf(task, seed);
    paired.multiRun = excluded ? singleOf(task, seed) : multiOf(seed);  // an excluded one keeps its own model
    if (!paired.singleRun || !paired.multiRun) {
        const std::string side = paired.singleRun && !excluded ? "multi-task run"
            : m_baseline.imported.empty() || excluded          ? "single-task model"
                                                               : "imported prediction";
        paired.missing = "no " + side + " of seed " + std::to_string(seed);
        return paired;
    }
    const Result<std::string> others = sameRows(task, paired.singleRun, paired.multiRun);
    if (!others)
        return others.error();
    paired.missing = *others;
    if (!paired.missing.empty())
        return paired;
    const db::PredictionRepository predictions(m_database);
    const auto single = predictions.predictions(paired.singleRun, task.id, Split::Test);
    const auto multi = predictions.predictions(paired.multiRun, task.id, Split::Test);
    if (!single || !multi)
        return single ? multi.error() : single.error();
    paired.decode = choosesLabels(task) ? Decode::Labels : Decode::Greedy;
    join(rows, *single, *multi, paired);
    if (paired.rows.empty())
        paired.missing = single->empty() || multi->empty() ? "not evaluated on the test split yet" : "no row in common";
    return paired;
}

}  // namespace taskfold::jobs
