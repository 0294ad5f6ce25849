#pragma once

#include "app/gui/background.h"
#include "app/gui/settings.h"
#include "app/jobs/reporting.h"
#include "widgets/parts/mainwindow.h"

#include <QUndoStack>

#include <memory>

namespace taskfold {

class ManualDialog;
class OpenedProject;
class WelcomeController;

/// What was asked for on the command line.
struct Options {
    QString project;
    std::optional<Mode> page;
    QString shot;  // draw the window into this file and quit
    QString report;  // write the report as PDF and quit
    jobs::ReportWish wish;  // what stands in it
    QString settings;  // a settings file in place of the user's own
    std::optional<theme::Scheme> scheme;
};

/// The window program: opens and closes projects, and answers what is asked of the window itself.
class Application : public QObject {
    Q_OBJECT

public:
    explicit Application(Options options);
    ~Application() override;

    /// Shows the window at once; the project, if one was named, opens in the background.
    void start();

    MainWindow& window() { return m_window; }
    Background& background() { return m_background; }
    OpenedProject* opened() { return m_opened.get(); }

    void makeProject(const QString& folder);
    void openProject(const QString& folder);
    void runDemo(const QString& folder);

signals:
    /// The project is open, or couldn't be opened.
    void settled();

private:
    void connectWindow();
    void connectBackground();
    void onOpened(const QString& folder, const Outcome& outcome);
    void closeProject();
    void restorePage(const QString& folder);
    void onPageShown(Mode mode);
    void onFilesDropped(const QStringList& paths);
    void onCloseRequested();
    void close();
    void leave();
    void showManual(const QString& topic);
    void showSettings();
    void finishWhenIdle();
    void finish();
    /// Something big has changed: every page reads again.
    void tellAll();
    bool writeReport();
    void fail(const Error& error);

    Options m_options;
    Settings m_settings;
    Background m_background;
    QUndoStack m_undo;
    MainWindow m_window;
    std::unique_ptr<WelcomeController> m_welcome;
    std::unique_ptr<OpenedProject> m_opened;  // ends before what it borrows
    ManualDialog* m_manual = nullptr;
    bool m_closeWhenIdle = false;
};

}  // namespace taskfold
