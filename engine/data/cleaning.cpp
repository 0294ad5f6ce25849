#include "engine/data/cleaning.h"

#include "engine/data/encoding.h"
#include "engine/data/fold.h"

#include <algorithm>
#include <unordered_map>

namespace taskfold::data {

namespace {

RowIssue issueOf(const RawRow& raw, std::string field, Reason reason, IssueAction action, std::string detail)
{
    return {raw.file, raw.row.line, std::move(field), reason, action, raw.excerpt, std::move(detail)};
}

// The field's texts, or its issue.
std::optional<std::vector<std::string>> take(const Record& record, const std::string& field, const std::string& column,
    const std::string& file, std::vector<RowIssue>& issues)
{
    const auto complain = [&](Reason reason, std::string detail) {
        issues.push_back({file, record.line, field, reason, IssueAction::Quarantined, record.excerpt, std::move(detail)});
        return std::nullopt;
    };
    std::optional<std::vector<std::string>> texts = fieldOf(record, column);
    const auto type = record.wrongTypes.find(column);
    // A label may well be written as a number; an input that is one is a mistake.
    if (type != record.wrongTypes.end() && (!texts || field == "input"))
        return complain(Reason::Type, type->second + " where text was expected");
    if (!texts)
        return complain(Reason::MissingField, "there is no “" + column + "”");
    if (field == "input" && texts->size() != 1)
        return complain(Reason::Type, "a list where text was expected");
    for (std::string& text : *texts)
        text = normalised(text);
    std::erase(*texts, std::string{});
    if (texts->empty())
        return complain(Reason::Empty, {});
    return texts;
}

struct Candidates {
    std::map<std::string, std::vector<std::size_t>> rows;  // target to the rows that say so
    std::size_t first = 0;
};

using ByInput = std::unordered_map<std::string_view, Candidates>;

ByInput byInput(const std::vector<RawRow>& rows)
{
    ByInput groups;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [at, isNew] = groups.try_emplace(rows[i].row.input);
        if (isNew)
            at->second.first = i;
        at->second.rows[rows[i].row.target].push_back(i);
    }
    return groups;
}

// Which target most rows name; nothing for a tie.
std::optional<std::string> majority(const Candidates& group)
{
    std::size_t most = 0, how = 0;
    std::string best;
    for (const auto& [target, rows] : group.rows) {
        if (rows.size() > most) {
            most = rows.size();
            best = target;
            how = 1;
        } else if (rows.size() == most) {
            ++how;
        }
    }
    return how == 1 ? std::optional(best) : std::nullopt;
}

void addReferences(std::vector<RawRow>& rows, const Candidates& group)
{
    Row& kept = rows[group.first].row;
    for (const auto& [target, indices] : group.rows) {
        const bool known = target == kept.target
            || std::find(kept.references.begin(), kept.references.end(), target) != kept.references.end();
        if (!known)
            kept.references.push_back(target);
    }
}

// What is done about one input that has several targets.
void settle(const Task& task, std::vector<RawRow>& rows, const Candidates& group, std::vector<bool>& gone,
    std::vector<RowIssue>& issues)
{
    const auto leave = [&](std::size_t i, IssueAction action, std::string words) {
        gone[i] = true;
        issues.push_back(issueOf(rows[i], "target", Reason::Conflict, action, std::move(words)));
    };
    const std::string twin = "line " + std::to_string(rows[group.first].row.line) + " has the same input";
    if (task.kind == TaskKind::Generation) {
        addReferences(rows, group);
        for (const auto& [target, indices] : group.rows)
            for (const std::size_t i : indices)
                if (i != group.first && target != rows[group.first].row.target)
                    leave(i, IssueAction::Dropped, twin + ": its target became a reference there");
        return;
    }
    const std::optional<std::string> best = majority(group);
    for (const auto& [target, indices] : group.rows) {
        if (best && target == *best)
            continue;
        for (const std::size_t i : indices)
            leave(i, best ? IssueAction::Dropped : IssueAction::Quarantined,
                best ? twin + " and most rows say “" + excerptOf(*best) + "”" : twin + " and no target has a majority");
    }
}

void removeGone(std::vector<RawRow>& rows, const std::vector<bool>& gone)
{
    std::size_t to = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!gone[i]) {
            if (to != i)
                rows[to] = std::move(rows[i]);
            ++to;
        }
    rows.resize(to);
}

}  // namespace

std::optional<RawRow> rowOf(const Record& record, const std::map<std::string, std::string>& columns,
    const std::string& file, std::vector<RowIssue>& issues)
{
    const auto columnOf = [&](const char* field, const char* otherwise) {
        const auto found = columns.find(field);
        return found == columns.end() ? std::string(otherwise) : found->second;
    };
    const auto input = take(record, "input", columnOf("input", "input"), file, issues);
    if (!input)
        return std::nullopt;
    const auto target = take(record, "target", columnOf("target", "target"), file, issues);
    if (!target)
        return std::nullopt;
    RawRow raw{file, {record.line, input->front(), target->front(), {}, {}}, {}, record.excerpt};
    raw.row.references.assign(target->begin() + 1, target->end());
    if (const auto more = fieldOf(record, columnOf("references", "references")))
        for (const std::string& text : *more)
            if (std::string reference = normalised(text); !reference.empty() && reference != raw.row.target)
                raw.row.references.push_back(std::move(reference));
    if (const auto group = fieldOf(record, columnOf("group", "group")); group && !group->empty())
        raw.row.group = group->front();
    if (const auto split = fieldOf(record, columnOf("split", "split")); split && !split->empty())
        raw.split = split->front();
    return raw;
}

void checkLabels(const Task& task, std::vector<RawRow>& rows, std::vector<RowIssue>& issues)
{
    if (!choosesLabels(task))
        return;
    std::unordered_map<std::string, std::string> known;
    for (const std::string& label : task.labels)
        known.emplace(foldedLabel(label), label);
    std::vector<bool> gone(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Row& row = rows[i].row;
        const auto label = known.find(foldedLabel(row.target));
        if (label == known.end()) {
            gone[i] = true;
            issues.push_back(issueOf(rows[i], "target", Reason::LabelUnknown, IssueAction::Quarantined,
                "“" + excerptOf(row.target) + "” isn't among the " + std::to_string(task.labels.size()) + " labels"));
        } else if (label->second != row.target) {
            issues.push_back(issueOf(rows[i], "target", Reason::LabelUnknown, IssueAction::Fixed,
                "“" + excerptOf(row.target) + "” was written as “" + label->second + "”"));
            row.target = label->second;
        }
    }
    removeGone(rows, gone);
}

void deduplicate(const Task& task, std::vector<RawRow>& rows, std::vector<RowIssue>& issues)
{
    std::vector<bool> gone(rows.size());
    const ByInput groups = byInput(rows);
    std::vector<const Candidates*> ordered;  // by first row: the same file gives the same issues
    for (const auto& [input, group] : groups)
        ordered.push_back(&group);
    std::sort(ordered.begin(), ordered.end(), [](const Candidates* a, const Candidates* b) { return a->first < b->first; });
    for (const Candidates* group : ordered) {
        if (group->rows.size() > 1)
            settle(task, rows, *group, gone, issues);
        for (const auto& [target, indices] : group->rows) {
            for (std::size_t k = 1; k < indices.size(); ++k) {
                if (gone[indices[k]])
                    continue;
                gone[indices[k]] = true;
                issues.push_back(issueOf(rows[indices[k]], {}, Reason::Duplicate, IssueAction::Dropped,
                    "the same as line " + std::to_string(rows[indices.front()].row.line)));
            }
        }
    }
    removeGone(rows, gone);
}

}  // namespace taskfold::data
