#include "app/gui/application.h"

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
    QApplication::exit(saved ? 0 : 1);
}

}  // namespace taskfold
