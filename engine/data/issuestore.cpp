#include "engine/data/issuestore.h"

#include "engine/core/hash.h"
#include "engine/data/batchfile.h"
#include "engine/data/rowstore.h"
#include "engine/data/tablefile.h"

#include <arrow/api.h>

namespace taskfold::data {

namespace {

constexpr std::size_t kBatch = 8192;

std::string_view textAt(const arrow::RecordBatch& batch, int column, std::int64_t row)
{
    return static_cast<const arrow::LargeStringArray&>(*batch.column(column)).GetView(row);
}

RowIssue issueAt(const arrow::RecordBatch& batch, std::int64_t row, const std::vector<std::string>& files)
{
    const auto file = static_cast<std::size_t>(static_cast<const arrow::Int32Array&>(*batch.column(0)).Value(row));
    return {file < files.size() ? files[file] : std::string{},
        static_cast<const arrow::Int64Array&>(*batch.column(1)).Value(row), std::string(textAt(batch, 2, row)),
        reasonOf(textAt(batch, 3, row)).value_or(Reason::Empty),
        issueActionOf(textAt(batch, 4, row)).value_or(IssueAction::Quarantined), std::string(textAt(batch, 5, row)),
        std::string(textAt(batch, 6, row))};
}

}  // namespace

struct IssueWriter::Batch {
    std::vector<std::int32_t> file;
    std::vector<std::int64_t> line;
    TextColumn field, reason, action, excerpt, detail;

    void clear()  // its memory stays
    {
        file.clear();
        line.clear();
        for (TextColumn* column : {&field, &reason, &action, &excerpt, &detail})
            column->clear();
    }

    std::shared_ptr<arrow::RecordBatch> made() const
    {
        const auto count = static_cast<std::int64_t>(line.size());
        const auto numbers = [](const auto& values) {
            return std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(values.data()),
                static_cast<std::int64_t>(values.size() * sizeof(values[0])));
        };
        return arrow::RecordBatch::Make(issueSchema(), count,
            std::vector<std::shared_ptr<arrow::Array>>{
                std::make_shared<arrow::Int32Array>(count, numbers(file), nullptr, 0),
                std::make_shared<arrow::Int64Array>(count, numbers(line), nullptr, 0), textArray(field),
                textArray(reason), textArray(action), textArray(excerpt), textArray(detail)});
    }
};

IssueWriter::IssueWriter(std::filesystem::path folder) : m_folder(std::move(folder)), m_batch(std::make_unique<Batch>()) { }
IssueWriter::~IssueWriter() = default;
IssueWriter::IssueWriter(IssueWriter&&) noexcept = default;

Result<void> IssueWriter::add(int file, const IssueView& issue)
{
    ++m_counts[{issue.reason, issue.action}];
    m_batch->file.push_back(file);
    m_batch->line.push_back(issue.line);
    m_batch->field.add(issue.field);
    m_batch->reason.add(wordOf(issue.reason));
    m_batch->action.add(wordOf(issue.action));
    m_batch->excerpt.add(issue.excerpt);
    m_batch->detail.add(issue.detail);
    return m_batch->line.size() >= kBatch ? flush() : Result<void>{};
}

Result<void> IssueWriter::flush()
{
    if (!m_writer) {
        Result<std::unique_ptr<TableWriter>> writer = TableWriter::make(m_folder, issueSchema());
        if (!writer)
            return std::move(writer).error();
        m_writer = *std::move(writer);
    }
    const auto batch = m_batch->made();
    Result<void> done = m_writer->write(*batch, digestOf(*batch));
    m_batch->clear();
    return done;
}

Result<IssueWriter::Finished> IssueWriter::finish()
{
    if (m_batch->line.empty() && !m_writer)
        return Finished{};
    if (!m_batch->line.empty())
        if (Result<void> done = flush(); !done)
            return std::move(done).error();
    Result<std::string> hash = m_writer->finish();
    if (!hash)
        return std::move(hash).error();
    return Finished{m_writer->take(), *std::move(hash)};
}

Result<std::vector<RowIssue>> readIssues(const std::filesystem::path& folder, const std::string& hash,
    const std::vector<std::string>& files, const IssueQuery& query)
{
    std::vector<RowIssue> found;
    if (hash.empty())
        return found;
    const auto file = BatchFile::open(folder, hash, issueSchema());
    if (!file)
        return file.error();
    const std::string reason = query.reason ? std::string(wordOf(*query.reason)) : "";
    const std::string action = query.action ? std::string(wordOf(*query.action)) : "";
    std::int64_t place = 0;
    for (std::size_t i = 0; i < (*file)->size(); ++i) {
        if (reason.empty() && action.empty() && place + (*file)->rows()[i] <= query.offset) {
            place += (*file)->rows()[i];
            continue;
        }
        const auto read = (*file)->read(i);
        if (!read)
            return read.error();
        const arrow::RecordBatch& batch = **read;
        for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
            if ((!reason.empty() && textAt(batch, 3, row) != reason) || (!action.empty() && textAt(batch, 4, row) != action))
                continue;
            if (place++ < query.offset)
                continue;
            if (static_cast<std::int64_t>(found.size()) >= query.limit)
                return found;
            found.push_back(issueAt(batch, row, files));
        }
        (*file)->forget(batch);
    }
    return found;
}

Result<void> verifyIssues(const std::filesystem::path& folder, const std::string& hash)
{
    const auto file = BatchFile::open(folder, hash, issueSchema());
    if (!file)
        return file.error();
    ContentHash found;
    Sha256 older;
    found.add("taskfold issues 2\n");
    older.add("taskfold issues 1\n");
    for (std::size_t i = 0; i < (*file)->size(); ++i) {
        const auto batch = (*file)->read(i);
        if (!batch)
            return batch.error();
        found.add(digestOf(**batch));
        older.add(olderDigestOf(**batch));
        (*file)->forget(**batch);
    }
    if (found.hex() != hash && older.hex() != hash)
        return Error{ErrorCode::Damaged, "rows/" + hash + ".arrow holds other issues than its name says"};
    return {};
}

}  // namespace taskfold::data
