#include "widgets/dialogs/importmapping.h"

#include "widgets/parts/ask.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

const QString kFromFile = u"\n"_s;  // no task is called like this

}  // namespace

ImportMapping::ImportMapping(QWidget* parent)
    : QWidget(parent)
    , m_used(new QComboBox(this))
    , m_save(new QPushButton(tr("Save mapping…"), this))
    , m_labels(new QPushButton(tr("Labels…"), this))
    , m_guess(new QLabel(this))
{
    m_used->setObjectName(u"importMapping"_s);
    m_used->setAccessibleName(tr("Mapping"));
    m_used->setToolTip(tr("Columns, format and labels as they were used before"));
    m_save->setObjectName(u"importMappingSave"_s);
    m_save->setAccessibleName(tr("Save the mapping"));
    m_labels->setObjectName(u"importLabels"_s);
    m_labels->setAccessibleName(tr("Labels of the rows"));
    m_guess->setObjectName(u"importGuess"_s);
    m_guess->setProperty("muted", true);
    auto* title = new QLabel(tr("Mapping"), this);
    title->setProperty("muted", true);
    title->setBuddy(m_used);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(title);
    for (QWidget* control : std::initializer_list<QWidget*>{m_used, m_save, m_labels})
        layout->addWidget(control);
    layout->addWidget(m_guess, 1);
    for (QPushButton* one : {m_save, m_labels}) {
        one->setAutoDefault(false);
        one->setEnabled(false);
    }
    setTaskNames({});
    connect(m_used, &QComboBox::activated, this, &ImportMapping::onChosen);
    connect(m_labels, &QPushButton::clicked, this, &ImportMapping::labelsWanted);
    connect(m_save, &QPushButton::clicked, this, [this] {
        ask::saveFile(this, tr("Save the mapping"), u"mapping.json"_s, tr("Mappings (*.json)"), [this](const QString& file) { emit saveWanted(file); });
    });
}

void ImportMapping::setTaskNames(const QStringList& names)
{
    m_used->clear();
    m_used->addItem(tr("As set above"));
    for (const QString& name : names)
        m_used->addItem(tr("As in %1").arg(name), name);
    m_used->addItem(tr("From a file…"), kFromFile);
}

void ImportMapping::onChosen(int index)
{
    const QString chosen = m_used->itemData(index).toString();
    if (chosen == kFromFile)
        ask::openFiles(this, tr("A saved mapping"), tr("Mappings (*.json)"), [this](const QStringList& files) {
            if (!files.isEmpty())
                emit fileChosen(files.front());
        });
    else if (!chosen.isEmpty())
        emit taskChosen(chosen);
    m_used->setCurrentIndex(0);  // what it says stands in the fields above then
}

void ImportMapping::showPreview(const ImportPreview& preview)
{
    const bool mapped = !preview.error && preview.problem.isEmpty();
    m_save->setEnabled(!preview.error);
    m_labels->setEnabled(mapped);
    m_guess->setText(preview.error ? QString() : preview.kind);
    m_guess->setToolTip(preview.error ? QString() : preview.kind);
}

}  // namespace taskfold
