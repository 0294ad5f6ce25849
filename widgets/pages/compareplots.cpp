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

enum Look { Forest, Bars, Scatter, Stages, Volume, Affinity, Reliability, Looks };

}  // namespace

ComparePlots::ComparePlots(QWidget* parent)
    : QFrame(parent)
    , m_look(new Segments(u"compareLook"_s, tr("Show as"),
          {tr("Differences"), tr("Scores"), tr("Scatter"), tr("Stages"), tr("By volume"), tr("By affinity"), tr("Confidence")}, this))
    , m_stack(new QStackedWidget(this))
    , m_evaluate(namedButton(u"evaluateStages"_s, tr("Evaluate the missing ones"), this))
    , m_plots(Looks, nullptr)
    , m_filled(Looks, false)
{
    setProperty("card", true);
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
Kind* ComparePlots::shown(Kind* plot, const QString& title)
{
    plot->setTitle(title);
    m_stack->addWidget(plot);
    connect(plot, &Plot::failed, this, &ComparePlots::failed);
    if constexpr (!std::is_same_v<Kind, ReliabilityPlot>)
        connect(plot, &Kind::taskClicked, this, &ComparePlots::taskClicked);
    return plot;
}

Plot* ComparePlots::made(int look)
{
    using Kind = ComparisonPlot::Look;
    switch (look) {
    case Bars: return shown(new ComparisonPlot(u"scoreBars"_s, Kind::Bars, m_stack), tr("Scores of single-task models and of the one model"));
    case Scatter: return shown(new ComparisonPlot(u"scatter"_s, Kind::Scatter, m_stack), tr("One model against single-task models"));
    case Stages: return shown(new SlopePlot(u"slopes"_s, m_stack), tr("Scores over stages and ablations"));
    case Volume: return shown(new DifferencePlot(u"overVolume"_s, DifferencePlot::Over::Rows, m_stack), tr("Difference by data volume"));
    case Affinity: return shown(new DifferencePlot(u"overAffinity"_s, DifferencePlot::Over::Affinity, m_stack), tr("Difference by affinity"));
    case Reliability: return shown(new ReliabilityPlot(u"reliability"_s, m_stack), tr("Reliability of confidence"));
    default: return shown(new ComparisonPlot(u"forest"_s, Kind::Forest, m_stack), tr("Differences with their intervals"));
    }
}

void ComparePlots::showTasks(const std::vector<TaskComparison>& tasks, const Slopes& slopes)
{
    m_tasks = tasks;
    m_slopes = slopes;
    m_filled.assign(Looks, false);
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
    m_stack->setCurrentWidget(m_plots[static_cast<std::size_t>(look)]);
    m_evaluate->setVisible(look == Stages && !m_slopes.unscored.empty());
    m_evaluate->setEnabled(!m_busy);
}

void ComparePlots::fill(int look)
{
    const auto place = static_cast<std::size_t>(look);
    if (!m_plots[place])
        m_plots[place] = made(look);
    if (m_filled[place])
        return;
    m_filled[place] = true;
    if (auto* comparison = qobject_cast<ComparisonPlot*>(m_plots[place]))
        comparison->setTasks(m_tasks);
    else if (auto* difference = qobject_cast<DifferencePlot*>(m_plots[place]))
        difference->setTasks(m_tasks);
    else if (auto* slopes = qobject_cast<SlopePlot*>(m_plots[place]))
        slopes->setSlopes(m_slopes);
    else if (auto* reliability = qobject_cast<ReliabilityPlot*>(m_plots[place]))
        reliability->setTasks(m_tasks);
}

}  // namespace taskfold
