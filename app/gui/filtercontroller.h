#pragma once

#include "app/gui/session.h"
#include "engine/core/affinity.h"

namespace taskfold {

class FilterPage;

/// Joins the Filter page with the project.
class FilterController : public QObject {
    Q_OBJECT

public:
    /// Becomes the page's child: both end together.
    FilterController(FilterPage& page, const Session& session);

private:
    void reload();
    void measure(const QString& base, Signal signal);
    void previewBoth(TaskId task);
    void showBases();
    void accept();
    void decide(TaskId task, Verb verb, bool pinned, const QString& reason);
    void put(TaskId task, const Decision& decision);

    FilterPage& m_page;
    Session m_session;
    int m_reading = 0;  // the job's number
    int m_previewing = 0;
};

}  // namespace taskfold
