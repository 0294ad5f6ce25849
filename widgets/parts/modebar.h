#pragma once

#include "widgets/parts/mode.h"

#include <QWidget>

class QAbstractButton;
class QButtonGroup;

namespace taskfold {

/// The pages' buttons at the window's left edge: Ctrl+1 to Ctrl+7.
class ModeBar : public QWidget {
    Q_OBJECT

public:
    explicit ModeBar(QWidget* parent = nullptr);

    Mode current() const;
    void setCurrent(Mode mode);
    /// Without a project only Welcome can be chosen.
    void setProjectOpen(bool open);
    QAbstractButton* button(Mode mode) const;

signals:
    void chosen(taskfold::Mode mode);

private:
    QButtonGroup* m_group;
};

}  // namespace taskfold
