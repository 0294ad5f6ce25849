#include "widgets/pages/planpage.h"

#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/pages/planform.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"
#include "widgets/parts/pipeline.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/rowbars.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

PlanPage::PlanPage(QWidget* parent)
    : QWidget(parent)
    , m_form(new PlanForm(this))
    , m_pipeline(new Pipeline(this))
    , m_shares(new RowBars(u"planShares"_s, this))
    , m_mixture(new MixtureModel(this))
    , m_findings(new FindingModel(this))
    , m_mixtureTable(new DataTable(u"mixture"_s, this))
    , m_findingTable(new DataTable(u"findings"_s, this))
    , m_estimate(new QLabel(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState(
          {u"plan"_s, tr("A plan says what is trained on what. It needs tasks first."), tr("Import data…"), u"plan"_s}, this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"planPage"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(200);
    connect(m_form, &PlanForm::addBaseRequested, this, &PlanPage::addBaseRequested);
    connect(m_form, &PlanForm::changed, &m_pause, qOverload<>(&QTimer::start));
    connect(&m_pause, &QTimer::timeout, this, &PlanPage::changed);
    connect(m_empty, &EmptyState::requested, this, &PlanPage::importRequested);
    connect(m_empty, &EmptyState::manualRequested, this, &PlanPage::manualRequested);
    connect(m_mixtureTable, &DataTable::failed, this, &PlanPage::showError);
    connect(m_findingTable, &DataTable::failed, this, &PlanPage::showError);
    connect(m_shares, &Plot::failed, this, &PlanPage::showError);
}

QWidget* PlanPage::buildHead()
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Plan"), this, layout);
    const auto add = [&](const QString& name, const QString& text, auto signal) {
        QPushButton* button = namedButton(name, text, head);
        layout->addWidget(button);
        connect(button, &QPushButton::clicked, this, signal);
    };
    add(u"planReset"_s, tr("Start anew"), &PlanPage::resetRequested);
    add(u"planOpen"_s, tr("Open…"), &PlanPage::openRequested);
    add(u"planSave"_s, tr("Save…"), &PlanPage::saveRequested);
    m_run = namedButton(u"planRun"_s, tr("Run"), head, true);
    layout->addWidget(m_run);
    connect(m_run, &QPushButton::clicked, this, &PlanPage::runRequested);
    return head;
}

QWidget* PlanPage::buildPreview()
{
    auto* preview = new QWidget(this);
    m_shares->setTitle(tr("Share of the examples of stage 3"));
    m_shares->setValueTitle(tr("Examples of stage 3"));
    m_mixtureTable->setTitle(tr("Stages and tasks"));
    m_mixtureTable->setModel(m_mixture);
    m_mixtureTable->setPlaceholder(tr("Filter stages and tasks"));
    m_findingTable->setTitle(tr("Pre-flight"));
    m_findingTable->setModel(m_findings);
    m_findingTable->setFilterVisible(false);
    m_findingTable->setStretchColumn(1);
    m_findingTable->setEmptyText(tr("Nothing speaks against running it."));
    m_estimate->setObjectName(u"planEstimate"_s);
    auto* middle = new QSplitter(Qt::Horizontal, preview);
    middle->addWidget(m_mixtureTable);
    middle->addWidget(m_shares);
    middle->setStretchFactor(0, 3);
    middle->setStretchFactor(1, 2);
    middle->setSizes({620, 360});
    auto* layout = new QVBoxLayout(preview);
    layout->setContentsMargins(6, 0, 0, 0);
    layout->addWidget(m_pipeline);
    layout->addWidget(m_estimate);
    layout->addWidget(middle, 3);
    layout->addWidget(m_findingTable, 2);
    return preview;
}

QWidget* PlanPage::buildContent()
{
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(u"planForm"_s);
    scroll->setWidget(m_form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(m_form->minimumSizeHint().width() + 24);
    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->addWidget(scroll);
    columns->addWidget(buildPreview());
    columns->setChildrenCollapsible(false);
    columns->setStretchFactor(1, 1);
    columns->setSizes({370, 800});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(columns, 1);
    return content;
}

void PlanPage::setAnyTasks(bool any)
{
    m_stack->setCurrentIndex(any ? 1 : 0);
}

void PlanPage::setBases(const QStringList& bases)
{
    m_form->setBases(bases);
}

void PlanPage::showPlan(const Plan& plan)
{
    m_form->setPlan(plan);
}

Plan PlanPage::plan() const
{
    return m_form->plan();
}

void PlanPage::showPreview(const PlanPreview& preview)
{
    m_banner->clear();
    showMixture(preview);
    showPipeline(preview);
    m_estimate->setText(tr("About %1 of memory and %2 on this machine.")
                            .arg(bytesText(static_cast<std::int64_t>(preview.memoryMib * 1024 * 1024)), durationText(preview.seconds)));
    QString blocking;
    for (const Finding& finding : preview.findings)
        if (finding.blocking && blocking.isEmpty())
            blocking = toQt(finding.what) + u' ' + toQt(finding.todo);
    std::vector<Finding> findings = preview.findings;
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return a.blocking > b.blocking; });
    m_findings->setRows(std::move(findings));
    m_findingTable->fitColumns(420);
    m_run->setEnabled(blocking.isEmpty());
    m_run->setToolTip(blocking);
}

void PlanPage::showMixture(const PlanPreview& preview)
{
    std::vector<MixtureRow> rows;
    QStringList names;
    RowBars::Series high{tr("High-resource"), [] { return theme::series(0); }, Qt::SolidPattern, {}};
    RowBars::Series low{tr("Other"), [] { return theme::series(1); }, Qt::BDiagPattern, {}};
    for (const StagePreview& stage : preview.stages) {
        if (stage.tasks.empty())
            rows.push_back({stage.stage, stage.steps, {}, stage.skipped});
        for (const MixtureLine& line : stage.tasks)
            rows.push_back({stage.stage, stage.steps, line, stage.skipped});
        if (stage.stage != "stage3")
            continue;
        for (const MixtureLine& line : stage.tasks) {
            const bool isHigh = std::find(preview.highResource.begin(), preview.highResource.end(), line.name) != preview.highResource.end();
            const double examples = static_cast<double>(line.rows) * line.effectiveEpochs;
            names.append(toQt(line.name));
            high.values.push_back(isHigh ? examples : 0);
            low.values.push_back(isHigh ? 0 : examples);
        }
    }
    m_mixture->setRows(std::move(rows));
    m_mixtureTable->fitColumns(200);
    m_shares->setEmptyText(names.isEmpty() ? tr("Stage 3 isn't part of the plan.") : QString());
    m_shares->setBars(names, {high, low});
}

void PlanPage::showPipeline(const PlanPreview& preview)
{
    const auto box = [&](const char* key, const QString& title) {
        const auto stage = std::find_if(preview.stages.begin(), preview.stages.end(), [&](const StagePreview& one) { return one.stage == key; });
        if (stage == preview.stages.end())
            return Pipeline::Box{title, tr("not in the plan"), false};
        if (!stage->skipped.empty())
            return Pipeline::Box{title, tr("skipped: %1").arg(toQt(stage->skipped)), false};
        return Pipeline::Box{title, tr("%1, %2").arg(countedText(stage->steps, tr("%1 step"), tr("%1 steps")),
                                        countedText(static_cast<std::int64_t>(stage->tasks.size()), tr("%1 task"), tr("%1 tasks"))), true};
    };
    Pipeline::Box baselines = box("baseline", tr("Baselines: one model a task"));
    if (baselines.active)
        baselines.note = tr("at most %1").arg(baselines.note);
    Pipeline::Box text = box("stage0", tr("Stage 0: domain text"));
    m_pipeline->setBoxes({text, box("stage2", tr("Stage 2: high-resource")), box("stage3", tr("Stage 3: all kept"))}, baselines);
}

void PlanPage::showError(const Error& error)
{
    m_banner->showError(error);
}

}  // namespace taskfold
