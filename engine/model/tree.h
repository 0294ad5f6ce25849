#pragma once

#include "engine/model/kernels.h"

#include <cstdint>
#include <span>
#include <vector>

namespace taskfold::model {

/// Rows as a tree, in one list of nodes: what rows of a group have in common at their beginning stands there once. A node's
/// hidden state depends on its ancestors alone, so nothing changes but the work. No torch.
///
///   a b c d        nodes   a b c d | e | f g        three segments: [0, 4), [4, 5) behind a b, [5, 7) behind a b c
///   a b e
///   a b c f g
struct Tree {
    std::vector<std::int64_t> tokens, positions;  // by node
    std::vector<std::int64_t> slots;  // by node: where its key and value lie; the node itself where there is no cache
    std::vector<kernels::Segment> segments;
    std::vector<kernels::Range> ranges;
    std::vector<std::int64_t> groupEnds;  // nodes of group g: from the end of the one before
    std::vector<std::vector<std::int64_t>> nodeOf;  // [row][place]

    std::int64_t size() const { return static_cast<std::int64_t>(tokens.size()); }
};

/// `groups`: by row, ascending from 0, or empty for one group. Rows of different groups share nothing. With `share` off
/// every row stands for itself.
Tree treeOf(std::span<const std::span<const std::int32_t>> rows, std::span<const int> groups = {}, bool share = true);

/// Runs of slots that follow one another, appended to `ranges`; how many were added.
std::int64_t addRanges(std::span<const std::int64_t> slots, std::vector<kernels::Range>& ranges);

}  // namespace taskfold::model
