#include "app/gui/openedproject.h"

#include "app/gui/comparecontroller.h"
#include "app/gui/datacontroller.h"
#include "app/gui/filtercontroller.h"
#include "app/gui/plancontroller.h"
#include "app/gui/reportcontroller.h"
#include "widgets/pages/comparepage.h"
#include "widgets/pages/datapage.h"
#include "widgets/pages/filterpage.h"
#include "widgets/pages/planpage.h"
#include "widgets/pages/reportpage.h"
#include "widgets/pages/runspage.h"
#include "widgets/parts/mainwindow.h"

#include <utility>

namespace taskfold {

OpenedProject::OpenedProject(const Project& project, db::Connection connection, const Surroundings& around)
    : m_window(around.window)
    , m_connection(std::move(connection))
    , m_session{project, *m_connection, around.background, around.undo, around.settings, m_news}
    , m_import(m_session, &around.window)
    , m_bases(m_session, &around.window)
    , m_runs(m_session, nullptr)
{
}

OpenedProject::~OpenedProject()
{
    for (const Mode mode : kModes)
        if (mode != Mode::Welcome)
            m_window.removePage(mode);
}

void OpenedProject::showPage(Mode mode)
{
    if (mode == Mode::Welcome || m_window.page(mode))
        return;
    if (QWidget* page = makePage(mode))
        m_window.setPage(mode, page);
}

QWidget* OpenedProject::makePage(Mode mode)
{
    switch (mode) {
    case Mode::Data: {
        auto* page = new DataPage;
        auto* controller = new DataController(*page, m_session);
        connect(controller, &DataController::importWanted, this, &OpenedProject::import);
        return page;
    }
    case Mode::Filter: {
        auto* page = new FilterPage;
        new FilterController(*page, m_session);
        return page;
    }
    case Mode::Plan: {
        auto* page = new PlanPage;
        auto* controller = new PlanController(*page, m_session);
        connect(controller, &PlanController::importWanted, this, [this] { import({}); });
        connect(page, &PlanPage::addBaseRequested, this, [this] { addBase({}); });
        connect(controller, &PlanController::runWanted, &m_runs, &RunsController::start);
        return page;
    }
    case Mode::Runs: {
        auto* page = new RunsPage;
        m_runs.attach(*page);
        return page;
    }
    case Mode::Compare: {
        auto* page = new ComparePage;
        new CompareController(*page, m_runs, m_session);
        return page;
    }
    case Mode::Report: {
        auto* page = new ReportPage;
        new ReportController(*page, m_session);
        return page;
    }
    case Mode::Welcome: break;
    }
    return nullptr;
}

void OpenedProject::addBase(const QString& path)
{
    m_bases.open(path);
}

void OpenedProject::import(const QStringList& paths)
{
    m_import.open(paths);
}

}  // namespace taskfold
