#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;
class QToolButton;

namespace taskfold {

struct Activity;

/// One job in the activity corner's list.
class ActivityRow : public QFrame {
    Q_OBJECT

public:
    explicit ActivityRow(const Activity& activity, QWidget* parent = nullptr);

    void show(const Activity& activity);

signals:
    void cancelRequested(int activity);
    void resultRequested(int activity);

private:
    int m_id;
    QLabel* m_title;
    QLabel* m_line;
    QProgressBar* m_bar;
    QToolButton* m_cancel;
    QToolButton* m_result;
};

/// Sets a bar to done of total, or to and fro where the total isn't known.
void showProgress(QProgressBar& bar, const Activity& activity);

}  // namespace taskfold
