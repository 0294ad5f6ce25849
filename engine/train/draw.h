#pragma once

#include "engine/core/random.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace taskfold::train {

/// Which example comes next: the task by its share, the row without replacement inside the task's epoch. The order of an
/// epoch follows from seed, task and epoch alone, so that few numbers are the whole state.
class Draw {
public:
    struct State {
        Random random;
        std::vector<std::int64_t> drawn;  // by task, since the run began

        bool operator==(const State& other) const
        {
            return random.state == other.random.state && drawn == other.drawn;
        }
    };

    struct Pick {
        std::size_t task = 0, row = 0;
    };

    Draw(std::vector<std::size_t> rows, std::uint64_t seed, bool inOrder = false);

    /// `shares`: not negative, at least one of a task with rows positive.
    Pick next(const std::vector<double>& shares);

    double epochs(std::size_t task) const;
    const State& state() const { return m_state; }
    void restore(State state);

private:
    void shuffle(std::size_t task, std::int64_t epoch);

    std::vector<std::size_t> m_rows;
    std::uint64_t m_seed;
    bool m_inOrder;
    State m_state;
    std::vector<std::vector<std::uint32_t>> m_order;
    std::vector<std::int64_t> m_epoch;  // that m_order is of; -1: none yet
};

}  // namespace taskfold::train
