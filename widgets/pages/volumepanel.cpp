#include "widgets/pages/volumepanel.h"

#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/segments.h"
#include "widgets/plots/overlap.h"
#include "widgets/plots/volumebars.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::array<Split, 3> kSplits{Split::Train, Split::Validation, Split::Test};

QLabel* label(const QString& name, const char* look, QWidget* parent)
{
    auto* made = new QLabel(parent);
    made->setObjectName(name);
    made->setProperty(look, true);
    return made;
}

}  // namespace

VolumePanel::VolumePanel(QWidget* parent)
    : QFrame(parent)
    , m_split(new QComboBox(this))
    , m_order(new QComboBox(this))
    , m_unit(new Segments(u"volumeUnit"_s, tr("Unit"), {tr("Rows"), tr("Tokens")}, this))
    , m_scale(new Segments(u"volumeScale"_s, tr("Scale"), {tr("Linear"), tr("Log")}, this))
    , m_look(new Segments(u"volumeLook"_s, tr("Show as"), {tr("Plot"), tr("Table"), tr("Overlap")}, this))
    , m_stack(new QStackedWidget(this))
    , m_bars(new VolumeBars(this))
    , m_model(new VolumeModel(this))
    , m_table(new DataTable(u"volume"_s, this))
    , m_overlap(new Overlap(this))
    , m_imbalance(label(u"imbalance"_s, "figure", this))
    , m_imbalanceNote(label(u"imbalanceNote"_s, "muted", this))
    , m_kept(label(u"keptShare"_s, "figure", this))
    , m_keptNote(label(u"keptNote"_s, "muted", this))
{
    setProperty("card", true);
    m_table->setModel(m_model);
    m_table->setTitle(tr("Volume per task"));
    m_stack->addWidget(m_bars);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_overlap);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addWidget(buildControls(), 0, 0, 1, 2);
    layout->addWidget(m_stack, 1, 0);
    layout->addWidget(buildFigures(), 1, 1, Qt::AlignTop);
    layout->setColumnStretch(0, 1);
    layout->setRowStretch(1, 1);
    connect(m_bars, &RowBars::lineClicked, this,
        [this](int line) { emit taskChosen(m_lines[static_cast<std::size_t>(line)].task); });
    connect(m_table, &DataTable::currentRowChanged, this, [this](int row) {
        if (row >= 0)
            emit taskChosen(m_model->row(row).task);
    });
    connect(m_bars, &Plot::failed, this, &VolumePanel::failed);
    connect(m_overlap, &Plot::failed, this, &VolumePanel::failed);
    connect(m_table, &DataTable::failed, this, &VolumePanel::failed);
}

QWidget* VolumePanel::buildControls()
{
    auto* controls = new QWidget(this);
    m_split->setObjectName(u"volumeSplit"_s);
    m_split->setAccessibleName(tr("Split"));
    for (const Split split : kSplits)
        m_split->addItem(titleOf(split));
    m_order->setObjectName(u"volumeOrder"_s);
    m_order->setAccessibleName(tr("Order"));
    m_order->addItems({tr("Largest first"), tr("By name"), tr("Most left out")});
    auto* layout = new QHBoxLayout(controls);
    layout->setContentsMargins({});
    layout->setSpacing(8);
    for (QWidget* control : std::initializer_list<QWidget*>{m_split, m_unit, m_scale, m_order, m_look})
        layout->addWidget(control);
    layout->insertStretch(1);
    connect(m_split, &QComboBox::activated, this, &VolumePanel::refresh);
    connect(m_order, &QComboBox::activated, this, &VolumePanel::refresh);
    connect(m_unit, &Segments::chosen, this, &VolumePanel::refresh);
    connect(m_scale, &Segments::chosen, this, [this](int index) { m_bars->setLogarithmic(index == 1); });
    connect(m_look, &Segments::chosen, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_look, &Segments::chosen, this, [this] {
        if (showsOverlap())
            emit overlapWanted();
    });
    return controls;
}

QWidget* VolumePanel::buildFigures()
{
    auto* figures = new QWidget(this);
    figures->setFixedWidth(158);
    auto* layout = new QVBoxLayout(figures);
    layout->setContentsMargins(8, 28, 0, 0);
    layout->setSpacing(2);
    const auto add = [&](const QString& title, QLabel* figure, QLabel* note) {
        auto* heading = new QLabel(title, figures);
        heading->setProperty("muted", true);
        note->setWordWrap(true);
        layout->addWidget(heading);
        layout->addWidget(figure);
        layout->addWidget(note);
        layout->addSpacing(14);
    };
    add(tr("Imbalance"), m_imbalance, m_imbalanceNote);
    add(tr("Kept"), m_kept, m_keptNote);
    layout->addStretch();
    return figures;
}

void VolumePanel::showTasks(const std::vector<TaskVolume>& tasks)
{
    m_tasks = tasks;
    refresh();
}

void VolumePanel::showOverlap(const OverlapMatrix& matrix)
{
    m_overlap->show(matrix);
}

bool VolumePanel::showsOverlap() const
{
    return m_stack->currentWidget() == m_overlap;
}

Split VolumePanel::split() const
{
    return kSplits[static_cast<std::size_t>(std::max(0, m_split->currentIndex()))];
}

void VolumePanel::refresh()
{
    m_lines = volumeLines(m_tasks, split(), static_cast<VolumeOrder>(m_order->currentIndex()));
    const QString unit = m_tasks.empty() ? QString() : toQt(m_tasks.front().unit);
    const bool bytes = unit.isEmpty() || unit == u"bytes";
    m_bars->show(m_lines, m_unit->current() == 0 ? VolumeUnit::Rows : VolumeUnit::Tokens,
        bytes ? tr("Bytes of the rows kept (tokens once a base model is added)")
              : tr("Tokens of %1").arg(unit));
    m_bars->setEmptyText(m_tasks.empty() ? tr("Nothing was imported yet.") : QString());
    m_model->setRows(m_lines);
    m_table->fitColumns(200);
    showFigures();
    selectTask(m_selected);
}

void VolumePanel::showFigures()
{
    const auto kept = [](const VolumeLine& line) { return line.count(Fate::Kept); };
    const auto sum = [&](auto value) {
        return std::accumulate(m_lines.begin(), m_lines.end(), std::int64_t{0},
            [&](std::int64_t all, const VolumeLine& line) { return all + value(line); });
    };
    std::vector<VolumeLine> filled;
    std::copy_if(m_lines.begin(), m_lines.end(), std::back_inserter(filled),
        [&](const auto& l) { return kept(l) > 0; });
    const auto [least, most] = std::minmax_element(
        filled.begin(), filled.end(), [&](const auto& a, const auto& b) { return kept(a) < kept(b); });
    const bool any = filled.size() > 1;
    m_imbalance->setText(
        any ? ratioText(static_cast<double>(kept(*most)) / static_cast<double>(kept(*least))) : u"–"_s);
    m_imbalanceNote->setText(any
            ? tr("%1 has %2 rows, %3 has %4")
                  .arg(most->name, countText(kept(*most)), least->name, countText(kept(*least)))
            : tr("needs two tasks with rows"));
    const std::int64_t all = sum([](const VolumeLine& line) { return line.imported; });
    const std::int64_t held = sum(kept);
    m_kept->setText(all > 0 ? percentText(static_cast<double>(held) / static_cast<double>(all)) : u"–"_s);
    m_keptNote->setText(tr("%1 of %2 rows").arg(countText(held), countText(all)));
}

int VolumePanel::lineOf(TaskId task) const
{
    const auto found = std::find_if(
        m_lines.begin(), m_lines.end(), [task](const VolumeLine& line) { return line.task == task; });
    return found == m_lines.end() ? -1 : static_cast<int>(found - m_lines.begin());
}

void VolumePanel::selectTask(TaskId task)
{
    m_selected = task;
    m_bars->setSelected(lineOf(task));
}

}  // namespace taskfold
