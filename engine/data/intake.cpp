#include "engine/data/intake.h"

#include "engine/data/intakestate.h"
#include "engine/data/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace taskfold::data {

namespace {

constexpr std::int64_t kLongestFile = (std::int64_t{1} << 48) - 1;  // in lines: what a Place holds
constexpr int kMostFiles = 8000;
constexpr std::int64_t kBlockBytes = 1 << 20;  // about, of a text file

int threadsOf(int wanted)
{
    return wanted > 0 ? wanted : std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
}

}  // namespace

Intake::State::State(IntakeSettings settings_)
    : settings(std::move(settings_))
    , labels(settings.choosesLabels ? settings.labels : std::vector<std::string>{}, settings.renamedLabels,
          settings.choosesLabels && !settings.labels.empty())
    , staging(settings.folder, settings.inMemory)
    , keys(settings.folder)
{
    settings.threads = threadsOf(settings.threads);
}

Result<void> Intake::State::take(MadeBlock& block)
{
    files[static_cast<std::size_t>(block.staged.file)].records += block.records;
    counts.add(block.counts);
    block.counts.many = counts.many;
    if (const std::int64_t all = std::exchange(bytesOfFirst, 0); all > 0 && !block.keys.empty())
        keys.expect(static_cast<std::size_t>(static_cast<double>(all) / static_cast<double>(kBlockBytes) * static_cast<double>(block.keys.size())));
    if (Result<void> added = keys.add(block.keys, static_cast<std::uint64_t>(block.firstLine) << 2); !added)
        return added;
    staging.leave(keys.bytes());
    return staging.add(block.staged, block.firstLine);
}

void Intake::State::remember(const IssueView& issue, int file)
{
    const auto keep = [&](std::vector<RowIssue>& in) { in.push_back(issue.named(files[static_cast<std::size_t>(file)].path)); };
    if (issue.action == IssueAction::Quarantined && ++refusedTotal <= kRefusedTold)
        keep(refused);
    if (++shown[issue.reason] <= kExamplesOfEach)
        keep(examples);
}

Intake::Intake(IntakeSettings settings) : m_state(std::make_unique<State>(std::move(settings))) { }
Intake::~Intake() = default;

Result<void> Intake::read(
    const OpenFile& file, std::optional<Split> split, const Progress& progress, const std::stop_token& stop)
{
    if (m_state->files.size() >= kMostFiles)
        return Error{ErrorCode::Unsupported, "one import takes at most " + std::to_string(kMostFiles) + " files: put them together"};
    const int number = static_cast<int>(m_state->files.size());
    // Lines go on from file to file of one split, so that each names one row of a version.
    std::int64_t offset = 0;
    for (const IntakeFile& one : m_state->files)
        if (!split || !one.split || one.split == split)
            offset += one.lines;
    m_state->staging.expect(file.bytes);
    if (m_state->files.empty())
        m_state->bytesOfFirst = file.bytes;
    m_state->files.push_back({file.path.string(), split, offset, 0, 0, {}});
    Result<PipelineRead> done = runPipeline(file, number, split, m_state->labels, m_state->settings.threads,
        [&](MadeBlock& block) { return m_state->take(block); }, progress, stop);
    if (!done)
        return std::move(done).error();
    IntakeFile& self = m_state->files.back();
    self.lines = std::min(done->lines, kLongestFile);
    self.source = {file.path.string(), done->hash, done->bytes};
    if (done->mark)
        m_state->staging.readAgain(number, file.path, *done->mark);
    return {};
}

const TargetCounts& Intake::counts() const { return m_state->counts; }
const std::vector<RowIssue>& Intake::refused() const { return m_state->refused; }
std::int64_t Intake::refusedTotal() const { return m_state->refusedTotal; }
const std::vector<RowIssue>& Intake::examples() const { return m_state->examples; }

}  // namespace taskfold::data
