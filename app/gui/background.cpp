#include "app/gui/background.h"

#include "widgets/parts/text.h"

#include <utility>

namespace taskfold {

namespace {

Activity::State stateOf(JobEnd end)
{
    switch (end) {
    case JobEnd::Completed: return Activity::State::Done;
    case JobEnd::Cancelled: return Activity::State::Cancelled;
    case JobEnd::Failed: return Activity::State::Failed;
    }
    return Activity::State::Failed;
}

}  // namespace

Background::Background(QObject* parent) : QObject(parent)
{
    listen(m_training, Queue::Training);
    listen(m_files, Queue::Files);
    listen(m_reading, Queue::Reading);
    listen(m_counting, Queue::Counting);
}

void Background::listen(EngineBridge& bridge, Queue queue)
{
    connect(&bridge, &EngineBridge::started, this, [this, queue](JobId job) { onStarted(queue, job); });
    connect(&bridge, &EngineBridge::progressed, this,
        [this, queue](JobId job, const Progress& progress) { onProgressed(queue, job, progress); });
    connect(&bridge, &EngineBridge::finished, this,
        [this, queue](JobId job, const Outcome& outcome) { onFinished(queue, job, outcome); });
}

EngineBridge& Background::bridge(Queue queue)
{
    switch (queue) {
    case Queue::Training: return m_training;
    case Queue::Files: return m_files;
    case Queue::Reading: return m_reading;
    case Queue::Counting: return m_counting;
    }
    return m_files;
}

int Background::submit(QObject* owner, Work work)
{
    Entry entry;
    entry.number = ++m_lastNumber;
    entry.queue = work.queue;
    entry.title = toQt(work.job.title);
    entry.owner = owner;
    entry.onProgress = std::move(work.onProgress);
    entry.onEnd = std::move(work.onEnd);
    if (work.shown == Shown::InTheCorner) {
        entry.activity = m_activities.add(entry.title);
        if (work.result)
            m_results[entry.activity] = *work.result;
    }
    entry.job = bridge(work.queue).submit(std::move(work.job));
    const int number = entry.number;
    m_open.emplace(number, std::move(entry));
    return number;
}

void Background::cancel(int number)
{
    const auto found = m_open.find(number);
    if (found != m_open.end())
        bridge(found->second.queue).cancel(found->second.job);
}

void Background::cancelAll()
{
    for (const auto& [number, entry] : m_open)
        bridge(entry.queue).cancel(entry.job);
}

bool Background::isTraining() const
{
    return std::any_of(
        m_open.begin(), m_open.end(), [](const auto& open) { return open.second.queue == Queue::Training; });
}

void Background::cancelActivity(int activity)
{
    for (const auto& [number, entry] : m_open)
        if (entry.activity == activity)
            bridge(entry.queue).cancel(entry.job);
}

std::optional<Mode> Background::resultOf(int activity) const
{
    const auto found = m_results.find(activity);
    return found == m_results.end() ? std::nullopt : std::optional(found->second);
}

Background::Entry* Background::entryOf(Queue queue, JobId job)
{
    for (auto& [number, entry] : m_open)
        if (entry.queue == queue && entry.job == job)
            return &entry;
    return nullptr;
}

void Background::onStarted(Queue queue, JobId job)
{
    if (const Entry* entry = entryOf(queue, job); entry && entry->activity)
        m_activities.start(entry->activity);
}

void Background::onProgressed(Queue queue, JobId job, const Progress& progress)
{
    const Entry* entry = entryOf(queue, job);
    if (!entry)
        return;
    if (entry->activity)
        m_activities.progress(entry->activity, progress.done, progress.total, toQt(progress.phase));
    if (entry->owner && entry->onProgress)
        entry->onProgress(progress);
}

void Background::onFinished(Queue queue, JobId job, const Outcome& outcome)
{
    const Entry* found = entryOf(queue, job);
    if (!found)
        return;
    const Entry entry = *found;
    m_open.erase(entry.number);  // first: what follows may submit the next job
    if (entry.activity)
        m_activities.finish(entry.activity, stateOf(outcome.end), outcome.error);
    if (outcome.end == JobEnd::Failed)
        emit failed(entry.title, outcome.error);
    if (entry.owner && entry.onEnd)
        entry.onEnd(outcome);
    if (isIdle())
        emit idle();
}

}  // namespace taskfold
