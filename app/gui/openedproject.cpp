#include "app/gui/openedproject.h"

#include "widgets/pages/datapage.h"
#include "widgets/parts/mainwindow.h"

#include <utility>

namespace taskfold {

OpenedProject::OpenedProject(const Project& project, db::Connection connection, const Surroundings& around)
    : m_window(around.window)
    , m_connection(std::move(connection))
    , m_session{project, *m_connection, around.background, around.undo, around.settings, m_news}
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
        return page;
    }
    default: return nullptr;
    }
}

void OpenedProject::import(const QStringList&) { }

}  // namespace taskfold
