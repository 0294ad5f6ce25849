#pragma once

#include "widgets/models/basevalues.h"

#include <QDialog>

class QComboBox;
class QSpinBox;

namespace taskfold {

/// How a run's model leaves the project; the place is asked for afterwards.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    /// `adapter`: the run has one that can be exported alone.
    ExportDialog(const QString& run, bool adapter, QWidget* parent = nullptr);

    ExportForm form() const;

signals:
    void exportRequested(const taskfold::ExportForm& form);

private:
    void build(const QString& run, bool adapter);

    QComboBox* m_format;
    QSpinBox* m_rows;
};

}  // namespace taskfold
