#include "engine/data/jsonshapes.h"

#include "engine/data/jsonmembers.h"

#include <algorithm>
#include <cstring>

namespace taskfold::data {

namespace {

constexpr std::size_t kMostColumns = 64;  // each of which has a window of its own

// Gathers rows into a block.
class RowsOut {
public:
    explicit RowsOut(Block& block) : m_block(block)
    {
        block.spans.clear();
        block.overlong = false;
        block.trouble.clear();
    }

    bool full() const { return m_bytes.size() >= JsonWindow::kBlock; }
    std::string& bytes() { return m_bytes; }
    void begin() { m_start = m_bytes.size(); }
    void end() { m_block.spans.emplace_back(static_cast<std::uint32_t>(m_start), static_cast<std::uint32_t>(m_bytes.size() - m_start)); }
    void dropRow() { m_bytes.resize(m_start); }
    void trouble(std::string words) { m_block.trouble = std::move(words); }

    bool finish()
    {
        m_block.make(m_bytes.size());
        std::memcpy(m_block.data(), m_bytes.data(), m_bytes.size());
        m_block.setSize(m_bytes.size());
        return !m_block.spans.empty() || !m_block.trouble.empty();
    }

private:
    Block& m_block;
    std::string m_bytes;
    std::size_t m_start = 0;
};

// What is common: rows until there are none, then the rest of the file. What is broken ends the rows, and is told.
class ShapeBlocks : public BlockSource {
public:
    Result<bool> next(Block& block) override
    {
        RowsOut out(block);
        while (!m_ended && !out.full()) {
            out.begin();
            const Result<bool> one = row(out.bytes());
            if (one && *one) {
                out.end();
                continue;
            }
            out.dropRow();
            m_ended = true;
            if (!one && one.error().code != ErrorCode::InvalidInput)
                return one.error();
            if (!one)
                out.trouble(one.error().detail);
            if (Result<bool> rest = main().readRest(); !rest)
                return rest;
        }
        return out.finish();
    }

    std::int64_t done() const override { return window().stream().done(); }
    std::int64_t total() const override { return window().stream().total(); }
    std::string hash() override { return main().hash(); }

protected:
    virtual Result<bool> row(std::string& to) = 0;  // false: there is none any more
    virtual JsonWindow& main() = 0;

private:
    const JsonWindow& window() const { return const_cast<ShapeBlocks*>(this)->main(); }

    bool m_ended = false;
};

// {...} {...}, over any number of lines; or {"a": {...}, "b": {...}}.
class ValueBlocks final : public ShapeBlocks {
public:
    ValueBlocks(std::unique_ptr<ByteStream> stream, bool members) : m_values(std::move(stream), members ? JsonMembers::Kind::Object : JsonMembers::Kind::File) { }

protected:
    Result<bool> row(std::string& to) override
    {
        if (!std::exchange(m_begun, true))
            if (Result<bool> begun = m_values.begin(); !begun || !*begun)
                return begun;
        const Result<std::size_t> size = m_values.next();
        if (!size || *size == 0)
            return size ? Result<bool>(false) : Result<bool>(size.error());
        to.append(m_values.window().ahead().substr(0, *size));
        m_values.window().consume(*size);
        return true;
    }
    JsonWindow& main() override { return m_values.window(); }

private:
    JsonMembers m_values;
    bool m_begun = false;
};

// Lists of cells under names that are known: {"columns": [...], "data": [[...], ...]}, or [[...], ...].
class CellBlocks final : public ShapeBlocks {
public:
    CellBlocks(std::unique_ptr<ByteStream> stream, JsonLayout layout) : m_values(std::move(stream), JsonMembers::Kind::List), m_layout(std::move(layout)) { }

protected:
    Result<bool> row(std::string& to) override
    {
        if (!std::exchange(m_begun, true)) {
            if (!m_layout.list.empty())
                if (Result<bool> entered = m_values.enter(m_layout.list); !entered || !*entered)
                    return entered;
            if (Result<bool> begun = m_values.begin(); !begun || !*begun)
                return begun;
            for (std::size_t i = 0; i < m_layout.skipped; ++i)
                if (Result<std::string> header = cells(); !header)
                    return std::move(header).error();
        }
        const Result<std::string> one = cells();
        if (!one || one->empty())
            return one ? Result<bool>(false) : Result<bool>(one.error());
        object(*one, to);
        return true;
    }
    JsonWindow& main() override { return m_values.window(); }

private:
    Result<std::string> cells()
    {
        const Result<std::size_t> size = m_values.next();
        if (!size)
            return size.error();
        std::string one(m_values.window().ahead().substr(0, *size));
        m_values.window().consume(*size);
        return one;
    }

    // What isn't a list of as many cells stays what it is, and is told as a bad row.
    void object(std::string_view cells, std::string& to) const
    {
        const std::size_t start = to.size();
        std::size_t at = 1, column = 0;
        const auto blank = [&] {
            while (at < cells.size() && isJsonBlank(cells[at]))
                ++at;
        };
        to += '{';
        for (blank(); cells.front() == '[' && at + 1 < cells.size() && column < m_layout.names.size(); ++column) {
            const std::size_t end = endOfJsonValue(cells, at);
            if (end == std::string_view::npos || end == at)
                break;
            to.append(column > 0 ? ", " : "").append(m_layout.names[column]).append(": ").append(cells.substr(at, end - at));
            at = end;
            blank();
            if (at < cells.size() && cells[at] == ',')
                ++at;
            blank();
        }
        to += '}';
        if (column != m_layout.names.size() || at + 1 != cells.size())
            to.replace(start, std::string::npos, cells);
    }

    JsonMembers m_values;
    JsonLayout m_layout;
    bool m_begun = false;
};

// {"text": {"0": ..., "1": ...}, "label": {...}}, or the same with lists: each column has its own place in the file.
class ColumnBlocks final : public ShapeBlocks {
public:
    Result<bool> open(const JsonLayout& layout, const OpensText& open)
    {
        if (layout.names.empty() || layout.names.size() > kMostColumns)
            return Error{ErrorCode::InvalidInput, "the file has more than " + std::to_string(kMostColumns) + " columns that lie apart: write it as lines"};
        for (const std::string& name : layout.names) {
            Result<std::unique_ptr<ByteStream>> stream = open();
            if (!stream)
                return std::move(stream).error();
            m_columns.push_back({name, JsonMembers(*std::move(stream), JsonMembers::Kind::List)});
            Result<bool> there = m_columns.back().values.enter(name);
            if (there && *there)
                there = m_columns.back().values.begin();
            if (!there || !*there)
                return there ? Result<bool>(brokenJson("there is no column " + name)) : there;
        }
        return true;
    }

protected:
    Result<bool> row(std::string& to) override
    {
        std::size_t ended = 0;
        std::string key;
        to += '{';
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            JsonMembers& values = m_columns[i].values;
            const Result<std::size_t> size = values.next();
            if (!size)
                return size.error();
            ended += *size == 0 ? 1 : 0;
            if (i > 0 && *size > 0 && values.key() != key)
                return brokenJson("the columns " + m_columns[0].name + " and " + m_columns[i].name + " have different rows");
            key = values.key();
            to.append(i > 0 ? ", " : "").append(m_columns[i].name).append(": ").append(values.window().ahead().substr(0, *size));
            values.window().consume(*size);
        }
        to += '}';
        if (ended > 0 && ended < m_columns.size())
            return brokenJson("the columns have different numbers of rows");
        return ended == 0;
    }
    JsonWindow& main() override { return m_columns.front().values.window(); }

private:
    struct Column {
        std::string name;
        JsonMembers values;
    };

    std::vector<Column> m_columns;
};

}  // namespace

Result<void> completeColumns(JsonLayout& layout, const OpensText& open)
{
    Result<std::unique_ptr<ByteStream>> stream = open();
    if (!stream)
        return std::move(stream).error();
    Result<std::vector<std::string>> names = JsonMembers(*std::move(stream), JsonMembers::Kind::Object).names();
    if (!names)
        return std::move(names).error();
    layout.names = *std::move(names);
    return {};
}

Result<std::unique_ptr<BlockSource>> layoutBlocks(const JsonLayout& layout, const OpensText& open)
{
    if (layout.kind == JsonLayout::Kind::Columns) {
        auto columns = std::make_unique<ColumnBlocks>();
        if (Result<bool> opened = columns->open(layout, open); !opened)
            return std::move(opened).error();
        return std::unique_ptr<BlockSource>(std::move(columns));
    }
    Result<std::unique_ptr<ByteStream>> stream = open();
    if (!stream)
        return std::move(stream).error();
    if (layout.kind == JsonLayout::Kind::Cells)
        return std::unique_ptr<BlockSource>(std::make_unique<CellBlocks>(*std::move(stream), layout));
    return std::unique_ptr<BlockSource>(std::make_unique<ValueBlocks>(*std::move(stream), layout.kind == JsonLayout::Kind::Members));
}

}  // namespace taskfold::data
