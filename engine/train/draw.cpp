#include "engine/train/draw.h"

#include <numeric>
#include <utility>

namespace taskfold::train {

Draw::Draw(std::vector<std::size_t> rows, std::uint64_t seed, bool inOrder)
    : m_rows(std::move(rows))
    , m_seed(seed)
    , m_inOrder(inOrder)
    , m_order(m_rows.size())
    , m_epoch(m_rows.size(), -1)
{
    m_state.random.state = seed;
    m_state.drawn.assign(m_rows.size(), 0);
}

Draw::Pick Draw::next(const std::vector<double>& shares)
{
    double sum = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        sum += m_rows[i] > 0 ? shares[i] : 0;
    double place = m_state.random.uniform() * sum;
    std::size_t task = m_rows.size();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i] == 0 || shares[i] <= 0)
            continue;
        task = i;  // the last one with a share, should rounding lead past the end
        place -= shares[i];
        if (place < 0)
            break;
    }
    const auto rows = static_cast<std::int64_t>(m_rows[task]);
    const std::int64_t count = m_state.drawn[task]++;
    if (m_epoch[task] != count / rows)
        shuffle(task, count / rows);
    return {task, m_order[task][static_cast<std::size_t>(count % rows)]};
}

double Draw::epochs(std::size_t task) const
{
    return m_rows[task] == 0 ? 0 : static_cast<double>(m_state.drawn[task]) / static_cast<double>(m_rows[task]);
}

void Draw::restore(State state)
{
    m_state = std::move(state);
    m_epoch.assign(m_rows.size(), -1);
}

void Draw::shuffle(std::size_t task, std::int64_t epoch)
{
    m_order[task].resize(m_rows[task]);
    std::iota(m_order[task].begin(), m_order[task].end(), 0U);
    Random random{m_seed ^ (0x9E3779B97F4A7C15ULL * (task + 1)) ^ (0xBF58476D1CE4E5B9ULL * (static_cast<std::uint64_t>(epoch) + 1))};
    if (!m_inOrder)
        random.shuffle(m_order[task]);
    m_epoch[task] = epoch;
}

}  // namespace taskfold::train
