#pragma once

#include "app/gui/session.h"
#include "engine/core/overview.h"

#include <QPointer>

#include <map>
#include <memory>
#include <optional>

namespace taskfold {

class ComparePage;
class PredictionsDialog;
class RunsController;
struct ShownComparison;

/// Joins the Compare page with the project. Everything is read in jobs: the page is there at once, whatever the project holds.
class CompareController : public QObject {
    Q_OBJECT

public:
    /// Becomes the page's child: both end together.
    CompareController(ComparePage& page, RunsController& runs, const Session& session);

private:
    void connectPage(RunsController& runs);
    /// `follow`: shows the newest comparison; else what was chosen.
    void reload(bool follow);
    void take(Overview overview, bool follow);
    void showChosen();
    void read(ComparisonId id);
    void readRows(TaskId task);
    void askForPredictions();
    void importPredictions(const std::map<QString, QString>& files, const QString& name);

    ComparePage& m_page;
    Session m_session;
    std::shared_ptr<const Overview> m_overview;
    std::optional<Comparison> m_comparison;
    QPointer<PredictionsDialog> m_dialog;
    int m_overviewJob = 0;
    int m_comparisonJob = 0;
    int m_rowsJob = 0;
    bool m_follow = true;  // until something was shown
};

}  // namespace taskfold
