#include "engine/model/tree.h"

#include <algorithm>
#include <numeric>

namespace taskfold::model {

std::int64_t addRanges(std::span<const std::int64_t> slots, std::vector<kernels::Range>& ranges)
{
    const std::size_t before = ranges.size();
    for (const std::int64_t slot : slots) {
        if (ranges.size() > before && ranges.back().end == slot)
            ++ranges.back().end;
        else
            ranges.push_back({slot, slot + 1});
    }
    return static_cast<std::int64_t>(ranges.size() - before);
}

Tree treeOf(std::span<const std::span<const std::int32_t>> rows, std::span<const int> groups, bool share)
{
    const auto groupOf = [&](std::size_t row) { return groups.empty() ? 0 : groups[row]; };
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    // In sorted order a row has with the one before it the longest beginning in common that it has with any before it.
    if (share)
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return groupOf(a) != groupOf(b) ? groupOf(a) < groupOf(b) : std::ranges::lexicographical_compare(rows[a], rows[b]);
        });
    Tree tree;
    tree.nodeOf.resize(rows.size());
    const std::vector<std::int64_t> none;
    const std::vector<std::int64_t>* path = &none;
    std::span<const std::int32_t> last;
    int group = 0;
    for (const std::size_t row : order) {
        const auto& tokens = rows[row];
        for (; group < groupOf(row); ++group) {
            tree.groupEnds.push_back(tree.size());
            path = &none;
        }
        std::size_t common = 0;
        while (share && common < path->size() && common < tokens.size() && tokens[common] == last[common])
            ++common;
        std::vector<std::int64_t>& own = tree.nodeOf[row];
        own.assign(path->begin(), path->begin() + static_cast<std::ptrdiff_t>(common));
        if (common < tokens.size()) {
            kernels::Segment segment;
            segment.begin = segment.slot = tree.size();
            segment.position = static_cast<std::int64_t>(common);
            segment.firstRange = static_cast<std::int64_t>(tree.ranges.size());
            segment.ranges = addRanges(own, tree.ranges);
            for (std::size_t i = common; i < tokens.size(); ++i) {
                own.push_back(tree.size());
                tree.slots.push_back(tree.size());
                tree.tokens.push_back(tokens[i]);
                tree.positions.push_back(static_cast<std::int64_t>(i));
            }
            segment.end = tree.size();
            tree.segments.push_back(segment);
        }
        path = &own;
        last = tokens;
    }
    tree.groupEnds.push_back(tree.size());
    return tree;
}

}  // namespace taskfold::model
