#pragma once

#include "engine/data/stream.h"

#include <filesystem>
#include <map>
#include <vector>

namespace taskfold::data {

/// Parts of files that were read before, read again. A file must be the one it was, unchanged: Io otherwise. For one thread.
class Rereading {
public:
    Rereading() = default;
    ~Rereading();
    Rereading(const Rereading&) = delete;
    Rereading& operator=(const Rereading&) = delete;

    void add(int file, std::filesystem::path path, const FileMark& mark);
    Result<void> read(int file, std::int64_t from, char* to, std::size_t size);
    /// Whether all of them are still what they were.
    Result<void> unchanged();

private:
    struct Known {
        std::filesystem::path path;
        FileMark mark;
    };
    struct Open {
        int file = 0, handle = -1;
    };

    Result<int> handleOf(int file);

    std::map<int, Known> m_known;
    std::vector<Open> m_open;  // few; the one that was asked for last is the last
};

}  // namespace taskfold::data
