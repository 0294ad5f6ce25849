#pragma once

#include "engine/core/error.h"

#include <QWidget>

class QAbstractItemModel;

namespace taskfold {

class DataTable;

/// The program's log, folded away at the lower edge of the window.
class LogDrawer : public QWidget {
    Q_OBJECT

public:
    explicit LogDrawer(QWidget* parent = nullptr);

    /// Borrows it.
    void setModel(QAbstractItemModel* model);

signals:
    void closeRequested();
    void failed(const taskfold::Error& error);

private:
    DataTable* m_table;
};

}  // namespace taskfold
