#pragma once

#include "app/gui/enginebridge.h"
#include "widgets/models/activitymodel.h"
#include "widgets/parts/mode.h"

#include <QObject>
#include <QPointer>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

namespace taskfold {

enum class Queue { Training, Files, Reading, Counting };  // an import never waits behind a training of hours or a count of minutes, a page behind neither
enum class Shown { InTheCorner, Quietly };  // quietly: previews, pages of rows, small writes

/// A job and what to do when something happens to it. The functions are called on the GUI thread, and not at
/// all once the owner it was submitted for is gone.
struct Work {
    Job job;
    Queue queue = Queue::Files;
    Shown shown = Shown::InTheCorner;
    std::optional<Mode> result{};  // the page that a click on the done work leads to
    std::function<void(const Progress&)> onProgress{};
    std::function<void(const Outcome&)> onEnd{};
};

/// All background work of the program: four runners, and one list of what they do. Lives on the GUI thread.
class Background : public QObject {
    Q_OBJECT

public:
    explicit Background(QObject* parent = nullptr);

    /// The number to cancel it by. The owner's end doesn't cancel the work.
    int submit(QObject* owner, Work work);
    void cancel(int number);
    void cancelAll();

    /// Whether anything on the training queue is running or waiting.
    bool isTraining() const;
    bool isIdle() const { return m_open.empty(); }
    ActivityModel& activities() { return m_activities; }

    void cancelActivity(int activity);
    std::optional<Mode> resultOf(int activity) const;

signals:
    void failed(const QString& title, const taskfold::Error& error);
    void idle();

private:
    struct Entry {
        int number = 0;
        JobId job;
        Queue queue = Queue::Files;
        QString title;
        int activity = 0;  // 0: quiet
        QPointer<QObject> owner;
        std::function<void(const Progress&)> onProgress;
        std::function<void(const Outcome&)> onEnd;
    };

    void listen(EngineBridge& bridge, Queue queue);
    Entry* entryOf(Queue queue, JobId job);
    void onStarted(Queue queue, JobId job);
    void onProgressed(Queue queue, JobId job, const Progress& progress);
    void onFinished(Queue queue, JobId job, const Outcome& outcome);
    EngineBridge& bridge(Queue queue);

    ActivityModel m_activities;
    std::map<int, Entry> m_open;  // by number
    std::map<int, Mode> m_results;  // by activity
    int m_lastNumber = 0;
    EngineBridge m_training{Priority::BelowTheWindow};  // the bridges end first: nothing is heard from them afterwards
    EngineBridge m_files;
    EngineBridge m_reading;
    EngineBridge m_counting{Priority::BelowTheWindow};
};

}  // namespace taskfold
