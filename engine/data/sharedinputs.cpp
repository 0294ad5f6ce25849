#include "engine/data/sharedinputs.h"

#include "engine/data/eachpart.h"
#include "engine/data/rowkeys.h"

namespace taskfold::data {

Result<void> SharedInputs::add(std::uint32_t split, const RowFile& rows, const std::stop_token& stop)
{
    const auto made = [&](std::span<const RowFile::InputLine> part) {
        std::vector<Entry> entries;
        entries.reserve(part.size());
        for (const RowFile::InputLine& row : part)
            entries.push_back({hashText(row.input), hashText(row.target), row.index, split});
        return entries;
    };
    return takeEachPart(rows, stop, made, [&](const std::vector<Entry>& entries) { return m_runs.add(entries); });
}

void SharedInputs::countGroups(const std::vector<Group>& groups, Pairs& pairs)
{
    for (const Group& one : groups)
        for (const Group& other : groups)
            if (one.split != other.split) {
                Shared& shared = pairs[{one.split, other.split}];
                shared.rows += one.rows;
                shared.otherTarget += one.target != other.target ? one.rows : 0;
            }
}

Result<SharedInputs::Pairs> SharedInputs::count(const std::stop_token& stop)
{
    if (Result<void> begun = m_runs.begin(); !begun)
        return std::move(begun).error();
    Pairs pairs;
    std::vector<Group> groups;
    std::uint64_t input = 0;
    for (const Entry* entry = m_runs.front(); entry; entry = m_runs.front()) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (entry->input != input) {
            countGroups(groups, pairs);
            groups.clear();
            input = entry->input;
        }
        if (groups.empty() || groups.back().split != entry->split)
            groups.push_back({entry->split, 0, 0});
        ++groups.back().rows;
        groups.back().target = entry->target;
        if (Result<void> popped = m_runs.pop(); !popped)
            return std::move(popped).error();
    }
    countGroups(groups, pairs);
    return pairs;
}

}  // namespace taskfold::data
