#include "widgets/dialogs/taskdialog.h"

#include "widgets/models/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::array kKinds{
    TaskKind::Classification, TaskKind::PairClassification, TaskKind::Extraction, TaskKind::Generation};
constexpr std::array kMetrics{MetricKind::Accuracy, MetricKind::MacroF1, MetricKind::MicroF1, MetricKind::SlotF1,
    MetricKind::ExactMatch, MetricKind::RougeL, MetricKind::Bleu, MetricKind::ChrF, MetricKind::Perplexity};

QDoubleSpinBox* points(const QString& name, double most, const QString& suffix, QWidget* parent)
{
    auto* box = new QDoubleSpinBox(parent);
    box->setObjectName(name);
    box->setRange(0, most);
    box->setDecimals(2);
    box->setSingleStep(0.5);
    box->setSuffix(suffix);
    box->setMaximumWidth(160);
    return box;
}

template <typename Widget>
Widget* named(Widget* widget, const QString& name)
{
    widget->setObjectName(name);
    return widget;
}

}  // namespace

TaskDialog::TaskDialog(const Task& task, QWidget* parent)
    : QDialog(parent)
    , m_task(task)
    , m_kind(named(new QComboBox(this), u"taskKind"_s))
    , m_metric(named(new QComboBox(this), u"taskMetric"_s))
    , m_instruction(named(new QPlainTextEdit(this), u"taskInstruction"_s))
    , m_labels(named(new QPlainTextEdit(this), u"taskLabels"_s))
    , m_owner(named(new QLineEdit(this), u"taskOwner"_s))
    , m_suite(named(new QLineEdit(this), u"taskSuite"_s))
    , m_margin(points(u"taskMargin"_s, 100, tr(" points"), this))
    , m_traffic(points(u"taskTraffic"_s, 100, tr(" %"), this))
    , m_hasDeployed(named(new QCheckBox(tr("It serves today with a score of"), this), u"taskHasDeployed"_s))
    , m_deployed(points(u"taskDeployed"_s, 100, tr(" points"), this))
    , m_problem(named(new QLabel(this), u"taskProblem"_s))
    , m_save(named(new QPushButton(tr("Save"), this), u"taskSave"_s))
{
    setObjectName(u"taskDialog"_s);
    setWindowTitle(tr("Properties of %1").arg(toQt(task.name)));
    resize(620, 640);
    build();
    fill(task);
    connect(m_labels, &QPlainTextEdit::textChanged, this, &TaskDialog::check);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &TaskDialog::check);
    connect(m_hasDeployed, &QCheckBox::toggled, m_deployed, &QWidget::setEnabled);
    check();
}

void TaskDialog::fillChoices()
{
    for (const TaskKind kind : kKinds)
        m_kind->addItem(titleOf(kind));
    for (const MetricKind metric : kMetrics)
        m_metric->addItem(titleOf(metric));
    m_instruction->setTabChangesFocus(true);
    m_instruction->setMaximumHeight(80);
    m_labels->setTabChangesFocus(true);
    m_labels->setPlaceholderText(tr("One label a line; none for a task that writes freely"));
    m_owner->setPlaceholderText(tr("Who must be convinced"));
    m_suite->setPlaceholderText(tr("A name to compare by"));
    m_margin->setToolTip(tr("How much worse than its own model the task may become"));
    m_traffic->setSpecialValueText(tr("not said"));
}

void TaskDialog::build()
{
    fillChoices();
    m_problem->setProperty("bad", true);
    m_problem->setWordWrap(true);
    auto* deployed = new QHBoxLayout;
    deployed->addWidget(m_hasDeployed);
    deployed->addWidget(m_deployed);
    deployed->addStretch();

    auto* form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setVerticalSpacing(10);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignTop);
    const auto add = [&](const QString& title, QWidget* control) {
        control->setAccessibleName(title);
        form->addRow(title, control);
    };
    add(tr("Kind"), m_kind);
    add(tr("Metric"), m_metric);
    add(tr("Margin"), m_margin);
    add(tr("Instruction"), m_instruction);
    add(tr("Labels"), m_labels);
    add(tr("Owner"), m_owner);
    add(tr("Share of the traffic"), m_traffic);
    add(tr("Suite"), m_suite);
    m_hasDeployed->setAccessibleName(tr("It has a deployed score"));
    m_deployed->setAccessibleName(tr("Deployed score"));
    form->addRow(QString(), deployed);
    form->addRow(QString(), m_problem);
    form->addRow(buildButtons());
}

QWidget* TaskDialog::buildButtons()
{
    auto* bar = new QWidget(this);
    m_save->setAccessibleName(tr("Save"));
    m_save->setProperty("main", true);
    m_save->setDefault(true);
    auto* cancel = named(new QPushButton(tr("Cancel"), bar), u"taskCancel"_s);
    cancel->setAccessibleName(tr("Cancel"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    layout->addStretch();
    layout->addWidget(cancel);
    layout->addWidget(m_save);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, [this] {
        emit saveRequested(task());
        accept();
    });
    return bar;
}

void TaskDialog::fill(const Task& task)
{
    QStringList labels;
    for (const std::string& label : task.labels)
        labels.append(toQt(label));
    m_kind->setCurrentIndex(static_cast<int>(task.kind));
    m_metric->setCurrentIndex(static_cast<int>(task.metric));
    m_instruction->setPlainText(toQt(task.instruction));
    m_labels->setPlainText(labels.join(u'\n'));
    m_owner->setText(toQt(task.owner));
    m_suite->setText(toQt(task.suite));
    m_margin->setValue(100 * task.margin);
    m_traffic->setValue(100 * task.trafficShare);
    m_hasDeployed->setChecked(task.deployedScore.has_value());
    m_deployed->setEnabled(task.deployedScore.has_value());
    m_deployed->setValue(100 * task.deployedScore.value_or(0));
}

Task TaskDialog::task() const
{
    Task task = m_task;
    task.kind = kKinds[static_cast<std::size_t>(m_kind->currentIndex())];
    task.metric = kMetrics[static_cast<std::size_t>(m_metric->currentIndex())];
    task.instruction = toStd(m_instruction->toPlainText().trimmed());
    task.owner = toStd(m_owner->text().trimmed());
    task.suite = toStd(m_suite->text().trimmed());
    task.margin = m_margin->value() / 100;
    task.trafficShare = m_traffic->value() / 100;
    task.deployedScore = m_hasDeployed->isChecked() ? std::optional(m_deployed->value() / 100) : std::nullopt;
    task.labels.clear();
    for (const QString& label : m_labels->toPlainText().split(u'\n', Qt::SkipEmptyParts))
        if (!label.trimmed().isEmpty())
            task.labels.push_back(toStd(label.trimmed()));
    return task;
}

void TaskDialog::check()
{
    const Task now = task();
    QStringList labels;
    for (const std::string& label : now.labels)
        labels.append(toQt(label));
    const bool twice = labels.removeDuplicates() > 0;
    m_problem->setText(twice ? tr("A label stands there twice.") : QString());
    m_problem->setVisible(twice);
    m_save->setEnabled(!twice);
}

}  // namespace taskfold
