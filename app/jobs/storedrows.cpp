#include "app/jobs/storedrows.h"

#include "db/datasetrepository.h"
#include "engine/core/lineset.h"
#include "engine/core/random.h"
#include "engine/data/rowstore.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <numeric>

namespace taskfold::jobs {

namespace {

class StoredRows : public RowSource {
public:
    explicit StoredRows(data::RowFile file) : m_file(std::move(file)) { }

    // Before cut().
    void leaveOut(const LineSet& masks)
    {
        if (masks.isEmpty())
            return;
        std::vector<std::vector<std::uint32_t>> parts(m_file.parts());
        m_file.eachPart([&](std::size_t part, std::span<const data::RowFile::InputLine> rows) {
            for (const data::RowFile::InputLine& row : rows)
                if (!masks.contains(row.line))
                    parts[part].push_back(static_cast<std::uint32_t>(row.index));
        });
        m_chosen.reserve(static_cast<std::size_t>(m_file.size()));
        for (const std::vector<std::uint32_t>& part : parts)
            m_chosen.insert(m_chosen.end(), part.begin(), part.end());
        m_all = false;
    }

    // The same choice every time, in file order.
    void cut(std::int64_t cap)
    {
        if (cap <= 0 || static_cast<std::int64_t>(size()) <= cap)
            return;
        if (m_all) {
            m_chosen.resize(size());
            std::iota(m_chosen.begin(), m_chosen.end(), 0U);
            m_all = false;
        }
        Random random{20260101};
        random.shuffle(m_chosen);
        m_chosen.resize(static_cast<std::size_t>(cap));
        m_chosen.shrink_to_fit();
        std::sort(m_chosen.begin(), m_chosen.end());
    }

    std::size_t size() const override { return m_all ? static_cast<std::size_t>(m_file.size()) : m_chosen.size(); }

    Row row(std::size_t index) const override
    {
        Row row = m_file.row(placeOf(index));
        countRead();
        return row;
    }

    Lengths lengths(std::size_t index) const override
    {
        const Lengths lengths{m_file.input(placeOf(index)).size(), m_file.target(placeOf(index)).size()};
        countRead();
        return lengths;
    }

private:
    // Else a long run would come to hold the whole file.
    void countRead() const
    {
        constexpr std::int64_t kBetween = 32768;
        if (++m_read % kBetween == 0)
            m_file.forget();
    }

    std::int64_t placeOf(std::size_t index) const { return static_cast<std::int64_t>(m_all ? index : m_chosen[index]); }

    data::RowFile m_file;
    bool m_all = true;
    std::vector<std::uint32_t> m_chosen;  // places in the file, where not all
    mutable std::atomic<std::int64_t> m_read{0};
};

}  // namespace

Result<Rows> storedRows(const Project& project, SQLite::Database& database, const DatasetVersion& version, std::int64_t cap)
{
    try {
        Result<data::RowFile> file = data::RowFile::open(project.rows(), version.hash);
        if (!file)
            return std::move(file).error();
        auto rows = std::make_shared<StoredRows>(*std::move(file));
        if (version.split == Split::Train) {
            const Result<LineSet> masks = db::DatasetRepository(database).maskedLines(version.id);
            if (!masks)
                return masks.error();
            rows->leaveOut(*masks);
        }
        rows->cut(cap);
        return Rows(std::move(rows));
    } catch (const std::exception& e) {
        return Error{ErrorCode::Damaged, e.what()};
    }
}

Result<std::vector<Row>> rowsOf(
    const Project& project, SQLite::Database& database, const DatasetVersion& version, std::int64_t cap)
{
    const Result<Rows> rows = storedRows(project, database, version, cap);
    if (!rows)
        return rows.error();
    try {
        return rows->all();
    } catch (const std::exception& e) {
        return Error{ErrorCode::Damaged, e.what()};
    }
}

}  // namespace taskfold::jobs
