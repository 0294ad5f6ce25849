#include "widgets/dialogs/predictionsdialog.h"

#include "widgets/models/text.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QString filter()
{
    return PredictionsDialog::tr("JSON lines (*.jsonl *.json *.ndjson *.txt);;All files (*)");
}

}  // namespace

PredictionsDialog::PredictionsDialog(const std::vector<TaskLine>& tasks, QWidget* parent)
    : QDialog(parent)
    , m_name(new QLineEdit(u"deployed"_s, this))
    , m_start(namedButton(u"predictionsStart"_s, tr("Import"), this, true))
    , m_banner(new ErrorBanner(this))
{
    setObjectName(u"predictionsDialog"_s);
    setWindowTitle(tr("Import predictions"));
    setAcceptDrops(true);
    resize(680, 520);
    auto* words = new QLabel(tr("What the models that are served today answer to the test rows, as a baseline to compare with. JSON lines, one object a "
                                "row: {\"line\": 12, \"prediction\": \"…\"}; without line numbers, one for each test row in order. Where answers were "
                                "made with other prompts or data, the comparison says so."),
        this);
    words->setWordWrap(true);
    words->setProperty("muted", true);
    m_name->setObjectName(u"predictionsName"_s);
    m_name->setAccessibleName(tr("Name of this baseline"));
    auto* form = new QFormLayout;
    form->addRow(tr("Name of this baseline"), m_name);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setSpacing(12);
    layout->addWidget(m_banner);
    layout->addWidget(words);
    layout->addLayout(form);
    layout->addWidget(buildTasks(tasks), 1);
    layout->addWidget(buildButtons());
    connect(m_name, &QLineEdit::textChanged, this, &PredictionsDialog::check);
    check();
}

QWidget* PredictionsDialog::buildTasks(const std::vector<TaskLine>& tasks)
{
    auto* inside = new QWidget;
    auto* grid = new QGridLayout(inside);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const TaskLine& task : tasks) {
        auto* name = new QLabel(excerptText(task.name, 40), inside);
        name->setTextFormat(Qt::PlainText);
        name->setToolTip(task.name.toHtmlEscaped());
        auto* file = new QLineEdit(inside);
        file->setObjectName(u"predictionsFile_"_s + task.name);
        file->setAccessibleName(tr("File with predictions for %1").arg(task.name));
        file->setPlaceholderText(task.testRows > 0 ? countedText(task.testRows, tr("%1 test row"), tr("%1 test rows")) : tr("no test rows"));
        file->setEnabled(task.testRows > 0);
        QPushButton* browse = namedButton(u"predictionsBrowse_"_s + task.name, tr("Choose…"), inside);
        browse->setAccessibleName(tr("Choose the file for %1").arg(task.name));
        browse->setEnabled(task.testRows > 0);
        browse->setAutoDefault(false);
        grid->addWidget(name, row, 0);
        grid->addWidget(file, row, 1);
        grid->addWidget(browse, row++, 2);
        m_files.emplace_back(task.name, file);
        connect(file, &QLineEdit::textChanged, this, &PredictionsDialog::check);
        connect(browse, &QPushButton::clicked, this, [this, file = file] {
            ask::openFiles(this, tr("Predictions"), filter(), [file](const QStringList& chosen) { file->setText(chosen.value(0)); });
        });
    }
    grid->setRowStretch(row, 1);
    auto* area = new QScrollArea(this);
    area->setObjectName(u"predictionsTasks"_s);
    area->setAccessibleName(tr("A file for each task"));
    area->setWidgetResizable(true);
    area->setWidget(inside);
    return area;
}

QWidget* PredictionsDialog::buildButtons()
{
    auto* bar = new QWidget(this);
    QPushButton* add = namedButton(u"predictionsAdd"_s, tr("Add files…"), bar);
    add->setToolTip(tr("Several at once: each goes to the task whose name it has"));
    add->setAutoDefault(false);
    QPushButton* cancel = namedButton(u"predictionsCancel"_s, tr("Cancel"), bar);
    cancel->setAutoDefault(false);
    m_start->setDefault(true);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    layout->addWidget(add);
    layout->addStretch();
    layout->addWidget(cancel);
    layout->addWidget(m_start);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(add, &QPushButton::clicked, this, [this] {
        ask::openFiles(this, tr("Predictions"), filter(), [this](const QStringList& chosen) { addFiles(chosen); });
    });
    connect(m_start, &QPushButton::clicked, this, [this] {
        m_banner->clear();
        m_start->setEnabled(false);
        emit importRequested(files(), m_name->text().trimmed());
    });
    return bar;
}

void PredictionsDialog::addFiles(const QStringList& files)
{
    QStringList strangers;
    for (const QString& file : files) {
        const QString stem = QFileInfo(file).completeBaseName();
        const auto found = std::find_if(
            m_files.begin(), m_files.end(), [&](const auto& one) { return one.first.compare(stem, Qt::CaseInsensitive) == 0; });
        if (found == m_files.end() || !found->second->isEnabled())
            strangers.append(QFileInfo(file).fileName());
        else
            found->second->setText(file);
    }
    if (!strangers.isEmpty())
        m_banner->showNotice(tr("No task with test rows has the name of %1: choose the task's file by its own button.").arg(strangers.join(u", "_s)));
}

std::map<QString, QString> PredictionsDialog::files() const
{
    std::map<QString, QString> chosen;
    for (const auto& [task, file] : m_files)
        if (const QString path = file->text().trimmed(); !path.isEmpty())
            chosen[task] = path;
    return chosen;
}

void PredictionsDialog::check()
{
    m_start->setEnabled(!files().empty() && !m_name->text().trimmed().isEmpty());
}

void PredictionsDialog::showError(const Error& error)
{
    // The detail names file, line and what was expected: what has to be corrected stands in sight.
    const bool theirs = error.code == ErrorCode::InvalidInput || error.code == ErrorCode::NotFound;
    if (theirs)
        m_banner->showNotice(toQt(error.detail));
    else
        m_banner->showError(error);
    check();
}

void PredictionsDialog::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void PredictionsDialog::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        paths.append(url.toLocalFile());
    addFiles(paths);
}

}  // namespace taskfold
