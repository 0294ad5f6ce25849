#include "app/gui/filtercontroller.h"

#include "app/gui/edits.h"
#include "app/jobs/filter.h"
#include "app/jobs/taskdata.h"
#include "db/decisionrepository.h"
#include "db/taskrepository.h"
#include "widgets/pages/filterpage.h"
#include "widgets/parts/text.h"

#include <QPointer>

namespace taskfold {

namespace {

struct Found {
    jobs::FilterView view;
    std::map<TaskId, std::int64_t> rows;
};

Job readJob(const Project& project, std::shared_ptr<Found> found)
{
    return {"Filter", [project, found](const JobContext&) -> Result<void> {
                Result<jobs::FilterView> view = jobs::filterView(project);
                if (!view)
                    return std::move(view).error();
                found->view = *std::move(view);
                const Result<db::Connection> connection = openExisting(project);
                if (!connection)
                    return connection.error();
                const auto tasks = jobs::versionsOf(**connection);
                if (!tasks)
                    return tasks.error();
                for (const jobs::TaskVersions& task : *tasks)
                    found->rows[task.task.id] = task.trainable();
                return {};
            }};
}

}  // namespace

FilterController::FilterController(FilterPage& page, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    connect(&m_page, &FilterPage::measureRequested, this, &FilterController::measure);
    connect(&m_page, &FilterPage::acceptRequested, this, &FilterController::accept);
    connect(&m_page, &FilterPage::decideRequested, this, &FilterController::decide);
    connect(&m_page, &FilterPage::manualRequested, &m_session.news, &News::manualWanted);
    for (const auto news : {&News::tasksChanged, &News::decisionsChanged, &News::runsChanged})
        connect(&m_session.news, news, this, &FilterController::reload);
    reload();
}

void FilterController::reload()
{
    m_session.background.cancel(m_reading);
    auto found = std::make_shared<Found>();
    m_reading = m_session.background.submit(this,
        {.job = readJob(m_session.project, found), .shown = Shown::Quietly, .onEnd = [this, found](const Outcome& end) {
             if (end.end != JobEnd::Completed)
                 return;
             const jobs::FilterView& view = found->view;
             m_page.show({view.tasks, found->rows, view.evidence, view.suggestions, view.current, view.history});
         }});
}

void FilterController::measure()
{
    m_page.setMeasuring(true);
    m_session.background.submit(this,
        {.job = {toStd(tr("Measuring affinity")),
             [project = m_session.project](const JobContext& context) { return jobs::measureAffinity(project, {}, context); }},
            .queue = Queue::Training,
            .result = Mode::Filter,
            .onEnd = [this](const Outcome&) {
                m_page.setMeasuring(false);
                emit m_session.news.decisionsChanged();
                emit m_session.news.runsChanged();
                emit m_session.news.basesChanged();
            }});
}

void FilterController::accept()
{
    m_session.background.submit(this,
        {.job = {toStd(tr("Accepting suggestions")),
             [project = m_session.project](const JobContext&) -> Result<void> {
                 const Result<int> changed = jobs::acceptSuggestions(project, "user");
                 return changed ? Result<void>{} : Result<void>(changed.error());
             }},
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome&) { emit m_session.news.decisionsChanged(); }});
}

void FilterController::decide(TaskId task, Verb verb, bool pinned, const QString& reason)
{
    const auto current = db::DecisionRepository(m_session.database).current();
    const Result<Task> known = db::TaskRepository(m_session.database).byId(task);
    if (!current || !known)
        return emit m_session.news.failed(current ? known.error() : current.error());
    Decision before;  // kept, as every task is without a decision
    before.by = "user";
    if (const auto found = current->find(task); found != current->end())
        before = found->second;
    Decision after = before;
    after.verb = verb;
    after.pinned = pinned;
    after.by = "user";
    after.reason = toStd(reason);
    const QPointer<FilterController> self(this);
    const auto putting = [self, task](const Decision& decision) {
        return [self, task, decision] {
            if (self)
                self->put(task, decision);
        };
    };
    const QString text = verb == Verb::Keep ? tr("keeping %1") : tr("leaving out %1");
    m_session.undo.push(new Edit(text.arg(toQt(known->name)), putting(after), putting(before)));
}

// History is only added to: taking a decision back is a decision, too.
void FilterController::put(TaskId task, const Decision& decision)
{
    const Result<Task> known = db::TaskRepository(m_session.database).byId(task);
    if (!known)
        return emit m_session.news.failed(known.error());
    m_session.background.submit(this,
        {.job = {"Decision",
             [project = m_session.project, name = known->name, decision](const JobContext&) {
                 return jobs::decide(project, name, decision.verb, decision.pinned, decision.by, decision.reason);
             }},
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome&) { emit m_session.news.decisionsChanged(); }});
}

}  // namespace taskfold
