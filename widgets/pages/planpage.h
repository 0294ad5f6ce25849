#pragma once

#include "engine/core/dataset.h"
#include "engine/core/error.h"
#include "engine/core/plan.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace taskfold {

class DataTable;
class EmptyState;
class ErrorBanner;
class FindingModel;
class MixtureModel;
class Pipeline;
class PlanForm;
class RowBars;

/// What will be trained, and what it will come to, before a GPU hour is spent.
class PlanPage : public QWidget {
    Q_OBJECT

public:
    explicit PlanPage(QWidget* parent = nullptr);

    /// Without tasks there is nothing to plan.
    void setAnyTasks(bool any);
    void setBases(const QStringList& bases);
    void showPlan(const Plan& plan);
    Plan plan() const;
    void showPreview(const PlanPreview& preview);
    void showError(const Error& error);

signals:
    /// The form says something else now, a moment ago. Answer with showPreview.
    void changed();
    void runRequested();
    void saveRequested();
    void openRequested();
    void resetRequested();
    void importRequested();
    void addBaseRequested();
    void manualRequested(const QString& topic);

private:
    QWidget* buildHead();
    QWidget* buildPreview();
    QWidget* buildContent();
    void showMixture(const PlanPreview& preview);
    void showPipeline(const PlanPreview& preview);

    PlanForm* m_form;
    Pipeline* m_pipeline;
    RowBars* m_shares;
    MixtureModel* m_mixture;
    FindingModel* m_findings;
    DataTable* m_mixtureTable;
    DataTable* m_findingTable;
    QLabel* m_estimate;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QPushButton* m_run = nullptr;
    QTimer m_pause;  // between the last edit and the preview
};

}  // namespace taskfold
