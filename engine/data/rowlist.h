#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace taskfold::data {

class SealedFile;

enum class RowListOrder { File, Input, Target, Length };

struct RowListQuery {
    std::vector<std::string> words;  // all of which input or target hold, the case of ASCII letters aside
    std::function<bool(std::int64_t line)> lines;  // none: all; from several threads
    RowListOrder order = RowListOrder::File;
    std::function<void(std::int64_t done, std::int64_t total)> progress;  // rows; from several threads, one at a time
};

/// Which rows of a file fit, and in which order, of any number in bounded memory: a bit a row, and sorted ones as a list in
/// a file without a name.
class RowList {
public:
    static Result<RowList> make(
        const RowFile& rows, const RowListQuery& query, const std::filesystem::path& folder, const std::stop_token& stop);

    RowList(RowList&&) noexcept;
    RowList& operator=(RowList&&) noexcept;
    ~RowList();

    std::int64_t size() const;
    /// The row's place in its file. From one thread at a time.
    Result<std::int64_t> at(std::int64_t place) const;

    struct State;

private:
    explicit RowList(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace taskfold::data
