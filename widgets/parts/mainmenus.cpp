#include "widgets/parts/datatable.h"
#include "widgets/parts/mainwindow.h"
#include "widgets/parts/modebar.h"
#include "widgets/parts/theme.h"

#include <QAbstractButton>
#include <QActionGroup>
#include <QApplication>
#include <QFileInfo>
#include <QMenuBar>
#include <QUndoStack>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QAction* add(QMenu* menu, const QString& name, const QString& text, const QKeySequence& keys = {})
{
    QAction* action = menu->addAction(text);
    action->setObjectName(name);
    action->setShortcut(keys);
    return action;
}

}  // namespace

void MainWindow::buildFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    connect(add(menu, u"newAction"_s, tr("&New project…"), QKeySequence::New), &QAction::triggered, this,
        &MainWindow::newRequested);
    connect(add(menu, u"openAction"_s, tr("&Open project…"), QKeySequence::Open), &QAction::triggered, this,
        &MainWindow::openRequested);
    m_recent = menu->addMenu(tr("Open &recent"));
    m_recent->setEnabled(false);
    connect(add(menu, u"demoAction"_s, tr("Try the &demo…")), &QAction::triggered, this,
        &MainWindow::demoRequested);
    menu->addSeparator();
    m_import = add(menu, u"importAction"_s, tr("&Import data…"), QKeySequence(Qt::CTRL | Qt::Key_I));
    connect(m_import, &QAction::triggered, this, &MainWindow::importRequested);
    connect(add(menu, u"addBaseAction"_s, tr("Add &base model…"), QKeySequence(Qt::CTRL | Qt::Key_B)), &QAction::triggered, this,
        &MainWindow::baseRequested);
    menu->addSeparator();
    connect(add(menu, u"settingsAction"_s, tr("&Settings…"), QKeySequence::Preferences), &QAction::triggered,
        this, &MainWindow::settingsRequested);
    connect(add(menu, u"quitAction"_s, tr("&Quit"), QKeySequence::Quit), &QAction::triggered, this,
        &QWidget::close);
}

void MainWindow::setRecent(const QStringList& folders)
{
    m_recent->clear();
    m_recent->setEnabled(!folders.isEmpty());
    for (const QString& folder : folders) {
        QAction* action = m_recent->addAction(QFileInfo(folder).fileName());
        action->setToolTip(folder);
        action->setStatusTip(folder);
        connect(action, &QAction::triggered, this, [this, folder] { emit openFolderRequested(folder); });
    }
}

void MainWindow::buildEditMenu(QUndoStack& undo)
{
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    QAction* undoAction = undo.createUndoAction(this, tr("&Undo"));
    undoAction->setObjectName(u"undoAction"_s);
    undoAction->setShortcut(QKeySequence::Undo);
    QAction* redoAction = undo.createRedoAction(this, tr("&Redo"));
    redoAction->setObjectName(u"redoAction"_s);
    redoAction->setShortcut(QKeySequence::Redo);
    menu->addActions({undoAction, redoAction});
}

void MainWindow::buildViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    for (const Mode mode : kModes) {
        QAction* action = add(menu, wordOf(mode) + u"Action"_s, titleOf(mode));
        connect(action, &QAction::triggered, m_modeBar->button(mode), &QAbstractButton::click);
    }
    menu->addSeparator();
    m_showLog = add(menu, u"logAction"_s, tr("&Log"), QKeySequence(Qt::CTRL | Qt::Key_L));
    m_showLog->setCheckable(true);
    connect(m_showLog, &QAction::toggled, this, &MainWindow::toggleLog);
    QAction* full = add(menu, u"fullScreenAction"_s, tr("&Full screen"), QKeySequence::FullScreen);
    full->setCheckable(true);
    connect(full, &QAction::toggled, this, [this](bool on) { on ? showFullScreen() : showNormal(); });
}

void MainWindow::buildHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    connect(add(menu, u"manualAction"_s, tr("&Manual"), QKeySequence::HelpContents), &QAction::triggered,
        this, [this] { emit manualRequested(wordOf(currentMode())); });
    connect(add(menu, u"aboutAction"_s, tr("&About Taskfold")), &QAction::triggered, this,
        &MainWindow::aboutRequested);
}

}  // namespace taskfold
