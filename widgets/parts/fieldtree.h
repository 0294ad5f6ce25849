#pragma once

#include <QString>
#include <QWidget>

#include <utility>
#include <vector>

class QTreeWidget;

namespace taskfold {

/// Every place in a file's records, nested ones below their parents, with what stands there: to be dragged onto a field of
/// the mapping, or given to it by a button.
class FieldTree : public QWidget {
    Q_OBJECT

public:
    explicit FieldTree(QWidget* parent = nullptr);

    /// Paths of the mapping language ("data.items[].text"), and what stands there.
    void show(const std::vector<std::pair<QString, QString>>& fields);
    using QWidget::show;

    /// The chosen places as an expression: one path, or several with + between.
    QString expression() const;

signals:
    /// The user wants that expression to be the row's field (input, target, references, group, split).
    void given(const QString& field, const QString& expression);

private:
    void buildTree();
    QWidget* buildButtons();

    std::vector<std::pair<QString, QString>> m_fields;
    QTreeWidget* m_tree;
};

}  // namespace taskfold
