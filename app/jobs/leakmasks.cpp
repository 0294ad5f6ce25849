#include "app/jobs/leakmasks.h"

#include "app/jobs/importdata.h"
#include "app/jobs/taskdata.h"
#include "db/datasetrepository.h"
#include "db/settingrepository.h"
#include "engine/data/leaksearch.h"
#include "engine/data/nearrows.h"
#include "engine/data/rowkeys.h"
#include "engine/data/rowstore.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

namespace taskfold::jobs {

namespace {

using Masks = std::map<std::int64_t, std::string>;

// A split's rows, and what it is called.
struct Opened {
    std::string task;
    Split split = Split::Train;
    VersionId version;
    data::RowFile rows;

    std::string place(std::int64_t i) const
    {
        return task + "/" + std::string(wordOf(split)) + " line " + std::to_string(rows.line(i));
    }
};

Result<std::vector<Opened>> openAll(const Project& project, SQLite::Database& database)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    std::vector<Opened> all;
    for (const TaskVersions& task : *tasks)
        for (const auto& [split, version] : task.splits) {
            Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
            if (!rows)
                return std::move(rows).error();
            all.push_back({task.task.name, split, version.id, *std::move(rows)});
        }
    return all;
}

std::string percent(double share)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", share * 100);
    return text;
}

// Rows of several splits one behind another.
class Rows {
public:
    void add(const Opened& split)
    {
        m_starts.push_back(m_count);
        m_splits.push_back(&split);
        m_count += split.rows.size();
    }
    std::int64_t size() const { return m_count; }
    std::pair<const Opened*, std::int64_t> at(std::int64_t i) const
    {
        const auto next = std::upper_bound(m_starts.begin(), m_starts.end(), i);
        const auto k = static_cast<std::size_t>(next - m_starts.begin() - 1);
        return {m_splits[k], i - m_starts[k]};
    }
    std::string_view input(std::int64_t i) const
    {
        const auto [split, row] = at(i);
        return split->rows.input(row);
    }

    void forget() const
    {
        for (const Opened* split : m_splits)
            split->rows.forget();
    }

private:
    std::vector<std::int64_t> m_starts;
    std::vector<const Opened*> m_splits;
    std::int64_t m_count = 0;
};

Result<std::vector<data::NearPair>> nearOf(const Rows& rows, std::int64_t references, const std::filesystem::path& scratch, const JobContext& context)
{
    data::NearSearch search;
    search.count = rows.size();
    search.references = references;
    search.textAt = [&](std::int64_t i) { return rows.input(i); };
    search.folder = scratch;
    search.forget = [&] { rows.forget(); };
    search.progress = [&](std::int64_t done, std::int64_t total) {
        if (context.report)
            context.report({done, total, {}, "looking for rows that are nearly the same"});
    };
    return data::nearPairs(search, context.stop);
}

class Masking {
public:
    Masking(const std::vector<Opened>& splits, const MaskRules& rules, std::filesystem::path scratch, const JobContext& context)
        : m_splits(splits)
        , m_scratch(std::move(scratch))
        , m_rules(rules)
        , m_context(context)
    {
    }

    Result<std::map<const Opened*, Masks>> run()
    {
        if (Result<void> found = leaks(); !found)
            return std::move(found).error();
        if (m_rules.nearLeaks)
            if (Result<void> found = nearLeaks(); !found)
                return std::move(found).error();
        if (m_rules.nearDuplicates)
            if (Result<void> found = nearDuplicates(); !found)
                return std::move(found).error();
        return m_masks;
    }

private:
    bool nextStep(const char* phase)
    {
        if (m_context.report)
            m_context.report({++m_step, static_cast<std::int64_t>(m_splits.size()), {}, phase});
        return !m_context.stop.stop_requested();
    }

    Result<void> leaks()
    {
        std::int64_t heldOut = 0;
        for (const Opened& one : m_splits)
            heldOut += one.split == Split::Train ? 0 : one.rows.size();
        data::LeakSearch search(m_scratch, heldOut);
        for (const Opened& one : m_splits)
            if (one.split != Split::Train)
                if (Result<void> added = nextStep("looking for leaks") ? search.addHeldOut(one.task, one.split, one.rows) : Error{ErrorCode::Cancelled, {}}; !added)
                    return added;
        for (std::size_t i = 0; i < m_splits.size(); ++i) {
            if (m_splits[i].split != Split::Train)
                continue;
            m_masks[&m_splits[i]];
            if (Result<void> added = nextStep("looking for leaks") ? search.addTraining(i, m_splits[i].rows, m_context.stop) : Error{ErrorCode::Cancelled, {}}; !added)
                return added;
        }
        return search.find([&](std::uint64_t number, std::int64_t line, const std::string& twin) { m_masks[&m_splits[number]].emplace(line, twin); }, m_context.stop);
    }

    void take(const Rows& rows, const std::vector<data::NearPair>& pairs)
    {
        for (const data::NearPair& pair : pairs) {
            const auto [split, row] = rows.at(pair.row);
            const auto [other, twin] = rows.at(pair.twin);
            m_masks[split].try_emplace(split->rows.line(row), percent(pair.similarity) + " like " + other->place(twin));
        }
    }

    Result<void> nearLeaks()
    {
        Rows rows;
        for (const Opened& one : m_splits)
            if (one.split != Split::Train)
                rows.add(one);
        const std::int64_t references = rows.size();
        if (references == 0)
            return {};
        for (const Opened& one : m_splits)
            if (one.split == Split::Train)
                rows.add(one);
        const auto pairs = nearOf(rows, references, m_scratch, m_context);
        if (!pairs)
            return pairs.error();
        take(rows, *pairs);
        return {};
    }

    Result<void> nearDuplicates()
    {
        for (const Opened& one : m_splits) {
            if (one.split != Split::Train)
                continue;
            Rows rows;
            rows.add(one);
            const auto pairs = nearOf(rows, 0, m_scratch, m_context);
            if (!pairs)
                return pairs.error();
            take(rows, *pairs);
        }
        return {};
    }

    const std::vector<Opened>& m_splits;
    std::filesystem::path m_scratch;
    const MaskRules& m_rules;
    const JobContext& m_context;
    std::int64_t m_step = 0;
    std::map<const Opened*, Masks> m_masks;
};

struct Seen {
    std::uint64_t input, target;
    std::uint32_t split;
};

OverlapCell& cellOf(std::map<std::pair<std::uint32_t, std::uint32_t>, OverlapCell>& cells, const std::vector<Opened>& splits,
    std::uint32_t from, std::uint32_t to)
{
    OverlapCell& cell = cells[{from, to}];
    if (cell.task.empty())
        cell = {splits[from].task, std::string(wordOf(splits[from].split)), splits[to].task, std::string(wordOf(splits[to].split))};
    return cell;
}

}  // namespace

namespace {

Result<MaskRules> rulesIn(SQLite::Database& database)
{
    const db::SettingRepository settings(database);
    const auto leaks = settings.get("near_leaks");
    const auto duplicates = settings.get("near_duplicates");
    if (!leaks || !duplicates)
        return leaks ? duplicates.error() : leaks.error();
    return MaskRules{*leaks == "on", *duplicates == "on"};
}

}  // namespace

Result<MaskRules> maskRules(const Project& project)
{
    Result<db::Connection> connection = openExisting(project);
    return connection ? rulesIn(**connection) : Result<MaskRules>(std::move(connection).error());
}

Result<void> noteOldMasks(SQLite::Database& database)
{
    return db::SettingRepository(database).set("masks_old", "yes");
}

Result<bool> haveOldMasks(SQLite::Database& database)
{
    const auto note = db::SettingRepository(database).get("masks_old");
    return note ? Result<bool>(*note == "yes") : Result<bool>(note.error());
}

Result<void> setMaskRules(const Project& project, const MaskRules& rules, const JobContext& context)
{
    {
        Result<db::Connection> connection = openExisting(project);
        if (!connection)
            return std::move(connection).error();
        db::SettingRepository settings(**connection);
        if (Result<void> set = settings.set("near_leaks", rules.nearLeaks ? "on" : "off"); !set)
            return set;
        if (Result<void> set = settings.set("near_duplicates", rules.nearDuplicates ? "on" : "off"); !set)
            return set;
    }
    return refreshMasks(project, context);
}

Result<void> refreshMasks(const Project& project, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    return connection ? refreshMasksIn(project, **connection, context) : Result<void>(std::move(connection).error());
}

Result<void> refreshMasksIn(const Project& project, SQLite::Database& database, const JobContext& context)
{
    const Result<MaskRules> rules = rulesIn(database);
    if (!rules)
        return rules.error();
    const Result<std::vector<Opened>> splits = openAll(project, database);
    if (!splits)
        return splits.error();
    const auto masks = Masking(*splits, *rules, project.rows(), context).run();
    if (!masks)
        return masks.error();
    db::DatasetRepository datasets(database);
    for (const auto& [split, found] : *masks)
        if (Result<void> set = datasets.setMasks(split->version, found); !set)
            return set;
    return db::SettingRepository(database).set("masks_old", "no");
}

Result<std::vector<OverlapCell>> overlapsOf(const Project& project, bool near, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<Opened>> splits = openAll(project, **connection);
    if (!splits)
        return splits.error();
    std::vector<Seen> seen;
    for (std::uint32_t s = 0; s < splits->size(); ++s)
        (*splits)[s].rows.each([&](std::int64_t i) {
            const data::RowFile& rows = (*splits)[s].rows;
            seen.push_back({data::hashText(rows.input(i)), data::hashText(rows.target(i)), s});
            return !context.stop.stop_requested();
        });
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return std::tie(a.input, a.split) < std::tie(b.input, b.split); });
    std::map<std::pair<std::uint32_t, std::uint32_t>, OverlapCell> cells;
    for (std::size_t from = 0, to = 0; from < seen.size(); from = to) {
        std::map<std::uint32_t, std::pair<std::int64_t, std::uint64_t>> bySplit;  // rows, and a target
        for (to = from; to < seen.size() && seen[to].input == seen[from].input; ++to) {
            auto& [rows, target] = bySplit[seen[to].split];
            ++rows;
            target = seen[to].target;
        }
        for (const auto& [one, rows] : bySplit)
            for (const auto& [other, others] : bySplit)
                if (one != other) {
                    OverlapCell& cell = cellOf(cells, *splits, one, other);
                    cell.shared += rows.first;
                    cell.otherTarget += rows.second != others.second ? rows.first : 0;
                }
    }
    if (near) {
        Rows rows;
        for (const Opened& one : *splits)
            rows.add(one);
        const auto pairs = nearOf(rows, 0, project.rows(), context);
        if (!pairs)
            return pairs.error();
        for (const data::NearPair& pair : *pairs) {
            const auto one = static_cast<std::uint32_t>(rows.at(pair.row).first - splits->data());
            const auto other = static_cast<std::uint32_t>(rows.at(pair.twin).first - splits->data());
            if (one == other)
                continue;
            ++cellOf(cells, *splits, one, other).near;
            ++cellOf(cells, *splits, other, one).near;
        }
    }
    std::vector<OverlapCell> all;
    for (auto& [pair, cell] : cells)
        all.push_back(std::move(cell));
    return all;
}

}  // namespace taskfold::jobs
