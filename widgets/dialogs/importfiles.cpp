#include "widgets/dialogs/importfiles.h"

#include "widgets/models/text.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTreeWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kItemRole = Qt::UserRole;
constexpr int kFileRole = Qt::UserRole + 1;

QPushButton* button(const QString& name, const QString& text, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setObjectName(name);
    made->setAccessibleName(text);
    made->setAutoDefault(false);
    return made;
}

}  // namespace

ImportFiles::ImportFiles(QWidget* parent)
    : QWidget(parent)
    , m_tree(new QTreeWidget(this))
{
    m_tree->setObjectName(u"importFiles"_s);
    m_tree->setAccessibleName(tr("Files to import"));
    m_tree->setHeaderLabels({tr("File"), tr("Task"), tr("Split"), tr("Size")});
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->resizeSection(1, 220);
    m_tree->header()->resizeSection(2, 110);
    m_tree->setUniformRowHeights(true);
    m_tree->headerItem()->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_tree, 1);
    layout->addWidget(buildButtons());
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &ImportFiles::choiceChanged);
}

QWidget* ImportFiles::buildButtons()
{
    auto* buttons = new QWidget(this);
    auto* add = button(u"importAddFiles"_s, tr("Add files…"), buttons);
    auto* folder = button(u"importAddFolder"_s, tr("Add folder…"), buttons);
    auto* remove = button(u"importRemove"_s, tr("Remove"), buttons);
    auto* layout = new QVBoxLayout(buttons);
    layout->setContentsMargins({});
    for (QPushButton* one : {add, folder, remove})
        layout->addWidget(one);
    layout->addStretch();
    connect(add, &QPushButton::clicked, this, [this] {
        ask::openFiles(this, tr("Add files"),
            tr("Data (*.jsonl *.ndjson *.json *.csv *.tsv *.txt *.conll *.parquet *.arrow *.feather *.zip *.gz);;All files (*)"),
            [this](const QStringList& names) { addPaths(names); });
    });
    connect(folder, &QPushButton::clicked, this,
        [this] { ask::openFolder(this, tr("Add a folder"), [this](const QString& name) { addPaths({name}); }); });
    connect(remove, &QPushButton::clicked, this, &ImportFiles::removeChosen);
    return buttons;
}

void ImportFiles::addPaths(const QStringList& paths)
{
    for (const QString& path : paths) {
        const auto known = [&](const ImportItem& item) { return item.path == path; };
        if (std::any_of(m_items.begin(), m_items.end(), known))
            continue;
        ImportItem item;
        item.path = path;
        m_items.push_back(item);
        auto* entry = new QTreeWidgetItem(m_tree, {QFileInfo(path).fileName()});
        entry->setToolTip(0, path);
        entry->setIcon(0, theme::icon(QFileInfo(path).isDir() ? u"folder"_s : u"report"_s, theme::Tone::Muted));
        entry->setData(0, kItemRole, static_cast<int>(m_items.size()) - 1);
    }
    if (!m_tree->currentItem() && m_tree->topLevelItemCount() > 0)
        m_tree->setCurrentItem(m_tree->topLevelItem(0));
    emit itemsChanged();
}

int ImportFiles::chosen() const
{
    const QTreeWidgetItem* entry = m_tree->currentItem();
    return entry ? (entry->parent() ? entry->parent() : entry)->data(0, kItemRole).toInt() : -1;
}

QString ImportFiles::chosenFile() const
{
    const QTreeWidgetItem* entry = m_tree->currentItem();
    return entry ? entry->data(0, kFileRole).toString() : QString();
}

void ImportFiles::setItem(int number, const ImportItem& item)
{
    m_items[static_cast<std::size_t>(number)] = item;
}

void ImportFiles::removeChosen()
{
    const int item = chosen();
    if (item < 0)
        return;
    m_items.erase(m_items.begin() + item);
    {
        const QSignalBlocker quiet(m_tree);  // until the others have their numbers
        delete m_tree->takeTopLevelItem(item);
        for (int i = 0; i < m_tree->topLevelItemCount(); ++i)
            m_tree->topLevelItem(i)->setData(0, kItemRole, i);
    }
    emit itemsChanged();
    emit choiceChanged();
}

void ImportFiles::showFiles(int item, const std::vector<ImportFile>& files)
{
    QTreeWidgetItem* parent = m_tree->topLevelItem(item);
    const bool single
        = files.size() == 1 && files.front().path == m_items[static_cast<std::size_t>(item)].path;
    while (parent->childCount() > static_cast<int>(single ? 0 : files.size()))
        delete parent->takeChild(parent->childCount() - 1);
    for (std::size_t i = 0; i < files.size(); ++i) {
        const ImportFile& file = files[i];
        QTreeWidgetItem* entry = parent;
        if (!single) {
            entry = parent->child(static_cast<int>(i));
            if (!entry)
                entry = new QTreeWidgetItem(parent);
            entry->setText(0, QFileInfo(file.path).fileName());
        }
        entry->setData(0, kFileRole, file.path);
        entry->setText(1, file.task);
        entry->setText(2, file.split ? titleOf(*file.split) : QString());
        entry->setText(3, bytesText(file.bytes));
        entry->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
        entry->setToolTip(0, file.path);
    }
    parent->setExpanded(true);
}

}  // namespace taskfold
