#include "widgets/dialogs/aboutdialog.h"

#include "widgets/parts/theme.h"

#include <QCoreApplication>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent)
{
    setObjectName(u"aboutDialog"_s);
    setWindowTitle(tr("About Taskfold"));
    auto* logo = new QLabel(this);
    logo->setPixmap(theme::icon(u"taskfold"_s).pixmap(QSize(64, 64), devicePixelRatio()));
    auto* name = new QLabel(tr("Taskfold %1").arg(QCoreApplication::applicationVersion()), this);
    name->setObjectName(u"aboutVersion"_s);
    name->setProperty("title", true);
    auto* text = new QLabel(
        tr("Folds single-task language models into one multi-task model, and proves task by task "
           "what was won and lost.\n\nFree software under the GNU General Public Licence, version 3 "
           "or later, without any warranty.\n\nIt stands on Qt %1, libtorch, Apache Arrow, SQLite, "
           "SQLiteCpp, QCustomPlot, simdjson, ICU, spdlog, CLI11 and nlohmann-json.")
            .arg(QString::fromLatin1(qVersion())),
        this);
    text->setWordWrap(true);
    text->setMinimumWidth(440);
    auto* close = new QPushButton(tr("Close"), this);
    close->setObjectName(u"aboutClose"_s);
    close->setAccessibleName(tr("Close"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 18);
    layout->setSpacing(12);
    layout->addWidget(logo);
    layout->addWidget(name);
    layout->addWidget(text);
    layout->addWidget(close, 0, Qt::AlignRight);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

}  // namespace taskfold
