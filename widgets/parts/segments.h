#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace taskfold {

/// A few choices side by side, one of which holds: Rows | Tokens.
class Segments : public QWidget {
    Q_OBJECT

public:
    /// The buttons are called name0, name1, ...
    Segments(
        const QString& name, const QString& title, const QStringList& choices, QWidget* parent = nullptr);

    int current() const;
    /// Says nothing about it.
    void setCurrent(int index);

signals:
    /// By the user.
    void chosen(int index);

private:
    QButtonGroup* m_group;
};

}  // namespace taskfold
