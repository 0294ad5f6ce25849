#include "widgets/pages/compareplots.h"

#include "widgets/parts/pagehead.h"
#include "widgets/parts/segments.h"
#include "widgets/plots/comparisonplot.h"
#include "widgets/plots/differenceplot.h"
#include "widgets/plots/reliabilityplot.h"
#include "widgets/plots/slopeplot.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

enum Look { Forest, Bars, Scatter, Stages, Volume, Affinity, Reliability };

}  // namespace

ComparePlots::ComparePlots(QWidget* parent)
    : QFrame(parent)
    , m_look(new Segments(u"compareLook"_s, tr("Show as"),
          {tr("Differences"), tr("Scores"), tr("Scatter"), tr("Stages"), tr("By volume"), tr("By affinity"), tr("Confidence")}, this))
    , m_stack(new QStackedWidget(this))
    , m_evaluate(namedButton(u"evaluateStages"_s, tr("Evaluate the missing ones"), this))
{
    setProperty("card", true);
    using Kind = ComparisonPlot::Look;
    m_comparisons = {add(new ComparisonPlot(u"forest"_s, Kind::Forest, m_stack), tr("Differences with their intervals")),
        add(new ComparisonPlot(u"scoreBars"_s, Kind::Bars, m_stack), tr("Scores of single-task models and of the one model")),
        add(new ComparisonPlot(u"scatter"_s, Kind::Scatter, m_stack), tr("One model against single-task models"))};
    m_slopePlot = add(new SlopePlot(u"slopes"_s, m_stack), tr("Scores over stages and ablations"));
    m_volume = add(new DifferencePlot(u"overVolume"_s, DifferencePlot::Over::Rows, m_stack), tr("Difference by data volume"));
    m_affinity = add(new DifferencePlot(u"overAffinity"_s, DifferencePlot::Over::Affinity, m_stack), tr("Difference by affinity"));
    m_reliability = add(new ReliabilityPlot(u"reliability"_s, m_stack), tr("Reliability of confidence"));
    for (ComparisonPlot* plot : m_comparisons)
        connect(plot, &ComparisonPlot::taskClicked, this, &ComparePlots::taskClicked);
    for (DifferencePlot* plot : {m_volume, m_affinity})
        connect(plot, &DifferencePlot::taskClicked, this, &ComparePlots::taskClicked);
    connect(m_slopePlot, &SlopePlot::taskClicked, this, &ComparePlots::taskClicked);
    m_evaluate->setToolTip(tr("Stages or ablations whose models haven't answered the test rows yet"));
    m_evaluate->hide();
    auto* line = new QHBoxLayout;
    line->addWidget(m_look);
    line->addStretch();
    line->addWidget(m_evaluate);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addLayout(line);
    layout->addWidget(m_stack, 1);
    connect(m_look, &Segments::chosen, this, &ComparePlots::showLook);
    connect(m_evaluate, &QPushButton::clicked, this, [this] { emit evaluateRequested(m_slopes.unscored); });
}

template <typename Kind>
Kind* ComparePlots::add(Kind* plot, const QString& title)
{
    plot->setTitle(title);
    m_stack->addWidget(plot);
    m_filled.push_back(false);
    connect(plot, &Plot::failed, this, &ComparePlots::failed);
    return plot;
}

void ComparePlots::showTasks(const std::vector<TaskComparison>& tasks, const Slopes& slopes)
{
    m_tasks = tasks;
    m_slopes = slopes;
    m_filled.assign(m_filled.size(), false);
    showLook(m_look->current());
}

void ComparePlots::setBusy(bool busy)
{
    m_busy = busy;
    m_evaluate->setEnabled(!busy);
}

void ComparePlots::showLook(int look)
{
    fill(look);
    m_stack->setCurrentIndex(look);
    m_evaluate->setVisible(look == Stages && !m_slopes.unscored.empty());
    m_evaluate->setEnabled(!m_busy);
}

void ComparePlots::fill(int look)
{
    if (m_filled[static_cast<std::size_t>(look)])
        return;
    m_filled[static_cast<std::size_t>(look)] = true;
    switch (look) {
    case Stages: m_slopePlot->setSlopes(m_slopes); break;
    case Volume: m_volume->setTasks(m_tasks); break;
    case Affinity: m_affinity->setTasks(m_tasks); break;
    case Reliability: m_reliability->setTasks(m_tasks); break;
    default: m_comparisons[static_cast<std::size_t>(look)]->setTasks(m_tasks);
    }
}

}  // namespace taskfold
