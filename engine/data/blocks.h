#pragma once

#include "engine/data/roombytes.h"
#include "engine/data/stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// A file cut into pieces of whole records, one after another on one thread, so that the pieces can be read on several.
namespace taskfold::data {

/// One piece. Its memory is used again.
class Block {
public:
    static constexpr std::size_t kPadding = 64;  // readable bytes behind the text

    std::string_view text() const { return {m_bytes.get(), m_size}; }
    char* make(std::size_t capacity);  // what is there stays
    char* data() { return m_bytes.get(); }
    void setSize(std::size_t size);
    std::size_t capacity() const { return m_capacity; }

    std::int64_t from = -1;  // in the file, where the text stands byte for byte and can be read again
    bool overlong = false;  // one record that is too long to be read; the text is its beginning
    std::int64_t surplus = 0;  // lines of a parallel file that have no partner
    std::vector<std::pair<std::uint32_t, std::uint32_t>> spans;  // of a JSON list's elements: from, bytes
    std::string other;  // of parallel files: the second one's lines
    std::shared_ptr<void> table;  // an Arrow batch
    std::string trouble;  // why what follows in the file can't be read any more

private:
    RoomBytes m_bytes;
    std::size_t m_size = 0, m_capacity = 0;
};

class BlockSource {
public:
    virtual ~BlockSource() = default;
    /// Whether there was another one.
    virtual Result<bool> next(Block& block) = 0;
    virtual std::int64_t done() const = 0;
    virtual std::int64_t total() const = 0;
    virtual std::string hash() = 0;
    /// Of the file that blocks' `from` counts in.
    virtual std::optional<FileMark> mark() const { return std::nullopt; }
};

/// Where a text may be cut: how many of its bytes are whole records; 0 while it holds none.
using CutAt = std::size_t (*)(std::string_view text, char delimiter);

std::size_t cutAtLines(std::string_view text, char);
std::size_t cutAtBlankLines(std::string_view text, char);
std::size_t cutAtCsvRecords(std::string_view text, char delimiter);
std::size_t cutAtEscapedRecords(std::string_view text, char delimiter);  // of CSV with backslashes

/// Without a byte order mark. A record over 64 MiB is told as `overlong` and skipped up to its line's end.
std::unique_ptr<BlockSource> textBlocks(std::unique_ptr<ByteStream> stream, CutAt cut, char delimiter = ',');

/// Elements of the list at `path` ("data.rows"; empty: the first list that holds objects), of a JSON file of any size.
std::unique_ptr<BlockSource> jsonBlocks(std::unique_ptr<ByteStream> stream, std::string path);

/// Two files, line by line.
std::unique_ptr<BlockSource> parallelBlocks(std::unique_ptr<ByteStream> inputs, std::unique_ptr<ByteStream> targets);

}  // namespace taskfold::data
