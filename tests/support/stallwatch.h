#pragma once

#include <QElapsedTimer>
#include <QEventLoop>
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

/// Turns the event loop until it is so. QTest::qWaitFor sleeps up to 10 ms between two turns, which a watch would count.
template <typename Done>
bool turnUntil(Done done, int most)
{
    QEventLoop loop;
    QElapsedTimer timer;
    timer.start();
    bool is = false;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        is = done();
        if (is || timer.elapsed() > most)
            loop.quit();
    });
    look.start(3);
    loop.exec();
    return is;
}

}  // namespace taskfold::test
