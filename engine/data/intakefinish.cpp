#include "engine/data/intakestate.h"
#include "engine/data/sealedfile.h"
#include "engine/data/splitting.h"
#include "engine/data/splitwriter.h"

#include <algorithm>
#include <array>

namespace taskfold::data {

namespace {

// The second half of an import: block by block, in order, each row to its split or to the issues.
class Finisher {
public:
    Finisher(IntakeFiles files, Staging& staging, RowKeys& keys, const IntakeSettings& settings, const Intake::Finish& how)
        : m_files(files)
        , m_staging(staging)
        , m_keys(keys)
        , m_settings(settings)
        , m_how(how)
    {
        const auto given = [&](Split split) {
            return std::any_of(files.begin(), files.end(), [&](const IntakeFile& file) { return file.split == split; });
        };
        m_takeValidation = how.takeValidation && given(Split::Test) && given(Split::Train) && !given(Split::Validation)
            && std::all_of(files.begin(), files.end(), [](const IntakeFile& file) { return file.split.has_value(); });
    }

    std::function<void(const RowIssue&)> told;

    Result<std::map<Split, ReadySplit>> run(const std::stop_token& stop)
    {
        if (Result<void> settled = settle(stop); !settled)
            return std::move(settled).error();
        for (std::size_t i = 0; i < m_staging.size(); ++i) {
            if (stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            const Result<std::shared_ptr<const StagedBlock>> staged = m_staging.at(i);
            if (!staged)
                return staged.error();
            if (Result<void> done = block(**staged); !done)
                return std::move(done).error();
            if (m_how.progress)
                m_how.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(m_staging.size()));
        }
        return ready();
    }

private:
    Result<void> settle(const std::stop_token& stop)
    {
        RowKeys::Rules rules;
        rules.joinTargets = m_how.kind == TaskKind::Generation;
        rules.threads = m_settings.threads;
        for (const auto& [from, to] : m_how.variants)
            rules.sameTarget[hashText(from)] = hashText(to);
        if (m_how.choosesLabels)
            rules.kept = [this](const std::vector<RowKey>& kept) { countUnsplit(kept); };
        Result<void> done = m_keys.settle(rules, stop);
        m_splitter.settle();
        return done;
    }

    void countUnsplit(const std::vector<RowKey>& kept)
    {
        std::vector<RowKey> unsplit;
        std::copy_if(kept.begin(), kept.end(), std::back_inserter(unsplit),
            [](const RowKey& key) { return Place::split(key.place) == Place::kUnsplit; });
        m_splitter.count(unsplit);
    }

    Result<void> block(const StagedBlock& staged)
    {
        const RowColumns& rows = staged.rows;
        std::size_t issue = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (; issue < staged.issues.size() && staged.issues[issue].line <= rows.line[i]; ++issue)
                if (Result<void> done = tell(staged, staged.issues[issue], i); !done)
                    return done;
            if (Result<void> done = row(staged, i); !done)
                return done;
        }
        for (; issue < staged.issues.size(); ++issue)
            if (Result<void> done = tell(staged, staged.issues[issue], rows.size()); !done)
                return done;
        return {};
    }

    // An issue that was found while reading. One of a row that was put right goes where its row goes.
    Result<void> tell(const StagedBlock& staged, const RowIssue& issue, std::size_t i)
    {
        const std::optional<Split> known = m_files[static_cast<std::size_t>(staged.file)].split;
        Split split = known.value_or(Split::Train);
        const bool mended = issue.action == IssueAction::Fixed && i < staged.rows.size() && staged.rows.line[i] == issue.line;
        if (mended)
            split = splitOf(staged, i, keyOf(staged, i));
        else if (issue.action != IssueAction::Fixed)
            ++writer(split).rowsIn;
        return add(split, staged.file, issue);
    }

    Result<void> add(Split split, int file, RowIssue issue)
    {
        issue.file = m_files[static_cast<std::size_t>(file)].path;
        if (m_settings.skipBad && issue.action == IssueAction::Quarantined)
            issue.action = IssueAction::Dropped;
        told(issue);
        return writer(split).issue(file, issue);
    }

    RowKey keyOf(const StagedBlock& staged, std::size_t i) const
    {
        RowKey key;
        hashText(staged.rows.input.at(i), key.input);
        key.target = hashText(staged.rows.target.at(i));
        key.place = Place::of(staged.file, staged.rows.line[i], staged.splits[i]);
        return key;
    }

    Split splitOf(const StagedBlock& staged, std::size_t i, const RowKey& key) const
    {
        if (staged.splits[i] != Place::kUnsplit) {
            const auto split = static_cast<Split>(staged.splits[i]);
            return m_takeValidation && split == Split::Train && takenForValidation(key.input[0]) ? Split::Validation : split;
        }
        if (const std::string_view group = staged.rows.group.at(i); !group.empty())
            return Splitter::splitOfGroup(group);
        return m_splitter.splitOf(key);
    }

    Result<void> row(const StagedBlock& staged, std::size_t i)
    {
        // Hashing again is cheaper than keeping every key.
        const std::uint64_t place = Place::of(staged.file, staged.rows.line[i], staged.splits[i]);
        std::vector<std::string> references;
        const bool whole = staged.splits[i] != Place::kUnsplit && !m_takeValidation;
        RowKey key{};
        if (!whole)
            key = keyOf(staged, i);
        Split split = whole ? static_cast<Split>(staged.splits[i]) : Split::Train;
        if (!whole) {
            if (const auto canonical = m_how.variants.find(std::string(staged.rows.target.at(i))); !m_how.variants.empty() && canonical != m_how.variants.end())
                key.target = hashText(canonical->second);
            split = splitOf(staged, i, key);
        }
        bool stays = true;
        for (;;) {
            const Result<const Decision*> decision = m_keys.decisionFor(place);
            if (!decision)
                return decision.error();
            if (!*decision)
                break;
            if ((*decision)->verdict == Verdict::AddReference) {
                Result<std::string> other = m_staging.targetAt(Place::file((*decision)->other), Place::line((*decision)->other));
                if (!other)
                    return std::move(other).error();
                references.push_back(*std::move(other));
                continue;
            }
            if (stays)
                if (Result<void> done = leave(staged, i, split, **decision); !done)
                    return done;
            stays = false;
        }
        ++writer(split).rowsIn;
        return stays ? keep(staged, i, split, references) : Result<void>{};
    }

    std::string lineOf(const Decision& decision, int ownFile) const
    {
        const int file = Place::file(decision.other);
        const std::string line = "line " + std::to_string(Place::line(decision.other));
        return file == ownFile ? line : line + " of " + std::filesystem::path(m_files[static_cast<std::size_t>(file)].path).filename().string();
    }

    Result<void> leave(const StagedBlock& staged, std::size_t i, Split split, const Decision& decision)
    {
        const std::string other = lineOf(decision, staged.file);
        RowIssue issue{{}, staged.rows.line[i], "target", Reason::Conflict, IssueAction::Dropped,
            excerptOf(staged.rows.input.at(i)), {}};
        switch (decision.verdict) {
        case Verdict::Duplicate:
            issue.field.clear();
            issue.reason = Reason::Duplicate;
            issue.detail = "the same as " + other;
            break;
        case Verdict::BecameReference: issue.detail = other + " has the same input: its target became a reference there"; break;
        case Verdict::Tied:
            issue.action = IssueAction::Quarantined;
            issue.detail = other + " has the same input and no target has a majority";
            break;
        case Verdict::Minority: {
            const Result<std::string> best = m_staging.targetAt(Place::file(decision.other), Place::line(decision.other));
            if (!best)
                return best.error();
            issue.detail = other + " has the same input and most rows say “" + excerptOf(*best) + "”";
            break;
        }
        case Verdict::AddReference: break;
        }
        return add(split, staged.file, std::move(issue));
    }

    Result<void> keep(const StagedBlock& staged, std::size_t i, Split split, const std::vector<std::string>& references)
    {
        const std::int64_t line = m_files[static_cast<std::size_t>(staged.file)].offset + staged.rows.line[i];
        SplitWriter& to = writer(split);
        if (m_how.variants.empty() && references.empty())
            return to.keep(staged.rows, i, line);
        Row row{line, std::string(staged.rows.input.at(i)), std::string(staged.rows.target.at(i)), {}, std::string(staged.rows.group.at(i))};
        for (std::size_t k = 0; k < staged.rows.referenceCount(i); ++k)
            row.references.emplace_back(staged.rows.reference(i, k));
        for (const std::string& reference : references)
            if (reference != row.target && std::find(row.references.begin(), row.references.end(), reference) == row.references.end())
                row.references.push_back(reference);
        if (const auto other = m_how.variants.find(row.target); other != m_how.variants.end()) {
            if (Result<void> done = add(split, staged.file,
                    {{}, staged.rows.line[i], "target", Reason::LabelUnknown, IssueAction::Fixed, excerptOf(row.input),
                        "“" + excerptOf(row.target) + "” was written as “" + other->second + "”"});
                !done)
                return done;
            row.target = other->second;
        }
        return to.keep(row);
    }

    SplitWriter& writer(Split split)
    {
        auto& place = m_writers[static_cast<std::size_t>(split)];
        if (!place)
            place = std::make_unique<SplitWriter>(m_settings.folder);
        return *place;
    }

    Result<std::map<Split, ReadySplit>> ready()
    {
        std::map<Split, ReadySplit> splits;
        for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
            const bool named = std::any_of(m_files.begin(), m_files.end(), [&](const IntakeFile& file) { return file.split == split; });
            if (!m_writers[static_cast<std::size_t>(split)] && !named)
                continue;
            Result<ReadySplit> done = writer(split).finish();
            if (!done)
                return std::move(done).error();
            done->version.split = split;
            for (const IntakeFile& file : m_files)
                done->version.sources.push_back(file.source);
            splits.emplace(split, *std::move(done));
        }
        return splits;
    }

    IntakeFiles m_files;
    Staging& m_staging;
    RowKeys& m_keys;
    const IntakeSettings& m_settings;
    const Intake::Finish& m_how;
    Splitter m_splitter;
    bool m_takeValidation = false;
    std::array<std::unique_ptr<SplitWriter>, 3> m_writers;
};

}  // namespace

Result<std::map<Split, ReadySplit>> Intake::finish(const Finish& how, const std::stop_token& stop)
{
    Finisher finisher(m_state->files, m_state->staging, m_state->keys, m_state->settings, how);
    finisher.told = [this](const RowIssue& issue) { m_state->remember(issue); };
    return finisher.run(stop);
}

}  // namespace taskfold::data
