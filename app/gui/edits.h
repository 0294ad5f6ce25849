#pragma once

#include <QUndoCommand>

#include <functional>
#include <utility>

namespace taskfold {

/// One edit of a project's state that can be taken back. Both functions submit the writing as a job.
class Edit : public QUndoCommand {
public:
    Edit(const QString& text, std::function<void()> redo, std::function<void()> undo)
        : QUndoCommand(text)
        , m_redo(std::move(redo))
        , m_undo(std::move(undo))
    {
    }

    void redo() override { m_redo(); }
    void undo() override { m_undo(); }

private:
    std::function<void()> m_redo;
    std::function<void()> m_undo;
};

}  // namespace taskfold
