#include "widgets/pages/runspage.h"

#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"
#include "widgets/parts/segments.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/curves.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

enum What { Loss, Metric, Share, LearningRate, GradientNorm };

const char* nameOf(int what)
{
    switch (what) {
    case Metric: return "metric";
    case Share: return "share";
    case LearningRate: return "learning_rate";
    case GradientNorm: return "gradient_norm";
    default: return "loss";
    }
}

bool mayResume(RunStatus status)
{
    return status == RunStatus::Stopped || status == RunStatus::Interrupted || status == RunStatus::Failed
        || status == RunStatus::Paused || status == RunStatus::Queued;
}

bool isRunning(RunStatus status)
{
    return status == RunStatus::Running || status == RunStatus::Pausing || status == RunStatus::Stopping;
}

bool sameLine(const Run& a, const Run& b)
{
    return a.id == b.id && a.status == b.status && a.steps == b.steps && a.loss == b.loss && a.seconds == b.seconds
        && a.note == b.note && a.stepsTotal == b.stepsTotal;
}

}  // namespace

RunsPage::RunsPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new RunModel(this))
    , m_states(new RunTaskModel(this))
    , m_table(new DataTable(u"runs"_s, this))
    , m_stateTable(new DataTable(u"runTasks"_s, this))
    , m_curves(new Curves(u"runCurves"_s, this))
    , m_what(new Segments(u"curveWhat"_s, tr("Curve"), {tr("Loss"), tr("Score"), tr("Share"), tr("Rate"), tr("Gradient")}, this))
    , m_smooth(new QCheckBox(tr("Smooth (dashed: validation)"), this))
    , m_evaluating(new QLabel(this))
    , m_alarm(new QLabel(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState({u"runs"_s, tr("Nothing was trained yet: a plan says what to train."), tr("To the plan"), u"runs"_s}, this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"runsPage"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    connect(m_empty, &EmptyState::requested, this, &RunsPage::planRequested);
    connect(m_empty, &EmptyState::manualRequested, this, &RunsPage::manualRequested);
    connect(m_table, &DataTable::currentRowChanged, this, &RunsPage::onRow);
    connect(m_table, &DataTable::failed, this, &RunsPage::showError);
    connect(m_stateTable, &DataTable::failed, this, &RunsPage::showError);
    connect(m_curves, &Plot::failed, this, &RunsPage::showError);
    showButtons();
}

QWidget* RunsPage::buildHead()
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Runs"), this, layout);
    const auto add = [&](const QString& name, const QString& text, void (RunsPage::*signal)(RunId), bool main = false) {
        QPushButton* button = namedButton(name, text, head, main);
        layout->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, signal] {
            if (selectedRun())
                emit (this->*signal)(selectedRun());
        });
        return button;
    };
    m_delete = add(u"deleteRun"_s, tr("Delete…"), &RunsPage::deleteRequested);
    m_evaluate = add(u"evaluateRun"_s, tr("Evaluate"), &RunsPage::evaluateRequested);
    m_export = add(u"exportRun"_s, tr("Export…"), &RunsPage::exportRequested);
    m_compare = add(u"compareRun"_s, tr("Compare"), &RunsPage::compareRequested);
    m_resume = add(u"resumeRun"_s, tr("Resume"), &RunsPage::resumeRequested);
    m_pause = add(u"pauseRun"_s, tr("Pause"), &RunsPage::pauseRequested);
    m_stop = add(u"stopRun"_s, tr("Stop and keep"), &RunsPage::stopRequested, true);
    return head;
}

void RunsPage::buildQueueControls()
{
    m_goOn = new QCheckBox(tr("Go on after a failure"), this);
    m_goOn->setObjectName(u"queueGoOn"_s);
    m_goOn->setAccessibleName(m_goOn->text());
    m_goOn->setToolTip(tr("Train what doesn't start from the run that failed"));
    connect(m_goOn, &QCheckBox::toggled, this, &RunsPage::goOnChanged);
    m_table->addControl(m_goOn);
    const auto mover = [this](const QString& name, const QString& icon, const QString& text, bool earlier) {
        auto* button = new QPushButton(theme::icon(icon), {}, this);
        button->setObjectName(name);
        button->setAccessibleName(text);
        button->setToolTip(text);
        button->setFlat(true);
        connect(button, &QPushButton::clicked, this, [this, earlier] {
            if (selectedRun())
                emit moveRequested(selectedRun(), earlier);
        });
        m_table->addTrailingControl(button);
        return button;
    };
    m_earlier = mover(u"runEarlier"_s, u"up"_s, tr("Train it earlier"), true);
    m_later = mover(u"runLater"_s, u"down"_s, tr("Train it later"), false);
}

void RunsPage::setGoOn(bool goOn)
{
    m_goOn->setChecked(goOn);
}

QWidget* RunsPage::buildCurves()
{
    auto* card = new QFrame(this);
    card->setProperty("card", true);
    m_smooth->setObjectName(u"curveSmooth"_s);
    m_smooth->setAccessibleName(tr("Smooth the curves"));
    m_evaluating->setObjectName(u"evaluationShare"_s);
    m_evaluating->hide();
    m_alarm->setObjectName(u"transferAlarm"_s);
    m_alarm->setWordWrap(true);
    m_alarm->hide();
    m_curves->setTitle(tr("Training curves"));
    auto* controls = new QHBoxLayout;
    controls->addWidget(m_what);
    controls->addStretch();
    controls->addWidget(m_evaluating);
    controls->addWidget(m_smooth);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addLayout(controls);
    layout->addWidget(m_alarm);
    layout->addWidget(m_curves, 1);
    connect(m_what, &Segments::chosen, this, &RunsPage::drawCurves);
    connect(m_smooth, &QCheckBox::toggled, this, [this](bool on) { m_curves->setSmoothing(on ? 0.9 : 0); });
    m_smooth->setChecked(true);
    return card;
}

QWidget* RunsPage::buildContent()
{
    m_table->setTitle(tr("Runs"));
    m_table->setPlaceholder(tr("Filter runs"));
    m_table->setModel(m_model);
    buildQueueControls();
    m_table->setStretchColumn(9);  // the note
    m_stateTable->setTitle(tr("Tasks of the run"));
    m_stateTable->setModel(m_states);
    m_stateTable->setFilterVisible(false);
    m_stateTable->setEmptyText(tr("Known after the first evaluation."));
    auto* lower = new QSplitter(Qt::Horizontal, this);
    lower->addWidget(buildCurves());
    lower->addWidget(m_stateTable);
    lower->setStretchFactor(0, 1);
    lower->setSizes({760, 380});
    auto* rows = new QSplitter(Qt::Vertical, this);
    rows->addWidget(m_table);
    rows->addWidget(lower);
    rows->setChildrenCollapsible(false);
    rows->setSizes({300, 420});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(rows, 1);
    return content;
}

void RunsPage::showRuns(const std::vector<Run>& runs, const std::vector<Task>& tasks)
{
    m_names.clear();
    for (const Task& task : tasks)
        m_names[task.id] = toQt(task.name);
    const auto nameOf = [&](const Run& run) { return run.task ? toStd(taskName(run.task)) : std::string(); };
    bool same = static_cast<int>(runs.size()) == m_model->rowCount();
    for (int i = 0; same && i < m_model->rowCount(); ++i)
        same = m_model->row(i).run.id == runs[static_cast<std::size_t>(i)].id;
    if (same) {
        for (int i = 0; i < m_model->rowCount(); ++i)
            if (const Run& run = runs[static_cast<std::size_t>(i)]; !sameLine(m_model->row(i).run, run))
                m_model->replaceRow(i, {run, nameOf(run)});
    } else {
        const RunId chosen = selectedRun();
        std::vector<RunLine> lines;
        RunId active;
        for (const Run& run : runs) {
            lines.push_back({run, nameOf(run)});
            if (isRunning(run.status) || (!active && run.kind == RunKind::Stage3))
                active = run.id;
        }
        m_model->setRows(std::move(lines));
        m_table->fitColumns(200);
        selectRun(chosen && m_model->indexOf(chosen) >= 0 ? chosen : active ? active : runs.empty() ? RunId{} : runs.back().id);
    }
    m_stack->setCurrentIndex(runs.empty() ? 0 : 1);
    showButtons();
}

void RunsPage::selectRun(RunId run)
{
    const int row = m_model->indexOf(run);
    if (row >= 0)
        m_table->selectRow(row);
}

RunId RunsPage::selectedRun() const
{
    const int row = m_table->currentRow();
    return row < 0 ? RunId{} : m_model->row(row).run.id;
}

void RunsPage::onRow(int row)
{
    showButtons();
    const RunId run = row < 0 ? RunId{} : m_model->row(row).run.id;
    if (run == m_shown)
        return;
    m_shown = run;
    m_points.clear();
    m_tasks.clear();
    m_states->setRows({});
    drawCurves();
    showAlarm();
    showEvaluationShare();
    if (run)
        emit runSelected(run);
}

void RunsPage::setBusy(bool busy)
{
    m_busy = busy;
    showButtons();
}

void RunsPage::showButtons()
{
    const int row = m_table->currentRow();
    const bool any = row >= 0 && row < m_model->rowCount();
    const Run run = any ? m_model->row(row).run : Run{};
    const bool done = any && run.status == RunStatus::Completed && !run.checkpoint.empty();
    m_stop->setEnabled(any && (run.status == RunStatus::Running || run.status == RunStatus::Queued));
    m_pause->setEnabled(any && run.status == RunStatus::Running);
    m_earlier->setEnabled(any && run.status == RunStatus::Queued);
    m_later->setEnabled(any && run.status == RunStatus::Queued);
    m_resume->setEnabled(any && !m_busy && run.plan && mayResume(run.status));
    m_delete->setEnabled(any);
    m_evaluate->setEnabled(done && !m_busy);
    m_export->setEnabled(done && !m_busy);
    m_compare->setEnabled(done && run.kind != RunKind::Baseline);
}

QString RunsPage::taskName(TaskId task) const
{
    const auto found = m_names.find(task);
    return found == m_names.end() ? tr("task %1").arg(task.value) : found->second;
}

void RunsPage::addPoints(RunId run, const std::vector<MetricPoint>& points)
{
    if (run != m_shown || points.empty())
        return;
    for (const MetricPoint& point : points) {
        auto& curve = m_points[{point.task, point.name}];
        while (!curve.empty() && curve.back().first >= static_cast<double>(point.step))
            curve.pop_back();  // a resumed run writes again what came after its checkpoint
        curve.emplace_back(static_cast<double>(point.step), point.value);
    }
    drawCurves();
    showAlarm();
    showEvaluationShare();
}

void RunsPage::drawCurves()
{
    const int what = m_what->current();
    const std::string wanted = nameOf(what);
    std::vector<Curves::Curve> curves;
    std::map<TaskId, int> colours;
    // Seven colours, the eighth is the whole run's; the next seven tasks have the same with another stroke.
    constexpr int kColours = 7;
    for (const auto& [key, values] : m_points)
        if (key.first) {
            const int number = static_cast<int>(colours.size());
            colours.try_emplace(key.first, number % kColours + (kColours + 1) * (number / kColours));
        }
    for (const auto& [key, values] : m_points) {
        const auto& [task, name] = key;
        const bool validation = what == Loss && name == "validation_loss";
        if (name != wanted && !validation)
            continue;
        if (!task && what == Loss && name == "loss" && colours.size() == 1)
            continue;  // the only task's own curve says the same
        QString title = task ? taskName(task) : what == Loss ? tr("all tasks") : tr("run");
        if (validation)
            title = tr("%1, validation").arg(title);
        double factor = what == Metric || what == Share ? 100 : 1;
        std::vector<std::pair<double, double>> scaled = values;
        for (auto& [step, value] : scaled)
            value *= factor;
        curves.push_back({title, task ? colours[task] : 7, validation, validation || what == Metric || what == Share, !validation || colours.size() < 3,
            std::move(scaled)});
    }
    const QString titles[]{tr("Loss"), tr("Validation score, points"), tr("Share of the examples, %"), tr("Learning rate"), tr("Gradient norm")};
    m_curves->setCurves(std::move(curves), titles[what]);
}

void RunsPage::showTasks(RunId run, const std::vector<RunTask>& tasks)
{
    if (run != m_shown)
        return;
    m_tasks = tasks;
    std::vector<RunTaskLine> lines;
    for (const RunTask& task : tasks)
        lines.push_back({task, toStd(taskName(task.task))});
    m_states->setRows(std::move(lines));
    m_stateTable->fitColumns(160);
    showAlarm();
}

// Negative transfer while it happens: a task falls below its own best by more than chance explains.
void RunsPage::showAlarm()
{
    QStringList falling;
    for (const RunTask& task : m_tasks) {
        const auto curve = m_points.find({task.task, "metric"});
        if (curve == m_points.end() || curve->second.empty())
            continue;
        const double last = curve->second.back().second;
        if (last < task.best - 2 * std::max(task.bestSe, 1e-3))
            falling.append(tr("%1 (%2 points, best %3)").arg(taskName(task.task), pointsText(last), pointsText(task.best)));
    }
    m_alarm->setVisible(!falling.isEmpty());
    m_alarm->setText(tr("⚠ Below their own best by more than twice the standard error: %1").arg(falling.join(u", "_s)));
}

// What evaluating costs; the plan bounds it.
void RunsPage::showEvaluationShare()
{
    const auto shares = m_points.find({TaskId{}, "evaluation_share"});
    const bool known = shares != m_points.end() && !shares->second.empty();
    m_evaluating->setVisible(known);
    if (known)
        m_evaluating->setText(tr("Evaluating takes %1 % of the time").arg(pointsText(shares->second.back().second)));
}

void RunsPage::showError(const Error& error)
{
    m_banner->showError(error);
}

}  // namespace taskfold
