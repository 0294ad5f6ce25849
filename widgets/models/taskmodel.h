#pragma once

#include "engine/core/dataset.h"
#include "widgets/models/rowmodel.h"

#include <cstdint>
#include <optional>

namespace taskfold {

struct TaskLine {
    TaskVolume volume;
    std::optional<Corpus> corpus{};  // text for stage 0, and no task

    const Volume& split(Split split) const;
    std::int64_t leftOut() const;  // rows of all splits
};

/// The tasks of a project, and behind them its texts for stage 0: what the list at the Data page's left shows.
class TaskModel : public RowModel<TaskLine> {
public:
    enum Columns { NameColumn, KindColumn, RowsColumn, TokensColumn, IssuesColumn };

    explicit TaskModel(QObject* parent = nullptr);

    /// A corpus' volume has its number below zero.
    void setTasks(const std::vector<TaskVolume>& tasks, const std::vector<Corpus>& corpora = {}, const std::vector<TaskVolume>& documents = {});
    /// -1 when there is none.
    int indexOf(TaskId task) const;
};

}  // namespace taskfold
