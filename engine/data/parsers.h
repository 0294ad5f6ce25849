#pragma once

#include "engine/data/blocks.h"
#include "engine/data/reader.h"
#include "engine/data/value.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace taskfold::data {

/// What a block's records are told to. Lines count from 1 in each block.
class RecordSink {
public:
    virtual ~RecordSink() = default;
    virtual void record(const Record& record) = 0;
    virtual void bad(std::int64_t line, Reason reason, std::string_view raw, std::string words) = 0;
    virtual bool wantsMore() const { return true; }
    /// What the texts of the block's records point into: it may be kept instead of them. TextsView::kPadding bytes behind it can be read.
    virtual void holds(const std::shared_ptr<char[]>& bytes, std::size_t size) { static_cast<void>(bytes), static_cast<void>(size); }
};

/// What a parser throws where the file itself can't be read on.
struct FileFailure {
    Error error;
};

/// Blocks into records. For one thread; any number of them may work on one file's blocks.
class BlockParser {
public:
    virtual ~BlockParser() = default;
    /// Answers how many lines (or records, where a file has no lines) the block holds.
    virtual std::int64_t parse(const Block& block, bool first, RecordSink& sink) = 0;
};

/// The file's bytes cut into blocks, from its beginning. `columns`: those that will be looked at (none: all), where columns lie apart.
Result<std::unique_ptr<BlockSource>> openBlocks(const OpenFile& file, const std::vector<std::string>& columns = {});
std::unique_ptr<BlockParser> makeParser(const OpenFile& file);

/// What labels of fastText's lines begin with.
constexpr std::string_view kFastTextLabel = "__label__";

// One format each.
std::unique_ptr<BlockParser> jsonLinesParser();
std::unique_ptr<BlockParser> jsonListParser(std::string innerPath);
std::unique_ptr<BlockParser> tableParser(const OpenFile& file);
std::unique_ptr<BlockParser> documentParser(bool decoded);
std::unique_ptr<BlockParser> parallelParser(bool decoded);
std::unique_ptr<BlockParser> conllParser(const OpenFile& file);
std::unique_ptr<BlockParser> fastTextParser(bool decoded);
std::unique_ptr<BlockParser> arrowParser(const OpenFile& file);
std::unique_ptr<BlockParser> folderParser();

/// The files in a folder's subfolders, which are named like their labels.
std::unique_ptr<BlockSource> folderBlocks(const std::filesystem::path& folder);

Result<std::unique_ptr<BlockSource>> arrowBlocks(const std::filesystem::path& file, FileFormat format, const std::vector<std::string>& columns);
struct TableHead {
    std::vector<std::string> columns;
    std::string labels;  // what the `datasets` library says of them, as JSON; may be empty
};

/// What Parquet and Arrow say of a file before its rows; InvalidInput where it isn't such a file.
Result<TableHead> headOfTable(const std::filesystem::path& file, FileFormat format);

/// Lines of a text, one after another, without their ends.
class LineWalk {
public:
    explicit LineWalk(std::string_view text) : m_text(text) { }
    bool next(std::string_view& line);
    std::int64_t number() const { return m_number; }
    std::size_t consumed() const { return std::min(m_at, m_text.size()); }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
    std::int64_t m_number = 0;
};

/// Words about one that is told as Block::overlong.
constexpr const char* kOverlong = "a record of more than 64 MiB";

bool isBlankText(std::string_view text);
/// Words about a text that can't be one: bytes that aren't UTF-8, or that couldn't be decoded. Empty: it is fine.
std::string textTrouble(std::string_view text, bool decoded);

}  // namespace taskfold::data
