#pragma once

#include "engine/core/plan.h"
#include "widgets/models/rowmodel.h"

#include <QWidget>

#include <optional>

class QLabel;

namespace taskfold {

class DataTable;

/// What a plan comes to with one task folded in, and with it left out.
struct WhatIf {
    TaskId task;
    std::string name;
    PlanPreview kept, excluded;
    int modelsKept = 0, modelsExcluded = 0;  // to be served
};

/// One quantity of both.
struct WhatIfLine {
    QString what, kept, excluded;
};

class WhatIfModel : public RowModel<WhatIfLine> {
public:
    explicit WhatIfModel(QObject* parent = nullptr);
};

/// The two previews side by side.
class WhatIfPanel : public QWidget {
    Q_OBJECT

public:
    explicit WhatIfPanel(QWidget* parent = nullptr);

    /// Nothing: the previews are being made, or there is nothing to make them from.
    void show(const std::optional<WhatIf>& whatIf);
    using QWidget::show;

private:
    WhatIfModel* m_model;
    DataTable* m_table;
};

}  // namespace taskfold
