#include "app/gui/application.h"
#include "app/gui/openedproject.h"
#include "app/gui/reportfigures.h"
#include "app/jobs/reporting.h"
#include "engine/report/writers.h"
#include "widgets/parts/text.h"

#include <QApplication>
#include <QTimer>

// What the window does when nobody looks: --shot and --report.
namespace taskfold {

void Application::finishWhenIdle()
{
    // What is shown comes from jobs that were submitted just now, and plots draw in the turn after that.
    constexpr int kCalmTurns = 4;
    constexpr std::chrono::milliseconds kTurn(60);
    auto* timer = new QTimer(this);
    auto calm = std::make_shared<int>(0);
    connect(timer, &QTimer::timeout, this, [this, timer, calm] {
        *calm = m_background.isIdle() ? *calm + 1 : 0;
        if (*calm < kCalmTurns)
            return;
        timer->stop();
        finish();
    });
    timer->start(kTurn);
}

void Application::finish()
{
    const bool saved = m_options.shot.isEmpty() || m_window.grab().save(m_options.shot);
    if (!saved)
        qCritical("taskfold: %s can't be written", qPrintable(m_options.shot));
    const bool written = m_options.report.isEmpty() || writeReport();
    QApplication::exit(saved && written ? 0 : 1);
}

bool Application::writeReport()
{
    if (!m_opened)
        return false;
    const Result<report::ReportData> data = jobs::reportData(m_opened->session().project, m_options.wish, {});
    const Result<void> written = data
        ? writePdf(m_options.report, toQt(report::documentReport(*data)), reportFigures(*data), {toQt(data->title), toQt(data->created)})
        : Result<void>(data.error());
    if (!written)
        qCritical("taskfold: %s", written.error().detail.c_str());
    return static_cast<bool>(written);
}

}  // namespace taskfold
