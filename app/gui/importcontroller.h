#pragma once

#include "app/gui/session.h"
#include "widgets/models/importvalues.h"

#include <QPointer>

namespace taskfold {

class ImportDialog;

/// The import dialog, its previews and the import itself.
class ImportController : public QObject {
    Q_OBJECT

public:
    ImportController(const Session& session, QWidget* window, QObject* parent = nullptr);

    /// Opens the dialog, or adds to the one that is open.
    void open(const QStringList& paths);

private:
    void connectDialog();
    void preview(int request, const ImportItem& item, const QString& file);
    void start(const ImportForm& form);
    void onEnd(const Outcome& outcome, const ImportSummary& summary);
    QStringList taskNames() const;

    Session m_session;
    QWidget* m_window;
    QPointer<ImportDialog> m_dialog;
    int m_preview = 0;  // the job's number
    int m_import = 0;
};

}  // namespace taskfold
