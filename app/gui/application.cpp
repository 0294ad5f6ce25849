#include "app/gui/application.h"

#include "app/gui/openedproject.h"
#include "app/gui/welcomecontroller.h"
#include "app/jobs/basepreview.h"
#include "app/jobs/demo.h"
#include "app/jobs/project.h"
#include "widgets/dialogs/aboutdialog.h"
#include "widgets/dialogs/manualdialog.h"
#include "widgets/dialogs/settingsdialog.h"
#include "widgets/pages/welcomepage.h"
#include "widgets/parts/activitycorner.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/modebar.h"
#include "widgets/parts/text.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;

namespace taskfold {

Application::Application(Options options)
    : m_options(std::move(options))
    , m_settings(m_options.settings)
    , m_window(m_background.activities(), m_undo)
{
    theme::setScheme(m_options.scheme.value_or(m_settings.scheme()));
    auto* page = new WelcomePage;
    m_window.setPage(Mode::Welcome, page);
    m_welcome = std::make_unique<WelcomeController>(*page, m_settings);
    m_window.setRecent(m_settings.recent());
    connectWindow();
    connectBackground();
    connect(m_welcome.get(), &WelcomeController::newWanted, this, &Application::makeProject);
    connect(m_welcome.get(), &WelcomeController::openWanted, this, &Application::openProject);
    connect(m_welcome.get(), &WelcomeController::demoWanted, this, &Application::runDemo);
    connect(m_welcome.get(), &WelcomeController::manualWanted, this, &Application::showManual);
}

Application::~Application()
{
    closeProject();
}

void Application::connectWindow()
{
    connect(&m_window, &MainWindow::newRequested, m_welcome.get(), &WelcomeController::askForNew);
    connect(&m_window, &MainWindow::openRequested, m_welcome.get(), &WelcomeController::askForOpen);
    connect(&m_window, &MainWindow::demoRequested, m_welcome.get(), &WelcomeController::askForDemo);
    connect(&m_window, &MainWindow::openFolderRequested, this, &Application::openProject);
    connect(&m_window, &MainWindow::importRequested, this, [this] { onFilesDropped({}); });
    connect(&m_window, &MainWindow::baseRequested, this, [this] { m_opened ? m_opened->addBase({}) : onFilesDropped({}); });
    connect(&m_window, &MainWindow::filesDropped, this, &Application::onFilesDropped);
    connect(&m_window, &MainWindow::pageShown, this, &Application::onPageShown);
    connect(&m_window, &MainWindow::manualRequested, this, &Application::showManual);
    connect(&m_window, &MainWindow::settingsRequested, this, &Application::showSettings);
    connect(&m_window, &MainWindow::closeRequested, this, &Application::onCloseRequested);
    connect(&m_window, &MainWindow::aboutRequested, this, [this] {
        auto* about = new AboutDialog(&m_window);
        about->setAttribute(Qt::WA_DeleteOnClose);
        about->open();
    });
}

void Application::connectBackground()
{
    ActivityCorner* corner = m_window.activityCorner();
    connect(corner, &ActivityCorner::cancelRequested, &m_background, &Background::cancelActivity);
    connect(corner, &ActivityCorner::resultRequested, this, [this](int activity) {
        if (const std::optional<Mode> page = m_background.resultOf(activity))
            m_window.showPage(*page);
    });
    connect(&m_background, &Background::failed, this,
        [this](const QString&, const Error& error) { m_window.showError(error); });
    connect(&m_background, &Background::idle, this, [this] {
        if (m_closeWhenIdle)
            close();
    });
}

void Application::start()
{
    if (!m_window.restoreGeometry(m_settings.geometry()) || !m_options.shot.isEmpty())
        m_window.resize(1280, 820);
    m_window.show();
    if (!m_options.shot.isEmpty() || !m_options.report.isEmpty())
        connect(this, &Application::settled, this, &Application::finishWhenIdle);
    if (m_options.project.isEmpty())
        emit settled();
    else
        openProject(QDir(m_options.project).absolutePath());
}

void Application::makeProject(const QString& folder)
{
    if (QFileInfo::exists(QDir(folder).filePath(u"project.db"_s)))
        return fail({ErrorCode::InvalidInput, toStd(tr("%1 is a project already").arg(folder))});
    if (!QDir().mkpath(folder))
        return fail({ErrorCode::Io, toStd(tr("%1 can't be made").arg(folder))});
    const Project project{folder.toStdString()};
    m_background.submit(this,
        {.job = {toStd(tr("Making %1").arg(QFileInfo(folder).fileName())),
             [project](const JobContext&) -> Result<void> {
                 if (Result<db::Connection> made = taskfold::openProject(project); !made)
                     return std::move(made).error();
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, folder](const Outcome& outcome) { onOpened(folder, outcome); }});
}

void Application::runDemo(const QString& folder)
{
    const Project project{folder.toStdString()};
    makeProject(folder);
    // On the training queue behind the opening: the window shows the runs while they are made.
    m_background.submit(this,
        {.job = {toStd(tr("The demo")),
             [project](const JobContext& context) -> Result<void> {
                 const Result<jobs::DemoOutcome> done = jobs::runDemo(project, {}, context);
                 return done ? Result<void>{} : Result<void>(done.error());
             }},
            .queue = Queue::Training,
            .result = Mode::Report,
            .onEnd = [this](const Outcome& end) {
                tellAll();
                if (m_opened && end.end == JobEnd::Completed)
                    m_window.showPage(Mode::Compare);
            }});
    m_options.page = Mode::Runs;
}

void Application::tellAll()
{
    if (!m_opened)
        return;
    News& news = m_opened->news();
    emit news.tasksChanged();
    emit news.basesChanged();
    emit news.decisionsChanged();
    emit news.runsChanged();
    emit news.comparisonsChanged();
}

void Application::openProject(const QString& folder)
{
    if (!QFileInfo::exists(QDir(folder).filePath(u"project.db"_s))) {
        fail({ErrorCode::NotFound, toStd(tr("%1 holds no project").arg(folder))});
        return emit settled();
    }
    const Project project{folder.toStdString()};
    m_background.submit(this,
        {.job = {toStd(tr("Opening %1").arg(QFileInfo(folder).fileName())),
             [project](const JobContext&) -> Result<void> {
                 if (Result<db::Connection> opened = taskfold::openProject(project); !opened)
                     return std::move(opened).error();
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, folder](const Outcome& outcome) { onOpened(folder, outcome); }});
}

void Application::onOpened(const QString& folder, const Outcome& outcome)
{
    if (outcome.end != JobEnd::Completed) {
        fail(outcome.error);
        return emit settled();
    }
    const Project project{folder.toStdString()};
    Result<db::Connection> connection = db::open(project.database());  // up to date by now
    if (!connection) {
        fail(connection.error());
        return emit settled();
    }
    closeProject();
    m_opened = std::make_unique<OpenedProject>(project, *std::move(connection),
        OpenedProject::Surroundings{m_window, m_background, m_undo, m_settings});
    News& news = m_opened->news();
    connect(&news, &News::pageWanted, &m_window, &MainWindow::showPage);
    connect(&news, &News::failed, &m_window, &MainWindow::showError);
    connect(&news, &News::noticed, &m_window, &MainWindow::showNotice);
    connect(&news, &News::manualWanted, this, &Application::showManual);
    m_settings.addRecent(folder);
    m_window.setRecent(m_settings.recent());
    m_welcome->showRecent();
    m_window.showProject(QFileInfo(folder).fileName(), folder);
    restorePage(folder);
    emit settled();
}

void Application::restorePage(const QString& folder)
{
    const std::optional<Mode> last = modeOf(m_settings.ofProject(folder, u"page"_s).toString());
    const Mode mode = m_options.page.value_or(last.value_or(Mode::Data));
    m_options.page.reset();
    m_window.showPage(mode == Mode::Welcome ? Mode::Data : mode);
}

void Application::closeProject()
{
    m_undo.clear();
    m_opened.reset();
}

void Application::onPageShown(Mode mode)
{
    if (!m_opened)
        return;
    m_opened->showPage(mode);
    m_settings.setOfProject(m_opened->session().folder(), u"page"_s, wordOf(mode));
}

void Application::onFilesDropped(const QStringList& paths)
{
    if (m_opened && paths.size() == 1 && jobs::looksLikeModel(toStd(paths.front())))
        return m_opened->addBase(paths.front());
    if (m_opened)
        return m_opened->import(paths);
    ask::choose(&m_window,
        {.title = tr("Import data"),
            .text = tr("Data and models go into a project, and none is open."),
            .buttons = {tr("New project…"), tr("Open project…"), tr("Cancel")}},
        [this](int button) {
            if (button == 0)
                m_welcome->askForNew();
            else if (button == 1)
                m_welcome->askForOpen();
        });
}

void Application::onCloseRequested()
{
    if (!m_background.isTraining())
        return close();
    ask::choose(&m_window,
        {.title = tr("Close Taskfold"),
            .text = tr("A training is running."),
            .detail = tr("Stopped, it can be resumed later from the step it has reached. Left alone, it goes "
                         "on without a "
                         "window until everything that is queued has ended."),
            .buttons = {tr("Stop and keep"), tr("Leave it running"), tr("Cancel")}},
        [this](int button) {
            if (button == 0) {
                m_closeWhenIdle = true;
                m_window.setEnabled(false);
                m_window.showNotice(tr("Stopping after the current step…"));
                m_background.cancelAll();
            } else if (button == 1) {
                leave();
            }
        });
}

void Application::leave()
{
    m_closeWhenIdle = true;
    QApplication::setQuitOnLastWindowClosed(false);
    m_settings.setGeometry(m_window.saveGeometry());
    m_window.hide();
}

void Application::close()
{
    m_settings.setGeometry(m_window.saveGeometry());
    closeProject();
    m_window.allowClose();
    m_window.close();
    QApplication::quit();
}

void Application::showManual(const QString& topic)
{
    if (!m_manual)
        m_manual = new ManualDialog(&m_window);
    m_manual->show();
    m_manual->showTopic(topic);
    m_manual->raise();
}

void Application::showSettings()
{
    auto* dialog = new SettingsDialog(theme::scheme(), &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SettingsDialog::schemeChosen, this, [this](theme::Scheme scheme) {
        m_settings.setScheme(scheme);
        theme::setScheme(scheme);
    });
    dialog->open();
}

void Application::fail(const Error& error)
{
    if (m_options.shot.isEmpty() && m_options.report.isEmpty())
        return m_window.showError(error);
    qCritical("taskfold: %s", error.detail.c_str());
    QTimer::singleShot(0, this, [] { QApplication::exit(1); });
}

}  // namespace taskfold
