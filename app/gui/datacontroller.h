#pragma once

#include "app/gui/session.h"
#include "widgets/models/importvalues.h"
#include "widgets/models/rowsmodel.h"

#include <memory>

namespace taskfold {

class DataPage;
struct RowsFound;
struct VolumesFound;

/// Joins the Data page with the project.
class DataController : public QObject {
    Q_OBJECT

public:
    /// Becomes the page's child: both end together.
    DataController(DataPage& page, const Session& session);

signals:
    void importWanted(const QStringList& paths);

private:
    void connectPage();
    void reload();
    void onTaskSelected(TaskId task);
    void count(const RowsQuery& query);
    void read(const RowsQuery& query, qint64 offset, qint64 limit);
    void editProperties(TaskId task);
    void mergeLabels(TaskId task, const std::vector<LabelCount>& labels);
    void pushEdit(const Task& before, const Task& after);
    void put(const Task& task);
    void changeLabels(Job job);
    void askAndRemove(TaskId task);
    void askAndRemoveCorpus(CorpusId corpus, const QString& name);
    void remember();
    void findOverlap();
    void write(Job job, const QString& file);

    DataPage& m_page;
    Session m_session;
    int m_volumes = 0;  // jobs' numbers
    int m_count = 0;
    int m_issues = 0;
    int m_overlap = 0;
    bool m_overlapKnown = false;
    bool m_restored = false;
};

}  // namespace taskfold
