#pragma once

#include "engine/core/affinity.h"
#include "engine/core/dataset.h"
#include "engine/core/error.h"

#include <QWidget>

#include <map>
#include <optional>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace taskfold {

class DataTable;
class DecisionModel;
class EmptyState;
class ErrorBanner;
class FilterModel;
class HeatMap;
class RowBars;
class WhatIfPanel;
struct WhatIf;

/// Which tasks help or harm each other, what is suggested, and what the user decides.
class FilterPage : public QWidget {
    Q_OBJECT

public:
    struct Shown {
        std::vector<Task> tasks;
        std::map<TaskId, std::int64_t> rows;  // training rows kept
        std::optional<AffinityEvidence> evidence;
        std::vector<Suggestion> suggestions;
        std::map<TaskId, Decision> current;
        std::vector<Decision> history;  // oldest first
    };

    explicit FilterPage(QWidget* parent = nullptr);

    void show(const Shown& shown);
    using QWidget::show;
    /// The base models that affinity can be measured on.
    void setBases(const QStringList& bases);
    /// The answer to whatIfWanted, or nothing when there is none.
    void showWhatIf(const std::optional<WhatIf>& whatIf);
    /// While a measurement runs no second one can be asked for.
    void setMeasuring(bool measuring);
    void showError(const Error& error);

signals:
    void measureRequested(const QString& base, taskfold::Signal signal);
    void whatIfWanted(taskfold::TaskId task);
    void acceptRequested();
    void decideRequested(taskfold::TaskId task, taskfold::Verb verb, bool pinned, const QString& reason);
    void manualRequested(const QString& topic);

private:
    QWidget* buildHead();
    QWidget* buildDecision();
    QWidget* buildContent();
    void showTask(int row);
    void decide(Verb verb);
    void showMap(const Shown& shown);
    void showVolumes();
    void measure();

    FilterModel* m_model;
    DecisionModel* m_decisions;
    DataTable* m_table;
    DataTable* m_history;
    HeatMap* m_map;
    RowBars* m_volumes;
    WhatIfPanel* m_whatIf;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QComboBox* m_base = nullptr;
    QComboBox* m_signal = nullptr;
    QPushButton* m_measure = nullptr;
    QPushButton* m_accept = nullptr;
    QPushButton* m_keep = nullptr;
    QPushButton* m_exclude = nullptr;
    QCheckBox* m_pin = nullptr;
    QLineEdit* m_reason = nullptr;
    QLabel* m_sentence = nullptr;
    TaskId m_task;  // that the lower half is about
};

}  // namespace taskfold
