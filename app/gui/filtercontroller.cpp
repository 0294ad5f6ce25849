#include "app/gui/filtercontroller.h"

#include "app/gui/edits.h"
#include "app/jobs/filter.h"
#include "app/jobs/planning.h"
#include "app/jobs/taskdata.h"
#include "db/baserepository.h"
#include "db/decisionrepository.h"
#include "db/taskrepository.h"
#include "widgets/pages/filterpage.h"
#include "widgets/pages/whatifpanel.h"
#include "widgets/parts/text.h"

#include <QPointer>

using namespace Qt::StringLiterals;

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

// The usual plan with the task on either side of the line.
Result<WhatIf> whatIfOf(const Project& project, const std::string& name)
{
    Result<Plan> plan = jobs::draftPlan(project, {});
    if (!plan)
        return std::move(plan).error();
    std::erase(plan->kept, name);
    std::erase(plan->excluded, name);
    WhatIf whatIf;
    whatIf.name = name;
    for (const bool kept : {true, false}) {
        Plan one = *plan;
        (kept ? one.kept : one.excluded).push_back(name);
        Result<PlanPreview> preview = jobs::previewPlan(project, one);
        if (!preview)
            return std::move(preview).error();
        (kept ? whatIf.kept : whatIf.excluded) = *std::move(preview);
        (kept ? whatIf.modelsKept : whatIf.modelsExcluded)
            = static_cast<int>(one.excluded.size()) + (one.kept.empty() ? 0 : 1);
    }
    return whatIf;
}

}  // namespace

FilterController::FilterController(FilterPage& page, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    connect(&m_page, &FilterPage::measureRequested, this, &FilterController::measure);
    connect(&m_page, &FilterPage::whatIfWanted, this, &FilterController::previewBoth);
    connect(&m_session.news, &News::basesChanged, this, &FilterController::showBases);
    connect(&m_page, &FilterPage::acceptRequested, this, &FilterController::accept);
    connect(&m_page, &FilterPage::decideRequested, this, &FilterController::decide);
    connect(&m_page, &FilterPage::manualRequested, &m_session.news, &News::manualWanted);
    for (const auto news : {&News::tasksChanged, &News::decisionsChanged, &News::runsChanged})
        connect(&m_session.news, news, this, &FilterController::reload);
    showBases();
    reload();
}

void FilterController::showBases()
{
    QStringList names{u"tiny"_s};
    if (const Result<std::vector<BaseModel>> bases = db::BaseRepository(m_session.database).all())
        for (const BaseModel& base : *bases)
            if (base.name != "tiny")
                names.append(toQt(base.name));
    m_page.setBases(names);
}

void FilterController::previewBoth(TaskId task)
{
    m_session.background.cancel(m_previewing);
    const Result<Task> known = db::TaskRepository(m_session.database).byId(task);
    if (!known)
        return;  // it has just been removed
    auto found = std::make_shared<std::optional<WhatIf>>();
    m_previewing = m_session.background.submit(this,
        {.job = {"What if",
             [project = m_session.project, task = *known, found](const JobContext&) -> Result<void> {
                 Result<WhatIf> whatIf = whatIfOf(project, task.name);
                 if (!whatIf)
                     return std::move(whatIf).error();
                 whatIf->task = task.id;
                 *found = *std::move(whatIf);
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    m_page.showWhatIf(*found);
            }});
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

void FilterController::measure(const QString& base, Signal signal)
{
    m_page.setMeasuring(true);
    jobs::FilterSetup setup;
    setup.base = toStd(base);
    setup.signal = signal;
    m_session.background.submit(this,
        {.job = {toStd(tr("Measuring affinity")),
             [project = m_session.project, setup](const JobContext& context) {
                 return jobs::measureAffinity(project, setup, context);
             }},
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
