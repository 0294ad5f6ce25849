#pragma once

#include "engine/data/mapping.h"
#include "engine/data/reader.h"
#include "engine/data/value.h"
#include "tests/fuzz/memoryfile.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace taskfold::fuzz {

/// Reads every byte of every value, so that a view of freed or foreign memory is seen; answers how many there are.
inline std::size_t touch(const data::Record& record, const data::Value& value, int depth = 0)
{
    require(depth < 200);
    std::size_t sum = 0;
    for (const char c : value.text)
        sum += static_cast<unsigned char>(c);
    for (std::uint32_t i = 0; i < value.count; ++i) {
        for (const char c : record.nameOf(value, i))
            sum += static_cast<unsigned char>(c);
        sum += touch(record, record.child(value, i), depth + 1);
    }
    return sum;
}

/// Opens the file as anybody's, detects what isn't given, and reads it to the end. What must hold: lines rise, and every
/// excerpt is short.
inline void readAll(const std::filesystem::path& path, const data::ReadOptions& options)
{
    const auto file = data::openFile(path, options);
    if (!file) {
        require(!file.error().detail.empty());
        return;
    }
    std::int64_t last = 0;
    volatile std::size_t sum = 0;
    data::ReadTold told;
    told.record = [&](const data::Record& record) {
        require(record.line >= last && record.line > 0);
        last = record.line;
        sum = sum + touch(record, record.root);
    };
    told.issue = [&](const RowIssue& issue) {
        require(issue.line >= last && issue.line > 0);
        last = issue.line;
        require(issue.excerpt.size() <= 1000);
    };
    const auto read = data::readRecords(*file, told);
    require(read || !read.error().detail.empty());
}

/// The input as a file in memory, read as `options` say.
inline void readBytes(std::string_view bytes, const data::ReadOptions& options)
{
    static MemoryFile memory;
    memory.hold(bytes);
    readAll(memory.path(), options);
}

inline std::string_view viewOf(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

/// Takes one byte off the front: settings that the fuzzer chooses.
inline unsigned takeByte(std::string_view& bytes)
{
    const unsigned value = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(bytes.empty() ? 0 : 1);
    return value;
}

}  // namespace taskfold::fuzz
