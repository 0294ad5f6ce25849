#pragma once

#include "engine/text/largepages.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace taskfold {

/// The tokens of many texts, row by row.
class TokenBatch {
public:
    std::size_t rows() const { return m_rows; }
    std::int64_t tokens() const { return m_tokens; }
    std::span<const std::int32_t> row(std::size_t row) const
    {
        const Block& block = m_blocks[row / kBlockRows];
        const std::size_t i = row % kBlockRows;
        const std::size_t from = i == 0 ? 0 : block.ends[i - 1];
        return {block.tokens + from, block.ends[i] - from};
    }

private:
    friend class Tokenizer;
    static constexpr std::size_t kBlockRows = 512;

    struct Block {
        const std::int32_t* tokens = nullptr;
        std::vector<std::size_t> ends;  // of each row
    };

    /// Where one thread puts the tokens of its blocks.
    class Store {
    public:
        const std::int32_t* keep(std::span<const std::int32_t> tokens);

    private:
        std::vector<LargePages> m_pages;
        std::vector<std::unique_ptr<std::int32_t[]>> m_small;  // of blocks that would leave most of a page empty
        std::size_t m_used = 0;  // of the last page
        std::size_t m_kept = 0;
    };

    std::vector<Block> m_blocks;
    std::vector<Store> m_stores;
    std::size_t m_rows = 0;
    std::int64_t m_tokens = 0;
};

}  // namespace taskfold
