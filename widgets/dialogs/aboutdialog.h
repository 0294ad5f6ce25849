#pragma once

#include <QDialog>

namespace taskfold {

/// Version, licence, and whose work Taskfold stands on.
class AboutDialog : public QDialog {
    Q_OBJECT

public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace taskfold
