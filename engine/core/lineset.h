#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>

namespace taskfold {

/// Line numbers of a file, a bit each: of tens of millions in a few megabytes.
class LineSet {
public:
    /// Below zero there are none.
    void add(std::int64_t line)
    {
        if (line < 0)
            return;
        std::uint64_t& word = m_blocks[line / kLines][wordOf(line)];
        m_size += (word & bitOf(line)) == 0 ? 1 : 0;
        word |= bitOf(line);
    }

    bool contains(std::int64_t line) const
    {
        const auto block = m_blocks.find(line / kLines);
        return line >= 0 && block != m_blocks.end() && (block->second[wordOf(line)] & bitOf(line)) != 0;
    }

    std::int64_t size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }

    /// In rising order.
    void each(const std::function<void(std::int64_t line)>& told) const
    {
        for (const auto& [number, words] : m_blocks)
            for (std::int64_t i = 0; i < kLines; ++i)
                if (words[wordOf(i)] & bitOf(i))
                    told(number * kLines + i);
    }

private:
    // Blocks that hold nothing aren't there, so that one line far behind the others costs a block.
    static constexpr std::int64_t kLines = 1 << 16;

    static std::size_t wordOf(std::int64_t line) { return static_cast<std::size_t>(line % kLines) / 64; }
    static std::uint64_t bitOf(std::int64_t line) { return std::uint64_t{1} << (line % 64); }

    std::map<std::int64_t, std::array<std::uint64_t, kLines / 64>> m_blocks;
    std::int64_t m_size = 0;
};

}  // namespace taskfold
