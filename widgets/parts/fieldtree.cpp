#include "widgets/parts/fieldtree.h"

#include "widgets/models/previewmodel.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <map>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kPathRole = Qt::UserRole;

QString expressionOf(const QList<QTreeWidgetItem*>& chosen)
{
    QStringList paths;
    for (const QTreeWidgetItem* item : chosen)
        paths.append(item->data(0, kPathRole).toString());
    return paths.join(u'+');
}

/// What is dragged out of it is the expression, as text.
class Tree : public QTreeWidget {
public:
    using QTreeWidget::QTreeWidget;

protected:
    QMimeData* mimeData(const QList<QTreeWidgetItem*>& items) const override
    {
        auto* dragged = new QMimeData;
        dragged->setText(expressionOf(items));
        return dragged;
    }
};

}  // namespace

FieldTree::FieldTree(QWidget* parent) : QWidget(parent), m_tree(new Tree(this))
{
    buildTree();
    auto* title = new QLabel(tr("Fields"), this);
    title->setProperty("heading", true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(6);
    layout->addWidget(title);
    layout->addWidget(m_tree, 1);
    layout->addWidget(buildButtons());
}

void FieldTree::buildTree()
{
    m_tree->setObjectName(u"importFields"_s);
    m_tree->setAccessibleName(tr("Fields of the records"));
    m_tree->setToolTip(tr("Drag a field onto input, target or another part of the row; choose several to join them."));
    m_tree->setHeaderLabels({tr("Field"), tr("Example")});
    m_tree->header()->resizeSection(0, 130);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setDragDropMode(QAbstractItemView::DragOnly);
    m_tree->setUniformRowHeights(true);
    connect(m_tree, &QTreeWidget::itemActivated, this,
        [this](const QTreeWidgetItem* item) { emit given(u"input"_s, item->data(0, kPathRole).toString()); });
}

QWidget* FieldTree::buildButtons()
{
    auto* buttons = new QWidget(this);
    auto* layout = new QGridLayout(buttons);
    layout->setContentsMargins({});
    layout->setSpacing(4);
    int place = 0;
    for (const QString& field : {u"input"_s, u"target"_s, u"references"_s, u"group"_s, u"split"_s}) {
        auto* one = new QPushButton(u"→ "_s + fieldTitle(field), buttons);
        one->setObjectName(u"importFieldTo_"_s + field);
        one->setAccessibleName(tr("Use the chosen fields as %1").arg(fieldTitle(field)));
        one->setAutoDefault(false);
        one->setEnabled(false);
        layout->addWidget(one, place / 2, place % 2);
        ++place;
        connect(one, &QPushButton::clicked, this, [this, field] { emit given(field, expression()); });
        connect(m_tree, &QTreeWidget::itemSelectionChanged, one,
            [this, one] { one->setEnabled(!m_tree->selectedItems().isEmpty()); });
    }
    return buttons;
}

void FieldTree::show(const std::vector<std::pair<QString, QString>>& fields)
{
    if (fields == m_fields)
        return;
    m_fields = fields;
    m_tree->clear();
    std::map<QString, QTreeWidgetItem*> known;
    for (const auto& [path, sample] : fields) {
        // The longest known beginning of the path is its parent.
        QTreeWidgetItem* parent = m_tree->invisibleRootItem();
        QString title = path;
        for (qsizetype at = path.size(); (at = path.lastIndexOf(u'.', at - 1)) > 0;) {
            QString above = path.left(at);
            if (above.endsWith(u"[]"))
                above.chop(2);
            if (const auto found = known.find(above); found != known.end()) {
                parent = found->second;
                title = path.mid(at + 1);
                break;
            }
        }
        auto* item = new QTreeWidgetItem(parent, {title, sample});
        item->setData(0, kPathRole, path);
        item->setToolTip(0, path);
        item->setToolTip(1, sample);
        known[path] = item;
    }
    m_tree->expandToDepth(1);
}

QString FieldTree::expression() const
{
    return expressionOf(m_tree->selectedItems());
}

}  // namespace taskfold
