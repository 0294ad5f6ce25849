#pragma once

#include <QWidget>

#include <map>

class QFrame;
class QLabel;
class QProgressBar;
class QToolButton;
class QVBoxLayout;

namespace taskfold {

class ActivityModel;
struct Activity;

/// The background work, in the window's lower right corner: the running one with phase, progress, time left
/// and cancel; a click shows all of them, and of those that are done the way to their result.
class ActivityCorner : public QWidget {
    Q_OBJECT

public:
    /// Borrows the model.
    explicit ActivityCorner(ActivityModel& model, QWidget* parent = nullptr);

    void showAll();

signals:
    void cancelRequested(int activity);
    void resultRequested(int activity);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void buildList();
    void refresh();
    void showOne(const Activity& activity);
    void showIdle();
    void fillList();

    ActivityModel& m_model;
    QLabel* m_title;
    QLabel* m_line;
    QProgressBar* m_bar;
    QToolButton* m_cancel;
    QToolButton* m_more;
    QFrame* m_list;
    QVBoxLayout* m_rows;
};

}  // namespace taskfold
