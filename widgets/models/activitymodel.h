#pragma once

#include "engine/core/error.h"
#include "widgets/models/rowmodel.h"

#include <QElapsedTimer>

#include <cstdint>
#include <optional>

namespace taskfold {

/// One background job as people see it.
struct Activity {
    enum class State { Queued, Running, Done, Cancelled, Failed };

    int id = 0;
    QString title;
    QString phase;
    std::int64_t done = 0;
    std::int64_t total = 0;  // 0: not known
    State state = State::Queued;
    Error error;
    double seconds = 0;  // since it started
    std::optional<double> secondsLeft;
    QElapsedTimer clock;

    bool isOpen() const { return state == State::Queued || state == State::Running; }
};

QString titleOf(Activity::State state);
/// "reading qa/train.jsonl · 42 % · 12 s left", or what became of it.
QString lineOf(const Activity& activity);

/// All background work, oldest first. The one that counts things is the model, so that a test needs no
/// widget.
class ActivityModel : public RowModel<Activity> {
public:
    explicit ActivityModel(QObject* parent = nullptr);

    /// Its id is never used again.
    int add(const QString& title);
    void start(int id);
    void progress(int id, std::int64_t done, std::int64_t total, const QString& phase);
    void finish(int id, Activity::State state, const Error& error = {});
    void forgetEnded();

    const Activity* find(int id) const;
    int openCount() const;
    /// The one to show where there is room for one: running before queued; none when all have ended.
    const Activity* current() const;

private:
    int indexOf(int id) const;

    int m_lastId = 0;
};

}  // namespace taskfold
