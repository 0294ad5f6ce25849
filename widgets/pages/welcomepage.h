#pragma once

#include <QWidget>

class QLabel;
class QListWidget;

namespace taskfold {

/// A project seen before.
struct RecentProject {
    QString folder;
    QString note;  // "11 tasks, last opened yesterday"
};

/// Where one begins: new project, open, the demo, or a project seen before.
class WelcomePage : public QWidget {
    Q_OBJECT

public:
    explicit WelcomePage(QWidget* parent = nullptr);

    void setRecent(const std::vector<RecentProject>& projects);

signals:
    void newRequested();
    void openRequested();
    void demoRequested();
    void recentRequested(const QString& folder);
    void forgetRequested(const QString& folder);
    void manualRequested(const QString& topic);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* buildHead();
    QWidget* buildCards();
    QWidget* buildRecent();
    void showListMenu(const QPoint& place);

    QLabel* m_logo;
    QLabel* m_recentHeading;
    QListWidget* m_recent;
};

}  // namespace taskfold
