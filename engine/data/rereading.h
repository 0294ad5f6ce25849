#pragma once

#include "engine/data/stream.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace taskfold::data {

/// Parts of files that were read before, read again, by any number of threads once all files are known. A file must be the
/// one it was, unchanged: Io otherwise.
class Rereading {
public:
    void add(int file, std::filesystem::path path, const FileMark& mark);
    Result<void> read(int file, std::int64_t from, char* to, std::size_t size);
    /// Whether all of them are still what they were.
    Result<void> unchanged();

private:
    struct Known {
        std::filesystem::path path;
        FileMark mark;
    };
    struct Handle;
    using Open = std::pair<int, std::shared_ptr<const Handle>>;

    Result<std::shared_ptr<const Handle>> handleOf(int file);

    std::map<int, Known> m_known;
    std::mutex m_mutex;
    std::vector<Open> m_open;  // few; the one that was asked for last is the last
};

}  // namespace taskfold::data
