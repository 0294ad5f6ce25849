#pragma once

#include "app/gui/session.h"
#include "widgets/parts/pdf.h"

namespace taskfold {

class ReportPage;

/// Joins the Report page with the project.
class ReportController : public QObject {
    Q_OBJECT

public:
    ReportController(ReportPage& page, const Session& session);

private:
    void readComparisons();
    void preview();
    void askAndExport(const QString& format);
    void write(const QString& format, const QString& file);

    ReportPage& m_page;
    Session m_session;
    int m_previewing = 0;
};

}  // namespace taskfold
