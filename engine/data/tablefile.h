#pragma once

#include "engine/data/rowcolumns.h"
#include "engine/data/sealedfile.h"

#include <arrow/api.h>

#include <memory>
#include <string>

/// Arrow IPC files written batch by batch. Only this folder's sources include it.
namespace taskfold::data {

const std::shared_ptr<arrow::Schema>& rowSchema();
const std::shared_ptr<arrow::Schema>& issueSchema();

/// The same memory as Arrow's: it must live as long as the batch.
std::shared_ptr<arrow::RecordBatch> batchOf(const RowColumns& rows);
std::shared_ptr<arrow::Array> textArray(const TextColumn& column);

/// BLAKE3 over a batch's numbers, offsets and texts.
std::string digestOf(const arrow::RecordBatch& batch);
/// SHA-256 of the same, by which older files are named.
std::string olderDigestOf(const arrow::RecordBatch& batch);

/// A file on its way: batches in, the hash of all of them out.
class TableWriter {
public:
    static Result<std::unique_ptr<TableWriter>> make(
        const std::filesystem::path& folder, const std::shared_ptr<arrow::Schema>& schema);
    ~TableWriter();

    /// `digest` is digestOf(batch): whoever made the batch may compute it on another thread.
    Result<void> write(const arrow::RecordBatch& batch, const std::string& digest);
    /// Ends the file; answers its hash. Then it can be synced and published.
    Result<std::string> finish();
    std::unique_ptr<SealedFile> take();

private:
    struct State;

    explicit TableWriter(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

Error errorOf(const arrow::Status& status, const std::string& what);

}  // namespace taskfold::data
