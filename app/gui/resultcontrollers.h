#pragma once

#include "app/gui/session.h"
#include "engine/core/comparison.h"
#include "widgets/parts/pdf.h"

#include <optional>

namespace taskfold {

class ComparePage;
class ReportPage;
class RunsController;

/// Joins the Compare page with the project.
class CompareController : public QObject {
    Q_OBJECT

public:
    /// Becomes the page's child: both end together.
    CompareController(ComparePage& page, RunsController& runs, const Session& session);

private:
    void reload();
    void readRows(TaskId task);

    ComparePage& m_page;
    Session m_session;
    std::optional<Comparison> m_comparison;
    int m_reading = 0;
};

/// Joins the Report page with the project.
class ReportController : public QObject {
    Q_OBJECT

public:
    ReportController(ReportPage& page, const Session& session);

private:
    void preview();
    void askAndExport(const QString& format);
    void write(const QString& format, const QString& file);

    ReportPage& m_page;
    Session m_session;
    int m_previewing = 0;
};

}  // namespace taskfold
