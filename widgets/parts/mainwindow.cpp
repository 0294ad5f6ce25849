#include "widgets/parts/mainwindow.h"

#include "widgets/parts/activitycorner.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/logdrawer.h"
#include "widgets/parts/modebar.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>

using namespace Qt::StringLiterals;

namespace taskfold {

MainWindow::MainWindow(ActivityModel& activities, QUndoStack& undo, QWidget* parent)
    : QMainWindow(parent)
    , m_modeBar(new ModeBar(this))
    , m_banner(new ErrorBanner(this))
    , m_stack(new QStackedWidget(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_log(new LogDrawer(this))
    , m_corner(new ActivityCorner(activities, this))
    , m_project(new QLabel(this))
    , m_dropHint(new QLabel(tr("Drop data to import it, or a model to add it"), this))
{
    setObjectName(u"mainWindow"_s);
    setAcceptDrops(true);
    resize(1280, 820);
    buildLayout(activities);
    buildFileMenu();
    buildEditMenu(undo);
    buildViewMenu();
    buildHelpMenu();
    showProject({}, {});
    connect(m_modeBar, &ModeBar::chosen, this, &MainWindow::showPage);
    connect(m_log, &LogDrawer::closeRequested, this, [this] { m_showLog->setChecked(false); });
    connect(m_log, &LogDrawer::failed, this, &MainWindow::showError);
}

void MainWindow::buildLayout(ActivityModel&)
{
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    m_splitter->addWidget(right);
    m_splitter->addWidget(m_log);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setCollapsible(0, false);
    m_log->hide();

    auto* all = new QWidget(this);
    auto* row = new QHBoxLayout(all);
    row->setContentsMargins({});
    row->setSpacing(0);
    row->addWidget(m_modeBar);
    row->addWidget(m_splitter, 1);
    setCentralWidget(all);

    m_project->setObjectName(u"projectLabel"_s);
    m_project->setProperty("muted", true);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(m_project, 1);
    statusBar()->addPermanentWidget(m_corner);

    m_dropHint->setObjectName(u"dropHint"_s);
    m_dropHint->setAlignment(Qt::AlignCenter);
    m_dropHint->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_dropHint->hide();
}

void MainWindow::setPage(Mode mode, QWidget* page)
{
    m_pages[mode] = page;
    m_stack->addWidget(page);
    if (mode == m_modeBar->current())
        m_stack->setCurrentWidget(page);
}

void MainWindow::removePage(Mode mode)
{
    QWidget* old = page(mode);
    m_pages.erase(mode);
    delete old;
}

QWidget* MainWindow::page(Mode mode) const
{
    const auto found = m_pages.find(mode);
    return found == m_pages.end() ? nullptr : found->second;
}

void MainWindow::showPage(Mode mode)
{
    m_modeBar->setCurrent(mode);
    emit pageShown(mode);  // whoever listens may make the page only now
    if (QWidget* shown = page(mode))
        m_stack->setCurrentWidget(shown);
}

Mode MainWindow::currentMode() const
{
    return m_modeBar->current();
}

void MainWindow::showProject(const QString& name, const QString& folder)
{
    const bool open = !folder.isEmpty();
    setWindowTitle(open ? tr("%1 – Taskfold").arg(name) : tr("Taskfold"));
    m_project->setText(folder);
    m_project->setAccessibleName(open ? tr("Project %1").arg(folder) : tr("No project is open"));
    m_modeBar->setProjectOpen(open);
    m_import->setEnabled(open);
    m_banner->clear();
}

void MainWindow::showError(const Error& error)
{
    if (error.code != ErrorCode::Cancelled)
        m_banner->showError(error);
}

void MainWindow::showNotice(const QString& text, const QString& detail)
{
    m_banner->showNotice(text, detail);
}

void MainWindow::toggleLog(bool visible)
{
    m_log->setVisible(visible);
    if (visible && m_splitter->sizes().back() < 80)
        m_splitter->setSizes({m_splitter->height() - 220, 220});
}

void MainWindow::allowClose()
{
    m_mayClose = true;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    event->setAccepted(m_mayClose);
    if (!m_mayClose)
        emit closeRequested();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!event->mimeData()->hasUrls())
        return;
    event->acceptProposedAction();
    m_dropHint->setGeometry(centralWidget()->geometry().adjusted(24, 24, -24, -24));
    m_dropHint->raise();
    m_dropHint->show();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_dropHint->hide();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_dropHint->hide();
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    if (!paths.isEmpty())
        emit filesDropped(paths);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_dropHint->setGeometry(centralWidget()->geometry().adjusted(24, 24, -24, -24));
}

}  // namespace taskfold
