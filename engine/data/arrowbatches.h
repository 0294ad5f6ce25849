#pragma once

#include "engine/core/result.h"
#include "engine/data/parsers.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Parquet and Arrow files as pieces of a table. Only this folder's sources include it.
namespace taskfold::data {

/// One piece. What it takes to get its batches is done by the thread that parses it.
class TableBlock {
public:
    virtual ~TableBlock() = default;
    virtual arrow::Status each(const std::function<void(const arrow::RecordBatch&)>& told) const = 0;
};

/// All of a batch is there.
class ReadyBatch final : public TableBlock {
public:
    explicit ReadyBatch(std::shared_ptr<arrow::RecordBatch> batch) : m_batch(std::move(batch)) { }
    arrow::Status each(const std::function<void(const arrow::RecordBatch&)>& told) const override
    {
        told(*m_batch);
        return arrow::Status::OK();
    }

private:
    std::shared_ptr<arrow::RecordBatch> m_batch;
};

/// A file's pieces, one after another; null at the end. `columns` are those at the top that are read; none: all.
class TablePieces {
public:
    virtual ~TablePieces() = default;
    virtual std::shared_ptr<arrow::Schema> schema() const = 0;
    virtual arrow::Result<std::shared_ptr<TableBlock>> next() = 0;
    virtual double done() const = 0;  // of 1
};

using TableColumns = std::vector<std::string>;
arrow::Result<std::unique_ptr<TablePieces>> parquetPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const TableColumns& columns);
arrow::Result<std::unique_ptr<TablePieces>> arrowPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const TableColumns& columns);

/// To be thrown by who parses a piece.
FileFailure tableFailure(const arrow::Status& status, const std::filesystem::path& file);

/// Whether offsets and the like are what they should be. Texts that aren't UTF-8 are told row by row.
arrow::Status validated(const arrow::RecordBatch& batch);

constexpr std::int64_t kTableRows = 8192;  // at once

}  // namespace taskfold::data
