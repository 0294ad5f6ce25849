#pragma once

#include "engine/core/overview.h"

#include <QWidget>

#include <memory>
#include <vector>

class QComboBox;
class QPushButton;

namespace taskfold {

/// What is set against what: the head of the Compare page.
class CompareHead : public QWidget {
    Q_OBJECT

public:
    explicit CompareHead(QWidget* parent = nullptr);

    /// Fills both lists; what was chosen stays chosen.
    void setOverview(std::shared_ptr<const Overview> overview);
    /// Silently. A run that isn't among the newest is added to its list.
    void choose(RunId candidate, const std::string& baseline);
    RunId candidate() const;
    std::string baseline() const;
    bool canCompare() const;
    void setBusy(bool busy);

signals:
    /// By the user.
    void choiceChanged();
    void compareRequested();
    void importRequested();

private:
    QComboBox* list(const QString& name, const QString& title, int width);
    void fillBaselines(const std::vector<const RunSummary*>& runs, const std::vector<std::string>& imported);

    QComboBox* m_baselines;
    QComboBox* m_candidates;
    QPushButton* m_compare;
    std::shared_ptr<const Overview> m_overview;
    bool m_busy = false;
};

/// Whether a run is a model of several tasks with a checkpoint: what can be a candidate.
bool isCandidate(const Run& run);

}  // namespace taskfold
