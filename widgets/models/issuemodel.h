#pragma once

#include "engine/core/issue.h"
#include "widgets/models/rowmodel.h"

namespace taskfold {

/// Rows that were left out or changed, each with its reason.
class IssueModel : public RowModel<RowIssue> {
public:
    explicit IssueModel(QObject* parent = nullptr);
};

}  // namespace taskfold
