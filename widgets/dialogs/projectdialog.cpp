#include "widgets/dialogs/projectdialog.h"

#include "widgets/parts/ask.h"

#include <QDir>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace taskfold {

ProjectDialog::ProjectDialog(const Words& words, const QString& location, QWidget* parent)
    : QDialog(parent)
    , m_name(new QLineEdit(words.name, this))
    , m_location(new QLineEdit(QDir::toNativeSeparators(location), this))
    , m_result(new QLabel(this))
    , m_create(new QPushButton(words.verb, this))
{
    setObjectName(u"projectDialog"_s);
    setWindowTitle(words.title);
    setMinimumWidth(560);
    build(words);
    connect(m_name, &QLineEdit::textChanged, this, &ProjectDialog::check);
    connect(m_location, &QLineEdit::textChanged, this, &ProjectDialog::check);
    m_name->selectAll();
    check();
}

void ProjectDialog::build(const Words& words)
{
    auto* explanation = new QLabel(words.explanation, this);
    explanation->setWordWrap(true);
    explanation->setProperty("muted", true);
    m_name->setObjectName(u"projectName"_s);
    m_name->setAccessibleName(tr("Name"));
    m_result->setObjectName(u"projectResult"_s);
    m_result->setWordWrap(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setVerticalSpacing(12);
    form->addRow(explanation);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("In the folder"), buildPlace());
    form->addRow(QString(), m_result);
    form->addRow(buildButtons(words.verb));
}

QWidget* ProjectDialog::buildPlace()
{
    auto* place = new QWidget(this);
    m_location->setObjectName(u"projectLocation"_s);
    m_location->setAccessibleName(tr("In the folder"));
    auto* browse = new QPushButton(tr("Browse…"), place);
    browse->setObjectName(u"projectBrowse"_s);
    browse->setAccessibleName(tr("Browse for the folder"));
    browse->setAutoDefault(false);
    auto* layout = new QHBoxLayout(place);
    layout->setContentsMargins({});
    layout->addWidget(m_location, 1);
    layout->addWidget(browse);
    connect(browse, &QPushButton::clicked, this, [this] {
        ask::openFolder(this, tr("Choose a folder"),
            [this](const QString& name) { m_location->setText(QDir::toNativeSeparators(name)); });
    });
    return place;
}

QWidget* ProjectDialog::buildButtons(const QString& verb)
{
    auto* bar = new QWidget(this);
    m_create->setObjectName(u"projectCreate"_s);
    m_create->setAccessibleName(verb);
    m_create->setProperty("main", true);
    m_create->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), bar);
    cancel->setObjectName(u"projectCancel"_s);
    cancel->setAccessibleName(tr("Cancel"));
    cancel->setAutoDefault(false);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    layout->addStretch();
    layout->addWidget(cancel);
    layout->addWidget(m_create);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_create, &QPushButton::clicked, this, [this] {
        emit folderChosen(folder());
        accept();
    });
    return bar;
}

QString ProjectDialog::folder() const
{
    return QDir(QDir::fromNativeSeparators(m_location->text().trimmed()))
        .absoluteFilePath(m_name->text().trimmed());
}

void ProjectDialog::check()
{
    const QString name = m_name->text().trimmed();
    const QFileInfo info(folder());
    QString problem;
    if (name.isEmpty())
        problem = tr("Give it a name.");
    else if (name.contains(u'/') || name.contains(u'\\'))
        problem = tr("A name has no slashes.");
    else if (m_location->text().trimmed().isEmpty())
        problem = tr("Choose the folder it goes into.");
    else if (info.exists() && (!info.isDir() || !QDir(info.filePath()).isEmpty()))
        problem = tr("There is something in %1 already. Choose another name.").arg(info.filePath());
    m_result->setText(problem.isEmpty() ? tr("Makes %1").arg(QDir::toNativeSeparators(folder())) : problem);
    m_result->setProperty("muted", problem.isEmpty());
    m_create->setEnabled(problem.isEmpty());
}

}  // namespace taskfold
