#pragma once

#include "widgets/parts/theme.h"

#include <QDialog>

namespace taskfold {

/// What holds for all projects of this user.
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    explicit SettingsDialog(theme::Scheme scheme, QWidget* parent = nullptr);

signals:
    void schemeChosen(taskfold::theme::Scheme scheme);
};

}  // namespace taskfold
