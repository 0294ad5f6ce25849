#pragma once

#include "app/gui/session.h"
#include "app/jobs/training.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "widgets/models/basevalues.h"

#include <QTimer>

namespace taskfold {

class RunsPage;

/// Starts and stops training, for whichever page asks, and keeps the Runs page up to date. Lives as long as the project is
/// open: training goes on while other pages are shown.
class RunsController : public QObject {
    Q_OBJECT

public:
    RunsController(const Session& session, QObject* parent);

    void attach(RunsPage& page);
    void start(const Plan& plan);
    /// One comparison a candidate; no candidate: the newest. What has no test scores yet is evaluated first.
    void compare(const std::vector<RunId>& candidates, const std::string& baseline = {});
    void evaluateAll(const std::vector<RunId>& runs);
    bool isBusy() const { return m_busy > 0; }

signals:
    void busyChanged(bool busy);

private:
    void resume(RunId run);
    void stop(RunId run);
    void pause(RunId run);
    void move(RunId run, bool earlier);
    jobs::AfterFailure afterFailure() const;
    void askAndDelete(RunId run);
    void evaluate(RunId run);
    void askAndExport(RunId run);
    void exportTo(RunId run, const ExportForm& form, const QString& place);
    /// One job of training; the pages read again when it ends.
    void submit(const QString& title, std::function<Result<void>(const JobContext&)> work, std::function<void()> then = {});
    void refresh();
    void showRun(RunId run, std::int64_t after);

    Session m_session;
    RunsPage* m_page = nullptr;
    QTimer m_clock;  // reads the database while something runs
    int m_busy = 0;
    int m_training = 0;  // the job's number
    RunId m_shown;
    std::int64_t m_lastStep = -1;
};

}  // namespace taskfold
