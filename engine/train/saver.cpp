#include "engine/train/saver.h"

#include <chrono>

namespace taskfold::train {

Result<void> Saver::start(
    const Learner& learner, const Moments& moments, const TrainState& state, std::vector<std::int64_t> keep)
{
    Result<std::optional<Saved>> before = take(true);
    if (!before)
        return std::move(before).error();
    m_done = *before;  // nobody has heard of it yet
    if (Result<void> laid = m_store.lay(learner, moments, state); !laid)
        return laid;
    m_step = state.step;
    m_keep = std::move(keep);
    m_pending = std::async(std::launch::async, [this, step = m_step] { return m_store.seal(step); });
    return {};
}

Result<std::optional<Saver::Saved>> Saver::take(bool wait)
{
    std::optional<Saved> done = std::exchange(m_done, {});
    if (!m_pending.valid())
        return done;
    if (!wait && m_pending.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        return done;
    Result<std::filesystem::path> folder = m_pending.get();
    if (!folder)
        return std::move(folder).error();
    m_store.tidy(m_keep);
    return std::optional(Saved{m_step, *std::move(folder)});
}

}  // namespace taskfold::train
