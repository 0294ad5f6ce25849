#pragma once

#include "widgets/models/importvalues.h"

#include <QWidget>

#include <vector>

class QTreeWidget;

namespace taskfold {

/// The files and folders to import: added, removed, and one of them chosen.
class ImportFiles : public QWidget {
    Q_OBJECT

public:
    explicit ImportFiles(QWidget* parent = nullptr);

    void addPaths(const QStringList& paths);
    const std::vector<ImportItem>& items() const { return m_items; }
    /// -1: none.
    int chosen() const;
    /// The file that is chosen inside a folder or an archive; empty: the item itself.
    QString chosenFile() const;
    /// How that item is to be read from now on.
    void setItem(int number, const ImportItem& item);
    /// What was found in an item.
    void showFiles(int item, const std::vector<ImportFile>& files);

signals:
    void choiceChanged();
    /// Some came or went.
    void itemsChanged();

private:
    QWidget* buildButtons();
    void removeChosen();

    std::vector<ImportItem> m_items;
    QTreeWidget* m_tree;
};

}  // namespace taskfold
