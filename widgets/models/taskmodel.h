#pragma once

#include "engine/core/dataset.h"
#include "widgets/models/rowmodel.h"

#include <cstdint>

namespace taskfold {

struct TaskLine {
    TaskVolume volume;

    const Volume& split(Split split) const;
    std::int64_t leftOut() const;  // rows of all splits
};

/// The tasks of a project: what the list at the Data page's left shows.
class TaskModel : public RowModel<TaskLine> {
public:
    enum Columns { NameColumn, KindColumn, RowsColumn, TokensColumn, IssuesColumn };

    explicit TaskModel(QObject* parent = nullptr);

    void setTasks(const std::vector<TaskVolume>& tasks);
    /// -1 when there is none.
    int indexOf(TaskId task) const;
};

}  // namespace taskfold
