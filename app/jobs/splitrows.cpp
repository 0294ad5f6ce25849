#include "app/jobs/splitrows.h"

#include "app/jobs/taskdata.h"

#include <algorithm>

namespace taskfold::jobs {

std::string SplitRows::placeOf(std::int64_t line) const
{
    return dataKey(task, split) + " line " + std::to_string(line);
}

Result<std::vector<SplitRows>> openSplits(const Project& project, SQLite::Database& database)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    std::vector<SplitRows> all;
    for (const TaskVersions& task : *tasks)
        for (const auto& [split, version] : task.splits) {
            Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
            if (!rows)
                return std::move(rows).error();
            all.push_back({task.task.name, split, version.id, *std::move(rows)});
        }
    return all;
}

void JoinedRows::add(const SplitRows& split)
{
    m_starts.push_back(m_count);
    m_splits.push_back(&split);
    m_count += split.rows.size();
}

std::pair<const SplitRows*, std::int64_t> JoinedRows::at(std::int64_t i) const
{
    const auto next = std::upper_bound(m_starts.begin(), m_starts.end(), i);
    const auto k = static_cast<std::size_t>(next - m_starts.begin() - 1);
    return {m_splits[k], i - m_starts[k]};
}

Result<void> JoinedRows::eachNear(std::int64_t references, const std::filesystem::path& scratch,
    const std::function<Result<void>(const data::NearPair&)>& told, const JobContext& context) const
{
    data::NearSearch search;
    search.count = size();
    search.references = references;
    search.textAt = [this](std::int64_t i) {
        const auto [split, row] = at(i);
        return split->rows.input(row);
    };
    search.folder = scratch;
    search.forget = [this] {
        for (const SplitRows* split : m_splits)
            split->rows.forget();
    };
    search.progress = [&](std::int64_t done, std::int64_t total) {
        if (context.report)
            context.report({done, total, {}, "looking for rows that are nearly the same"});
    };
    return data::eachNearPair(search, told, context.stop);
}

}  // namespace taskfold::jobs
