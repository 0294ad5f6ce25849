#include "app/jobs/overlaps.h"

#include "app/jobs/splitrows.h"
#include "engine/data/sharedinputs.h"

#include <map>
#include <utility>

namespace taskfold::jobs {

namespace {

class Overlaps {
public:
    explicit Overlaps(const std::vector<SplitRows>& splits) : m_splits(splits) { }

    Result<void> findShared(const std::filesystem::path& scratch, const JobContext& context)
    {
        data::SharedInputs inputs(scratch);
        for (std::uint32_t s = 0; s < m_splits.size(); ++s) {
            if (context.report)
                context.report({s, static_cast<std::int64_t>(m_splits.size()), {}, "looking for shared inputs"});
            if (Result<void> added = inputs.add(s, m_splits[s].rows, context.stop); !added)
                return added;
        }
        const Result<data::SharedInputs::Pairs> pairs = inputs.count(context.stop);
        if (!pairs)
            return pairs.error();
        for (const auto& [pair, shared] : *pairs) {
            OverlapCell& cell = cellOf(pair.first, pair.second);
            cell.shared = shared.rows;
            cell.otherTarget = shared.otherTarget;
        }
        return {};
    }

    Result<void> findNear(const std::filesystem::path& scratch, const JobContext& context)
    {
        JoinedRows rows;
        for (const SplitRows& one : m_splits)
            rows.add(one);
        const auto told = [&](const data::NearPair& pair) -> Result<void> {
            const auto one = static_cast<std::uint32_t>(rows.at(pair.row).first - m_splits.data());
            const auto other = static_cast<std::uint32_t>(rows.at(pair.twin).first - m_splits.data());
            if (one != other) {
                ++cellOf(one, other).near;
                ++cellOf(other, one).near;
            }
            return {};
        };
        return rows.eachNear(0, scratch, told, context);
    }

    std::vector<OverlapCell> cells() &&
    {
        std::vector<OverlapCell> all;
        for (auto& [pair, cell] : m_cells)
            all.push_back(std::move(cell));
        return all;
    }

private:
    OverlapCell& cellOf(std::uint32_t from, std::uint32_t to)
    {
        OverlapCell& cell = m_cells[{from, to}];
        if (cell.task.empty())
            cell = {m_splits[from].task, std::string(wordOf(m_splits[from].split)), m_splits[to].task, std::string(wordOf(m_splits[to].split))};
        return cell;
    }

    const std::vector<SplitRows>& m_splits;
    std::map<std::pair<std::uint32_t, std::uint32_t>, OverlapCell> m_cells;
};

}  // namespace

Result<std::vector<OverlapCell>> overlapsOf(const Project& project, bool near, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<SplitRows>> splits = openSplits(project, **connection);
    if (!splits)
        return splits.error();
    Overlaps overlaps(*splits);
    if (Result<void> found = overlaps.findShared(project.rows(), context); !found)
        return std::move(found).error();
    if (near)
        if (Result<void> found = overlaps.findNear(project.rows(), context); !found)
            return std::move(found).error();
    return std::move(overlaps).cells();
}

}  // namespace taskfold::jobs
