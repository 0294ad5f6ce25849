#include "widgets/models/sortfilter.h"

#include "widgets/models/rowmodel.h"

#include <algorithm>
#include <cmath>

namespace taskfold {

namespace {

bool isText(const QVariant& value)
{
    return value.typeId() == QMetaType::QString;
}

/// Empty, or not a number.
bool isNothing(const QVariant& value)
{
    return !value.isValid() || (value.typeId() == QMetaType::Double && std::isnan(value.toDouble()));
}

}  // namespace

SortFilter::SortFilter(QObject* parent) : QSortFilterProxyModel(parent)
{
    setSortRole(TableRole::SortRole);
    m_collator.setNumericMode(true);
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
}

void SortFilter::setWords(const QString& words)
{
    m_words = words.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool SortFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (isNothing(a) || isNothing(b))
        return isNothing(a) == isNothing(b) ? left.row() < right.row()
                                            : isNothing(a) == (sortOrder() == Qt::DescendingOrder);
    if (isText(a) || isText(b))
        return m_collator.compare(a.toString(), b.toString()) < 0;
    if (a.typeId() == QMetaType::LongLong && b.typeId() == QMetaType::LongLong)
        return a.toLongLong() < b.toLongLong();
    return a.toDouble() < b.toDouble();
}

bool SortFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column)
            if (sourceModel()
                    ->index(row, column, parent)
                    .data()
                    .toString()
                    .contains(word, Qt::CaseInsensitive))
                return true;
        return false;
    });
}

}  // namespace taskfold
