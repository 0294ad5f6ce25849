#include "engine/data/intakestate.h"
#include "engine/data/sealedfile.h"
#include "engine/data/splitting.h"
#include "engine/data/splitwriters.h"

#include <algorithm>
#include <charconv>

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
        , m_writers(settings.folder, m_pool)
        , m_pool(settings.threads)
    {
        const auto given = [&](Split split) {
            return std::any_of(files.begin(), files.end(), [&](const IntakeFile& file) { return file.split == split; });
        };
        m_takeValidation = how.takeValidation && given(Split::Test) && given(Split::Train) && !given(Split::Validation)
            && std::all_of(files.begin(), files.end(), [](const IntakeFile& file) { return file.split.has_value(); });
    }

    std::function<void(const IssueView&, int file)> told;

    Result<std::map<Split, ReadySplit>> run(const std::stop_token& stop)
    {
        if (Result<void> settled = settle(stop); !settled)
            return std::move(settled).error();
        for (std::size_t i = 0, ahead = 0; i < m_staging.size(); ++i) {
            if (stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            giveBack();
            for (; ahead < std::min(i + 3, m_staging.size()) && (ahead <= i || m_staging.lent() < Staging::kMuchLent); ++ahead)
                m_staging.readAhead(ahead, m_pool);
            const Result<std::shared_ptr<const StagedView>> staged = m_staging.at(i);
            if (!staged)
                return staged.error();
            if (Result<void> done = block(*staged); !done)
                return std::move(done).error();
            if (m_how.progress)
                m_how.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(m_staging.size()));
        }
        auto splits = m_writers.finish(m_files);
        if (Result<void> same = m_staging.unchanged(); splits && !same)
            return std::move(same).error();
        return splits;
    }

private:
    // Where much of what was read back is still held for rows that aren't written: copies the rows.
    void giveBack()
    {
        if (m_staging.lent() < Staging::kMostLent)
            return;
        m_writers.letGo();
        if (m_staging.lent() >= Staging::kMostLent)
            m_pool.drain();
    }

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

    Result<void> block(const std::shared_ptr<const StagedView>& shared)
    {
        const StagedView& staged = *shared;
        const std::vector<RowIssue> issues = staged.issues();
        std::size_t issue = 0;
        for (std::size_t i = 0; i < staged.rows.size(); ++i) {
            for (; issue < issues.size() && issues[issue].line <= staged.rows.line(i); ++issue)
                if (Result<void> done = tell(staged, issues[issue], i); !done)
                    return done;
            if (Result<void> done = row(shared, i); !done)
                return done;
        }
        for (; issue < issues.size(); ++issue)
            if (Result<void> done = tell(staged, issues[issue], staged.rows.size()); !done)
                return done;
        return {};
    }

    // An issue that was found while reading. One of a row that was put right goes where its row goes.
    Result<void> tell(const StagedView& staged, const RowIssue& issue, std::size_t i)
    {
        const std::optional<Split> known = m_files[static_cast<std::size_t>(staged.file)].split;
        Split split = known.value_or(Split::Train);
        const bool mended = issue.action == IssueAction::Fixed && i < staged.rows.size() && staged.rows.line(i) == issue.line;
        if (mended)
            split = splitOf(staged, i);
        else if (issue.action != IssueAction::Fixed)
            ++m_writers.at(split).rowsIn;
        return add(split, staged.file, issue);
    }

    Result<void> add(Split split, int file, IssueView issue)
    {
        if (m_settings.skipBad && issue.action == IssueAction::Quarantined)
            issue.action = IssueAction::Dropped;
        told(issue, file);
        return m_writers.at(split).issue(file, issue);
    }

    Split splitOf(const StagedView& staged, std::size_t i) const
    {
        const std::uint64_t input = staged.hashes[i];
        if (staged.splits[i] != Place::kUnsplit) {
            const auto split = static_cast<Split>(staged.splits[i]);
            return m_takeValidation && split == Split::Train && takenForValidation(input) ? Split::Validation : split;
        }
        if (const std::string_view group = staged.rows.group.at(i); !group.empty())
            return Splitter::splitOfGroup(group);
        if (!m_splitter.byLabel())
            return Splitter::splitOfInput(input);
        const std::string_view target = staged.rows.target.at(i);
        const auto canonical = m_how.variants.empty() ? m_how.variants.end() : m_how.variants.find(std::string(target));
        return m_splitter.splitOf(input, hashText(canonical == m_how.variants.end() ? target : std::string_view(canonical->second)));
    }

    Result<void> row(const std::shared_ptr<const StagedView>& shared, std::size_t i)
    {
        const StagedView& staged = *shared;
        const std::uint64_t place = Place::of(staged.file, staged.rows.line(i), staged.splits[i]);
        const Split split = splitOf(staged, i);
        SplitWriter& to = m_writers.at(split);
        ++to.rowsIn;
        if (!m_keys.hasDecisionFor(place) && m_how.variants.empty())
            return to.keep(shared, i, m_files[static_cast<std::size_t>(staged.file)].offset);
        return decided(shared, i, split, place);
    }

    Result<void> decided(const std::shared_ptr<const StagedView>& shared, std::size_t i, Split split, std::uint64_t place)
    {
        m_found = 0;
        bool stays = true;
        while (m_keys.hasDecisionFor(place)) {
            const Result<Decision> decision = m_keys.takeDecision();
            if (!decision)
                return decision.error();
            if (decision->verdict == Verdict::AddReference) {
                if (m_found == m_references.size())
                    m_references.emplace_back();
                if (Result<void> got = m_staging.targetAt(Place::file(decision->other), Place::line(decision->other), m_references[m_found++]); !got)
                    return got;
                continue;
            }
            if (stays)
                if (Result<void> done = leave(*shared, i, split, *decision); !done)
                    return done;
            stays = false;
        }
        return stays ? keep(shared, i, split) : Result<void>{};
    }

    // Begins the issue's words with where the other row is.
    void tellOther(const Decision& decision, int ownFile)
    {
        char number[24];
        const char* const end = std::to_chars(number, number + sizeof number, Place::line(decision.other)).ptr;
        m_words.append("line ").append(number, static_cast<std::size_t>(end - number));
        if (const int file = Place::file(decision.other); file != ownFile)
            m_words.append(" of ").append(std::filesystem::path(m_files[static_cast<std::size_t>(file)].path).filename().string());
    }

    Result<void> leave(const StagedView& staged, std::size_t i, Split split, const Decision& decision)
    {
        IssueView issue;
        issue.line = staged.rows.line(i);
        issue.field = "target";
        issue.reason = Reason::Conflict;
        issue.action = IssueAction::Dropped;
        issue.excerpt = excerptView(staged.rows.input.at(i), m_room);
        const bool same = decision.verdict == Verdict::Duplicate;
        if (same) {
            issue.field = {};
            issue.reason = Reason::Duplicate;
        } else if (decision.verdict == Verdict::Tied) {
            issue.action = IssueAction::Quarantined;
        }
        m_words = same ? "the same as " : "";
        tellOther(decision, staged.file);
        m_words += wordsBehind(decision.verdict);
        if (decision.verdict == Verdict::Minority) {
            std::string best;
            if (Result<void> got = m_staging.targetAt(Place::file(decision.other), Place::line(decision.other), best); !got)
                return got;
            m_words += excerptOf(best) + "”";
        }
        issue.detail = m_words;
        return add(split, staged.file, issue);
    }

    // Those of the found references that the row doesn't have.
    void chooseReferences(const RowsView& rows, std::size_t i, std::string_view target)
    {
        m_more.clear();
        for (std::size_t r = 0; r < m_found; ++r) {
            const std::string_view text = m_references[r];
            if (text != target && !rows.hasReference(i, text) && std::find(m_more.begin(), m_more.end(), text) == m_more.end())
                m_more.push_back(text);
        }
    }

    Result<void> keep(const std::shared_ptr<const StagedView>& shared, std::size_t i, Split split)
    {
        const StagedView& staged = *shared;
        const RowsView& rows = staged.rows;
        const std::int64_t offset = m_files[static_cast<std::size_t>(staged.file)].offset;
        const std::string_view target = rows.target.at(i);
        const auto other = m_how.variants.empty() ? m_how.variants.end() : m_how.variants.find(std::string(target));
        SplitWriter& to = m_writers.at(split);
        chooseReferences(rows, i, target);
        if (other == m_how.variants.end())
            return to.keep(shared, i, offset, m_more);
        Row row{offset + rows.line(i), std::string(rows.input.at(i)), other->second, {}, std::string(rows.group.at(i))};
        for (std::size_t r = rows.referencesBegin(i); r < rows.referencesBegin(i + 1); ++r)
            row.references.emplace_back(rows.references.at(r));
        row.references.insert(row.references.end(), m_more.begin(), m_more.end());
        if (Result<void> done = add(split, staged.file,
                RowIssue{{}, rows.line(i), "target", Reason::LabelUnknown, IssueAction::Fixed, excerptOf(row.input),
                    "“" + excerptOf(target) + "” was written as “" + other->second + "”"});
            !done)
            return done;
        return to.keep(std::move(row));
    }

    IntakeFiles m_files;
    Staging& m_staging;
    RowKeys& m_keys;
    const IntakeSettings& m_settings;
    const Intake::Finish& m_how;
    Splitter m_splitter;
    bool m_takeValidation = false;
    std::vector<std::string> m_references;  // that were found for a row
    std::size_t m_found = 0;
    std::vector<std::string_view> m_more;
    std::string m_words, m_room;  // of an issue
    SplitWriters m_writers;
    WorkPool m_pool;  // goes before the writers that it works for
};

}  // namespace

Result<std::map<Split, ReadySplit>> Intake::finish(const Finish& how, const std::stop_token& stop)
{
    Finisher finisher(m_state->files, m_state->staging, m_state->keys, m_state->settings, how);
    finisher.told = [this](const IssueView& issue, int file) { m_state->remember(issue, file); };
    return finisher.run(stop);
}

}  // namespace taskfold::data
