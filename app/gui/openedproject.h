#pragma once

#include "app/gui/basecontroller.h"
#include "app/gui/importcontroller.h"
#include "app/gui/runscontroller.h"
#include "app/gui/session.h"

#include <map>
#include <memory>

namespace taskfold {

class MainWindow;

/// Everything that lives while a project is open: the connection, and a controller for each page that was
/// shown. Pages are made when they are first shown, so that the window comes up fast.
class OpenedProject : public QObject {
    Q_OBJECT

public:
    struct Surroundings {
        MainWindow& window;
        Background& background;
        QUndoStack& undo;
        Settings& settings;
    };

    OpenedProject(const Project& project, db::Connection connection, const Surroundings& around);
    ~OpenedProject() override;

    const Session& session() const { return m_session; }
    News& news() { return m_news; }

    void showPage(Mode mode);
    /// Opens the import dialog with these files in it.
    void import(const QStringList& paths);
    /// Opens the dialog for base models, with this one in it unless it is empty.
    void addBase(const QString& path);

private:
    /// The page with its controller, which becomes the page's child.
    QWidget* makePage(Mode mode);

    MainWindow& m_window;
    db::Connection m_connection;
    News m_news;
    Session m_session;
    ImportController m_import;
    BaseController m_bases;
    RunsController m_runs;
};

}  // namespace taskfold
