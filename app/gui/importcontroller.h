#pragma once

#include "app/gui/session.h"
#include "widgets/models/importvalues.h"

#include <QPointer>

#include <memory>

namespace taskfold {

class ImportDialog;
struct MappingFound;

/// The import dialog, its previews and the import itself.
class ImportController : public QObject {
    Q_OBJECT

public:
    ImportController(const Session& session, QWidget* window, QObject* parent = nullptr);

    /// Opens the dialog, or adds to the one that is open.
    void open(const QStringList& paths);

private:
    void connectDialog();
    void connectMapping();
    void preview(int request, const ImportItem& item, const QString& file);
    void start(const ImportForm& form);
    void onEnd(const Outcome& outcome, const ImportSummary& summary);
    QStringList taskNames() const;
    void useMapping(Job job, std::shared_ptr<MappingFound> found);
    void saveMapping(const ImportItem& item, const QString& file, const QString& to);
    void findLabels(const ImportItem& item, const QString& file);

    Session m_session;
    QWidget* m_window;
    QPointer<ImportDialog> m_dialog;
    int m_preview = 0;  // the job's number
    int m_import = 0;
    int m_labels = 0;
};

}  // namespace taskfold
