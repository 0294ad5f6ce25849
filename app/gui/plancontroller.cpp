#include "app/gui/plancontroller.h"

#include "app/jobs/planfile.h"
#include "app/jobs/planning.h"
#include "db/baserepository.h"
#include "db/taskrepository.h"
#include "widgets/pages/planpage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

PlanController::PlanController(PlanPage& page, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    connect(&m_page, &PlanPage::changed, this, &PlanController::followBase);
    connect(&m_page, &PlanPage::changed, this, &PlanController::preview);
    connect(&m_page, &PlanPage::resetRequested, this, &PlanController::draft);
    connect(&m_page, &PlanPage::openRequested, this, &PlanController::open);
    connect(&m_page, &PlanPage::saveRequested, this, &PlanController::save);
    connect(&m_page, &PlanPage::importRequested, this, &PlanController::importWanted);
    connect(&m_page, &PlanPage::manualRequested, &m_session.news, &News::manualWanted);
    connect(&m_page, &PlanPage::runRequested, this, [this] { emit runWanted(m_page.plan()); });
    connect(&m_session.news, &News::tasksChanged, this, &PlanController::refreeze);
    connect(&m_session.news, &News::decisionsChanged, this, &PlanController::refreeze);
    connect(&m_session.news, &News::runsChanged, this, &PlanController::preview);
    connect(&m_session.news, &News::basesChanged, this, &PlanController::showBases);
    showBases();
    draft();
}

void PlanController::showBases()
{
    QStringList names{u"tiny"_s};
    if (const Result<std::vector<BaseModel>> bases = db::BaseRepository(m_session.database).all())
        for (const BaseModel& base : *bases)
            if (base.name != "tiny")
                names.append(toQt(base.name));
    m_page.setBases(names);
}

// Another base or method has other usual rates; those that the user chose stay.
void PlanController::followBase()
{
    Plan plan = m_page.plan();
    if (plan.base == m_base && plan.method == m_method)
        return;
    const auto parametersOf = [this](const std::string& name) {
        const Result<BaseModel> base = db::BaseRepository(m_session.database).byName(name);
        return base ? static_cast<double>(base->parameters) : 0;
    };
    Plan before;
    before.method = m_method;
    jobs::takeUsualRates(before, parametersOf(m_base));
    m_base = plan.base;
    m_method = plan.method;
    const bool usual = std::equal(plan.learningRate.begin(), plan.learningRate.end(), before.learningRate.begin(),
        before.learningRate.end(), [](const auto& a, const auto& b) { return a.first == b.first && std::abs(a.second - b.second) < 1e-3 * b.second; });
    if (!usual)
        return;
    const double epochs = plan.epochsCap;
    jobs::takeUsualRates(plan, parametersOf(plan.base));
    if (epochs != before.epochsCap)
        plan.epochsCap = epochs;
    show(plan);
}

void PlanController::show(const Plan& plan)
{
    m_base = plan.base;
    m_method = plan.method;
    m_page.showPlan(plan);
}

void PlanController::draft()
{
    m_session.background.cancel(m_drafting);
    auto found = std::make_shared<Plan>();
    m_drafting = m_session.background.submit(this,
        {.job = {"Plan",
             [project = m_session.project, found](const JobContext&) -> Result<void> {
                 Result<Plan> plan = jobs::draftPlan(project, {});
                 if (!plan)
                     return std::move(plan).error();
                 *found = *std::move(plan);
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                m_page.setAnyTasks(!found->kept.empty() || !found->excluded.empty());
                show(*found);
                preview();
            }});
}

// Tasks or decisions are others now: the plan takes them, and keeps what the user chose.
void PlanController::refreeze()
{
    m_session.background.cancel(m_drafting);
    auto found = std::make_shared<Plan>();
    m_drafting = m_session.background.submit(this,
        {.job = {"Plan",
             [project = m_session.project, found](const JobContext&) -> Result<void> {
                 Result<Plan> plan = jobs::draftPlan(project, {});
                 if (!plan)
                     return std::move(plan).error();
                 *found = *std::move(plan);
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                Plan plan = m_page.plan();
                plan.kept = found->kept;
                plan.excluded = found->excluded;
                plan.dataHashes = found->dataHashes;
                plan.masks = found->masks;
                m_page.setAnyTasks(!plan.kept.empty() || !plan.excluded.empty());
                show(plan);
                preview();
            }});
}

void PlanController::preview()
{
    m_session.background.cancel(m_previewing);
    auto found = std::make_shared<PlanPreview>();
    auto failure = std::make_shared<std::optional<Error>>();
    m_previewing = m_session.background.submit(this,
        {.job = {"Preview",
             [project = m_session.project, plan = m_page.plan(), found, failure](const JobContext&) -> Result<void> {
                 Result<PlanPreview> preview = jobs::previewPlan(project, plan);
                 if (preview)
                     *found = *std::move(preview);
                 else
                     *failure = preview.error();
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, found, failure](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                if (*failure)
                    m_page.showError(**failure);
                else
                    m_page.showPreview(*found);
            }});
}

void PlanController::open()
{
    ask::openFiles(&m_page, tr("Open plan"), tr("Plans (*.json)"), [this](const QStringList& files) {
        if (files.isEmpty())
            return;
        const Result<Plan> plan = jobs::readPlan(files.front().toStdString());
        if (!plan)
            return m_page.showError(plan.error());
        show(*plan);
        preview();
    });
}

void PlanController::save()
{
    const Plan plan = m_page.plan();
    ask::saveFile(&m_page, tr("Save plan"), toQt(plan.name) + u".json"_s, tr("Plans (*.json)"), [this, plan](const QString& file) {
        if (Result<void> written = jobs::writePlan(plan, file.toStdString()); !written)
            m_page.showError(written.error());
    });
}

}  // namespace taskfold
