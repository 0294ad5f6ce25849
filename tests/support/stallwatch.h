#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <algorithm>

namespace taskfold::test {

/// Measures how long the event loop of this thread stood still at most, in milliseconds.
class StallWatch : public QObject {
public:
    StallWatch()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, m_turn.nsecsElapsed());
            m_turn.start();
        });
        m_turn.start();
        m_timer.start(1);
    }

    double longest() const { return static_cast<double>(m_longest) / 1e6; }

private:
    QTimer m_timer;
    QElapsedTimer m_turn;
    qint64 m_longest = 0;
};

}  // namespace taskfold::test
