#pragma once

#include "widgets/models/column.h"
#include "widgets/models/pagedmodelbase.h"

#include <QSet>
#include <QTimer>

#include <algorithm>
#include <limits>
#include <list>
#include <map>
#include <utility>
#include <vector>

namespace taskfold {

/// A table of up to millions of rows, of which only the pages that are looked at are here.
template <typename Row>
class PagedModel : public PagedModelBase {
public:
    using Column = taskfold::Column<Row>;

    /// Forgets every page.
    void setTotal(qint64 total)
    {
        beginResetModel();
        m_total = static_cast<int>(std::min<qint64>(total, std::numeric_limits<int>::max()));
        m_pages.clear();
        m_recent.clear();
        m_asked.clear();
        endResetModel();
    }

    void setPage(qint64 offset, std::vector<Row> rows)
    {
        constexpr std::size_t kKept = 50;  // pages
        const int page = static_cast<int>(offset) / kPage;
        m_asked.remove(page);
        if (rows.empty())
            return;
        const int last = std::min(m_total, static_cast<int>(offset + std::ssize(rows))) - 1;
        m_pages[page] = std::move(rows);
        m_recent.remove(page);
        m_recent.push_back(page);
        if (m_recent.size() > kKept) {
            m_pages.erase(m_recent.front());
            m_recent.pop_front();
        }
        emit dataChanged(index(static_cast<int>(offset), 0), index(last, columnCount() - 1));
    }

    /// Nothing while its page isn't here.
    const Row* row(int index) const
    {
        const auto page = m_pages.find(index / kPage);
        if (page == m_pages.end() || index % kPage >= std::ssize(page->second))
            return nullptr;
        return &page->second[static_cast<std::size_t>(index % kPage)];
    }

    int rowCount(const QModelIndex& parent = {}) const final { return parent.isValid() ? 0 : m_total; }

    int columnCount(const QModelIndex& parent = {}) const final
    {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }

    QVariant data(const QModelIndex& index, int role) const final
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const Column& column = m_columns[static_cast<std::size_t>(index.column())];
        if (const Row* shown = row(index.row()))
            return column.cell(*shown, role);
        if (role == Qt::DisplayRole)
            ask(index.row() / kPage);
        return role == Qt::DisplayRole      ? QVariant(QStringLiteral("…"))
            : role == Qt::TextAlignmentRole ? QVariant(column.alignment.toInt())
                                            : QVariant();
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
            return {};
        return m_columns[static_cast<std::size_t>(section)].heading(role);
    }

protected:
    PagedModel(std::vector<Column> columns, QObject* parent)
        : PagedModelBase(parent)
        , m_columns(std::move(columns))
    {
    }

private:
    /// Each page once, and never while a view is painting.
    void ask(int page) const
    {
        if (m_asked.contains(page))
            return;
        m_asked.insert(page);
        auto* self = const_cast<PagedModel*>(this);
        QTimer::singleShot(0, self, [self, page] { emit self->pageWanted(qint64{page} * kPage, kPage); });
    }

    std::vector<Column> m_columns;
    int m_total = 0;
    std::map<int, std::vector<Row>> m_pages;
    std::list<int> m_recent;  // pages, the one longest unused first
    mutable QSet<int> m_asked;
};

}  // namespace taskfold
