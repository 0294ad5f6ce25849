#pragma once

#include "engine/core/row.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace taskfold {

/// Rows in UTF-8 that are read when they are wanted. Any number of threads may read one.
class RowSource {
public:
    /// Bytes of a row's texts.
    struct Lengths {
        std::size_t input = 0, target = 0;
    };

    virtual ~RowSource() = default;
    virtual std::size_t size() const = 0;
    virtual Row row(std::size_t index) const = 0;
    /// Without reading the texts.
    virtual Lengths lengths(std::size_t index) const = 0;
};

/// Rows that lie in memory.
class ListedRows : public RowSource {
public:
    explicit ListedRows(std::vector<Row> rows) : m_rows(std::move(rows)) { }
    std::size_t size() const override { return m_rows.size(); }
    Row row(std::size_t index) const override { return m_rows[index]; }
    Lengths lengths(std::size_t index) const override { return {m_rows[index].input.size(), m_rows[index].target.size()}; }

private:
    std::vector<Row> m_rows;
};

/// Rows, wherever they lie. Copies share them.
class Rows {
public:
    Rows() = default;
    Rows(std::vector<Row> rows) : m_source(std::make_shared<ListedRows>(std::move(rows))) { }
    Rows(std::shared_ptr<const RowSource> source) : m_source(std::move(source)) { }

    std::size_t size() const { return m_source ? m_source->size() : 0; }
    bool empty() const { return size() == 0; }
    Row operator[](std::size_t index) const { return m_source->row(index); }
    RowSource::Lengths lengths(std::size_t index) const { return m_source->lengths(index); }

    std::vector<Row> all() const
    {
        std::vector<Row> rows;
        rows.reserve(size());
        for (std::size_t i = 0; i < size(); ++i)
            rows.push_back(m_source->row(i));
        return rows;
    }

private:
    std::shared_ptr<const RowSource> m_source;
};

/// Places of the rows with most bytes, the first ones where they are even; in no order.
std::vector<std::size_t> mostBytes(const Rows& rows, std::size_t count);

}  // namespace taskfold
