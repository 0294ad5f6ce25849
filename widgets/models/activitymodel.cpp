#include "widgets/models/activitymodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::ActivityModel)
};

QVariant percentOf(const Activity& activity)
{
    if (activity.state != Activity::State::Running || activity.total <= 0)
        return QString();
    return percentText(static_cast<double>(activity.done) / static_cast<double>(activity.total), 0);
}

std::optional<double> leftOf(const Activity& activity)
{
    constexpr double kTooEarly = 1.0;  // seconds before which a guess would jump about
    if (activity.total <= 0 || activity.done <= 0 || activity.seconds < kTooEarly)
        return std::nullopt;
    const auto rest = static_cast<double>(std::max<std::int64_t>(0, activity.total - activity.done));
    return activity.seconds * rest / static_cast<double>(activity.done);
}

}  // namespace

QString titleOf(Activity::State state)
{
    switch (state) {
    case Activity::State::Queued: return Words::tr("Waiting");
    case Activity::State::Running: return Words::tr("Running");
    case Activity::State::Done: return Words::tr("Done");
    case Activity::State::Cancelled: return Words::tr("Stopped");
    case Activity::State::Failed: return Words::tr("Failed");
    }
    return {};
}

QString lineOf(const Activity& activity)
{
    if (activity.state == Activity::State::Failed)
        return Words::tr("Failed: %1").arg(toQt(activity.error.detail));
    if (!activity.isOpen())
        return Words::tr("%1 after %2").arg(titleOf(activity.state), durationText(activity.seconds));
    if (activity.state == Activity::State::Queued)
        return Words::tr("Waiting for its turn");
    QStringList parts;
    if (!activity.phase.isEmpty())
        parts.append(activity.phase);
    if (const QString percent = percentOf(activity).toString(); !percent.isEmpty())
        parts.append(percent);
    if (activity.secondsLeft)
        parts.append(Words::tr("%1 left").arg(durationText(*activity.secondsLeft)));
    return parts.isEmpty() ? titleOf(activity.state) : parts.join(u" · "_s);
}

ActivityModel::ActivityModel(QObject* parent)
    : RowModel(
        {
            {Words::tr("Work"), [](const Activity& a) { return a.title; }},
            {Words::tr("State"), [](const Activity& a) { return titleOf(a.state); }},
            {Words::tr("Progress"), [](const Activity& a) { return lineOf(a); }},
        },
        parent)
{
}

int ActivityModel::add(const QString& title)
{
    Activity activity;
    activity.id = ++m_lastId;
    activity.title = title;
    appendRow(std::move(activity));
    return m_lastId;
}

void ActivityModel::start(int id)
{
    const int index = indexOf(id);
    if (index < 0)
        return;
    Activity activity = row(index);
    activity.state = Activity::State::Running;
    activity.clock.start();
    replaceRow(index, std::move(activity));
}

void ActivityModel::progress(int id, std::int64_t done, std::int64_t total, const QString& phase)
{
    const int index = indexOf(id);
    if (index < 0 || !row(index).isOpen())
        return;
    Activity activity = row(index);
    if (!activity.clock.isValid())
        activity.clock.start();
    activity.state = Activity::State::Running;
    activity.done = done;
    activity.total = total;
    activity.phase = phase;
    activity.seconds = static_cast<double>(activity.clock.elapsed()) / 1000;
    activity.secondsLeft = leftOf(activity);
    replaceRow(index, std::move(activity));
}

void ActivityModel::finish(int id, Activity::State state, const Error& error)
{
    const int index = indexOf(id);
    if (index < 0)
        return;
    Activity activity = row(index);
    activity.state = state;
    activity.error = error;
    activity.secondsLeft.reset();
    if (activity.clock.isValid())
        activity.seconds = static_cast<double>(activity.clock.elapsed()) / 1000;
    replaceRow(index, std::move(activity));
}

void ActivityModel::forgetEnded()
{
    std::vector<Activity> open;
    std::copy_if(
        rows().begin(), rows().end(), std::back_inserter(open), [](const Activity& a) { return a.isOpen(); });
    setRows(std::move(open));
}

const Activity* ActivityModel::find(int id) const
{
    const int index = indexOf(id);
    return index < 0 ? nullptr : &row(index);
}

int ActivityModel::openCount() const
{
    return static_cast<int>(
        std::count_if(rows().begin(), rows().end(), [](const Activity& a) { return a.isOpen(); }));
}

const Activity* ActivityModel::current() const
{
    const Activity* open = nullptr;
    for (const Activity& activity : rows()) {
        if (activity.state == Activity::State::Running)
            return &activity;
        if (!open && activity.isOpen())
            open = &activity;
    }
    return open;
}

int ActivityModel::indexOf(int id) const
{
    const auto found
        = std::find_if(rows().begin(), rows().end(), [id](const Activity& a) { return a.id == id; });
    return found == rows().end() ? -1 : static_cast<int>(found - rows().begin());
}

}  // namespace taskfold
