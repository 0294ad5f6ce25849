#include "app/gui/openedproject.h"

#include "app/gui/datacontroller.h"
#include "widgets/pages/datapage.h"
#include "widgets/parts/mainwindow.h"

#include <utility>

namespace taskfold {

OpenedProject::OpenedProject(const Project& project, db::Connection connection, const Surroundings& around)
    : m_window(around.window)
    , m_connection(std::move(connection))
    , m_session{project, *m_connection, around.background, around.undo, around.settings, m_news}
    , m_import(m_session, &around.window)
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
    default: return nullptr;
    }
}

void OpenedProject::import(const QStringList& paths)
{
    m_import.open(paths);
}

}  // namespace taskfold
