#pragma once

#include "app/gui/background.h"
#include "app/gui/settings.h"
#include "app/jobs/project.h"
#include "db/open.h"
#include "widgets/parts/mode.h"

#include <QObject>
#include <QUndoStack>

namespace taskfold {

/// What controllers tell each other: something in the database is different now. Each reads again what it
/// shows.
class News : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

signals:
    void tasksChanged();  // tasks, versions, masks, corpora
    void basesChanged();
    void decisionsChanged();  // and the filter's evidence
    void plansChanged();
    void runsChanged();  // runs, their metrics, predictions and scores
    void comparisonsChanged();
    /// Somebody wants this page shown.
    void pageWanted(taskfold::Mode mode);
    /// To be shown over whatever page is open.
    void failed(const taskfold::Error& error);
    void noticed(const QString& text, const QString& detail);
    /// A page's link into the manual.
    void manualWanted(const QString& topic);
};

/// What every controller of an open project is given. All of it outlives the controllers.
struct Session {
    Project project;
    SQLite::Database& database;  // the GUI thread's own; for reading, by key and with a limit
    Background& background;
    QUndoStack& undo;
    Settings& settings;
    News& news;

    QString folder() const { return QString::fromStdString(project.folder.string()); }
};

}  // namespace taskfold
