#pragma once

#include "engine/core/issue.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "widgets/models/pagedmodel.h"
#include "widgets/models/rowmodel.h"

#include <optional>
#include <string>

namespace taskfold {

/// A row of a task as the Data page shows it.
struct ShownRow {
    Row row;
    std::optional<Reason> masked;  // why it isn't trained on, though it is kept
    std::string twin;  // where the row lies that it is masked for
};

enum class RowsOrder { File, InputUp, InputDown, TargetUp, TargetDown, Longest, Shortest };

/// What the rows table is asked to show.
struct RowsQuery {
    TaskId task;
    Split split = Split::Train;
    QString words;  // all of which input or target hold
    std::optional<Reason> masked;  // only rows that were masked for this reason
    RowsOrder order = RowsOrder::File;

    bool operator==(const RowsQuery&) const = default;
};

class RowsModel : public PagedModel<ShownRow> {
public:
    enum Columns { LineColumn, InputColumn, TargetColumn, NoteColumn };

    explicit RowsModel(QObject* parent = nullptr);
};

}  // namespace taskfold
