#pragma once

#include <QSortFilterProxyModel>

namespace taskfold {

/// Sorts by SortRole (numbers as numbers, texts as people do, nothing last) and keeps rows that hold every
/// word.
class SortFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit SortFilter(QObject* parent = nullptr);

    void setWords(const QString& words);

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

}  // namespace taskfold
