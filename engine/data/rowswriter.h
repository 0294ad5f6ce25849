#pragma once

#include "engine/data/rowstore.h"

namespace taskfold::data {

/// Rows on their way into a file without a name, row by row, a batch of them in memory at a time.
class RowsWriter {
public:
    explicit RowsWriter(std::filesystem::path folder);
    ~RowsWriter();
    RowsWriter(const RowsWriter&) = delete;
    RowsWriter& operator=(const RowsWriter&) = delete;

    Result<void> add(const Row& row);
    std::int64_t size() const { return m_size; }
    Result<UnnamedRows> finish();

private:
    struct State;
    Result<void> flush();

    std::filesystem::path m_folder;
    std::unique_ptr<State> m_state;
    std::int64_t m_size = 0;
};

}  // namespace taskfold::data
