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

/// The run of digits, or of anything else, that begins at a place.
QStringView runAt(const QString& text, qsizetype place)
{
    qsizetype end = place;
    const bool digits = text[place].isDigit();
    while (end < text.size() && text[end].isDigit() == digits)
        ++end;
    return QStringView(text).mid(place, end - place);
}

int compareRuns(QStringView a, QStringView b)
{
    if (a.front().isDigit() && b.front().isDigit()) {
        const qulonglong left = a.toULongLong();
        const qulonglong right = b.toULongLong();
        return left < right ? -1 : left > right ? 1 : 0;
    }
    return QString::localeAwareCompare(a.toString().toLower(), b.toString().toLower());
}

/// "task 9" before "task 10". (QCollator's numeric mode does nothing in the C locale.)
int naturalOrder(const QString& a, const QString& b)
{
    for (qsizetype i = 0, j = 0; i < a.size() && j < b.size();) {
        const QStringView left = runAt(a, i);
        const QStringView right = runAt(b, j);
        if (const int order = compareRuns(left, right); order != 0)
            return order;
        i += left.size();
        j += right.size();
    }
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

}  // namespace

SortFilter::SortFilter(QObject* parent) : QSortFilterProxyModel(parent)
{
    setSortRole(TableRole::SortRole);
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
        return naturalOrder(a.toString(), b.toString()) < 0;
    if (a.typeId() == QMetaType::LongLong && b.typeId() == QMetaType::LongLong)
        return a.toLongLong() < b.toLongLong();
    return a.toDouble() < b.toDouble();
}

bool SortFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (m_words.isEmpty())
        return true;
    if (const QVariant whole = sourceModel()->index(row, 0, parent).data(TableRole::SearchRole); whole.isValid()) {
        const QString text = whole.toString();
        return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
    }
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
