#pragma once

#include "engine/core/error.h"
#include "widgets/parts/mode.h"

#include <QMainWindow>

#include <map>

class QLabel;
class QMenu;
class QSplitter;
class QStackedWidget;
class QUndoStack;

namespace taskfold {

class ActivityCorner;
class ActivityModel;
class ErrorBanner;
class LogDrawer;
class ModeBar;

/// Mode bar, pages, log drawer and activity corner. It knows no project: it says what was asked for.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// Borrows both.
    MainWindow(ActivityModel& activities, QUndoStack& undo, QWidget* parent = nullptr);

    /// Takes the page over.
    void setPage(Mode mode, QWidget* page);
    /// Deletes it.
    void removePage(Mode mode);
    QWidget* page(Mode mode) const;
    void showPage(Mode mode);
    Mode currentMode() const;

    /// Empty: none is open.
    void showProject(const QString& name, const QString& folder);
    void setRecent(const QStringList& folders);
    void showError(const Error& error);
    void showNotice(const QString& text, const QString& detail = {});

    ModeBar* modeBar() const { return m_modeBar; }
    ActivityCorner* activityCorner() const { return m_corner; }
    LogDrawer* logDrawer() const { return m_log; }

    /// From now on a close closes.
    void allowClose();

signals:
    void pageShown(taskfold::Mode mode);
    void newRequested();
    void openRequested();
    void openFolderRequested(const QString& folder);
    void demoRequested();
    void importRequested();
    void baseRequested();
    void filesDropped(const QStringList& paths);
    void manualRequested(const QString& topic);
    void aboutRequested();
    void settingsRequested();
    /// The user wants to close; whoever listens answers with allowClose() and close().
    void closeRequested();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildLayout(ActivityModel& activities);
    void buildFileMenu();
    void buildEditMenu(QUndoStack& undo);
    void buildViewMenu();
    void buildHelpMenu();
    void toggleLog(bool visible);

    ModeBar* m_modeBar;
    ErrorBanner* m_banner;
    QStackedWidget* m_stack;
    QSplitter* m_splitter;
    LogDrawer* m_log;
    ActivityCorner* m_corner;
    QLabel* m_project;
    QLabel* m_dropHint;
    QMenu* m_recent = nullptr;
    QAction* m_import = nullptr;
    QAction* m_showLog = nullptr;
    std::map<Mode, QWidget*> m_pages;
    bool m_mayClose = false;
};

}  // namespace taskfold
