#include "app/gui/welcomecontroller.h"

#include "app/gui/settings.h"
#include "widgets/dialogs/projectdialog.h"
#include "widgets/pages/welcomepage.h"
#include "widgets/parts/ask.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QString databaseOf(const QString& folder)
{
    return QDir(folder).filePath(u"project.db"_s);
}

QString freeName(const QString& location, const QString& name)
{
    QString free = name;
    for (int number = 2; QFileInfo::exists(QDir(location).filePath(free)); ++number)
        free = u"%1-%2"_s.arg(name).arg(number);
    return free;
}

}  // namespace

WelcomeController::WelcomeController(WelcomePage& page, Settings& settings, QObject* parent)
    : QObject(parent)
    , m_page(page)
    , m_settings(settings)
{
    connect(&page, &WelcomePage::newRequested, this, &WelcomeController::askForNew);
    connect(&page, &WelcomePage::openRequested, this, &WelcomeController::askForOpen);
    connect(&page, &WelcomePage::demoRequested, this, &WelcomeController::askForDemo);
    connect(&page, &WelcomePage::recentRequested, this, &WelcomeController::open);
    connect(&page, &WelcomePage::forgetRequested, this, &WelcomeController::forget);
    connect(&page, &WelcomePage::manualRequested, this, &WelcomeController::manualWanted);
    showRecent();
}

void WelcomeController::showRecent()
{
    std::vector<RecentProject> projects;
    for (const QString& folder : m_settings.recent()) {
        const QFileInfo database(databaseOf(folder));
        projects.push_back({folder,
            database.exists()
                ? tr("changed %1").arg(database.lastModified().toString(u"yyyy-MM-dd HH:mm"_s))
                : tr("not there any more")});
    }
    m_page.setRecent(projects);
}

void WelcomeController::askForNew()
{
    const QString location = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    auto* dialog = new ProjectDialog(
        {tr("New project"),
            tr("A project is a folder that holds everything: data, models, runs and results."),
            freeName(location, u"project"_s), tr("Create")},
        location, m_page.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ProjectDialog::folderChosen, this, &WelcomeController::newWanted);
    dialog->open();
}

void WelcomeController::askForDemo()
{
    const QString location = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    auto* dialog = new ProjectDialog(
        {tr("Try the demo"),
            tr("Makes a project of generated tasks and runs all of it on this computer's processor: "
               "baselines, filter, "
               "training, comparison and report. It takes about two minutes; watch it on the Runs page."),
            freeName(location, u"taskfold-demo"_s), tr("Run the demo")},
        location, m_page.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ProjectDialog::folderChosen, this, &WelcomeController::demoWanted);
    dialog->open();
}

void WelcomeController::askForOpen()
{
    ask::openFolder(m_page.window(), tr("Open project"), [this](const QString& folder) { open(folder); });
}

void WelcomeController::open(const QString& folder)
{
    if (QFileInfo::exists(databaseOf(folder)))
        return emit openWanted(folder);
    ask::choose(m_page.window(),
        {.title = tr("Open project"),
            .text = tr("%1 holds no project.").arg(QDir::toNativeSeparators(folder)),
            .detail = tr("A project's folder has a file “project.db” in it."),
            .buttons = {tr("Choose another…"), tr("Cancel")}},
        [this, folder](int button) {
            forget(folder);
            if (button == 0)
                askForOpen();
        });
}

void WelcomeController::forget(const QString& folder)
{
    m_settings.forgetRecent(folder);
    showRecent();
}

}  // namespace taskfold
