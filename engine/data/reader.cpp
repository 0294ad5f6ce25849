#include "engine/data/reader.h"

#include "engine/data/encoding.h"
#include "engine/data/jsonshapes.h"
#include "engine/data/parsers.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cstring>

namespace taskfold::data {

namespace {

// Records told one after another, up to a limit.
class Told final : public RecordSink {
public:
    Told(const ReadTold& told, std::string file, std::int64_t limit) : m_told(told), m_file(std::move(file)), m_limit(limit) { }

    void record(const Record& record) override
    {
        Record& own = const_cast<Record&>(record);
        own.line += offset;
        m_told.record(record);
        own.line -= offset;
        ++m_count;
    }

    void bad(std::int64_t line, Reason reason, std::string_view raw, std::string words) override
    {
        m_told.issue({m_file, offset + line, {}, reason, IssueAction::Quarantined, excerptOf(raw), std::move(words)});
        ++m_count;
    }

    bool wantsMore() const override { return m_limit == 0 || m_count < m_limit; }

    std::int64_t offset = 0;  // lines of the blocks before

private:
    const ReadTold& m_told;
    std::string m_file;
    std::int64_t m_limit, m_count = 0;
};

}  // namespace

namespace {

bool isAscii(std::string_view text)
{
    std::uint64_t odd = 0;
    for (; text.size() >= sizeof odd; text.remove_prefix(sizeof odd)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), sizeof eight);
        odd |= eight;
    }
    for (const char c : text)
        odd |= static_cast<unsigned char>(c);
    return (odd & 0x8080808080808080ULL) == 0;
}

}  // namespace

std::string excerptOf(std::string_view text)
{
    std::string room;
    return std::string(excerptView(text, room));
}

std::string_view excerptView(std::string_view text, std::string& room)
{
    constexpr std::size_t kCharacters = 200;
    const std::string_view beginning = text.substr(0, kCharacters);
    if (isAscii(beginning))
        return beginning;
    room = repairedUtf8(text.substr(0, 4 * kCharacters));  // of each broken byte a character is made
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCharacters && at < room.size(); ++i)
        at += characterBytes(room, at);
    room.resize(std::min(at, room.size()));
    return room;
}

Result<std::unique_ptr<BlockSource>> openBlocks(const OpenFile& file, const std::vector<std::string>& columns)
{
    const FileFormat format = *file.used.format;
    if (format == FileFormat::Folder)
        return folderBlocks(file.path);
    if (format == FileFormat::Parquet || format == FileFormat::Arrow)
        return arrowBlocks(file.path, format, columns);
    const auto open = [&] {
        Result<std::unique_ptr<ByteStream>> stream = openText(file.path, file.used.encoding);
        return stream && file.returnsOnly ? Result<std::unique_ptr<ByteStream>>(withLineFeeds(*std::move(stream))) : std::move(stream);
    };
    if (file.layout.kind != JsonLayout::Kind::List)
        return layoutBlocks(file.layout, open);
    Result<std::unique_ptr<ByteStream>> text = open();
    if (!text)
        return std::move(text).error();
    switch (format) {
    case FileFormat::Json: return jsonBlocks(*std::move(text), file.outerList);
    case FileFormat::Csv:
    case FileFormat::Tsv:
        return textBlocks(*std::move(text), !file.used.quotes.value_or(true) ? cutAtLines : file.used.escapes.value_or(false) ? cutAtEscapedRecords : cutAtCsvRecords,
            file.used.delimiter.front());
    case FileFormat::Text:
    case FileFormat::Conll: return textBlocks(*std::move(text), cutAtBlankLines);
    case FileFormat::Parallel: {
        Result<std::unique_ptr<ByteStream>> targets = openText(file.used.partner, file.used.encoding);
        if (!targets)
            return std::move(targets).error();
        return parallelBlocks(*std::move(text), *std::move(targets));
    }
    default: return textBlocks(*std::move(text), cutAtLines);
    }
}

std::unique_ptr<BlockParser> makeParser(const OpenFile& file)
{
    const bool decoded = !isUtf8Name(file.used.encoding);
    switch (*file.used.format) {
    case FileFormat::JsonLines: return jsonLinesParser();
    case FileFormat::Json: return jsonListParser(file.innerList);
    case FileFormat::Csv:
    case FileFormat::Tsv: return tableParser(file);
    case FileFormat::Text: return documentParser(decoded);
    case FileFormat::Conll: return conllParser(file);
    case FileFormat::Parquet:
    case FileFormat::Arrow: return arrowParser(file);
    case FileFormat::Parallel: return parallelParser(decoded);
    case FileFormat::Folder: return folderParser();
    case FileFormat::FastText: return fastTextParser(decoded);
    }
    return jsonLinesParser();
}

namespace {

Result<void> readFrom(BlockSource& source, const OpenFile& file, const ReadTold& told, std::int64_t limit, const std::stop_token& stop)
{
    const std::unique_ptr<BlockParser> parser = makeParser(file);
    Told sink(told, file.path.string(), limit);
    Block block;
    for (bool first = true; sink.wantsMore(); first = false) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const Result<bool> more = source.next(block);
        if (!more)
            return more.error();
        if (!*more)
            break;
        try {
            sink.offset += parser->parse(block, first, sink);
        } catch (const FileFailure& failure) {
            return failure.error;
        }
    }
    return {};
}

}  // namespace

Result<void> readRecords(const OpenFile& file, const ReadTold& told, std::int64_t limit, const std::stop_token& stop)
{
    Result<std::unique_ptr<BlockSource>> source = openBlocks(file);
    return source ? readFrom(**source, file, told, limit, stop) : Result<void>(std::move(source).error());
}

Result<std::string> readRecordsHashed(const OpenFile& file, const ReadTold& told, const std::stop_token& stop)
{
    Result<std::unique_ptr<BlockSource>> source = openBlocks(file);
    if (!source)
        return std::move(source).error();
    if (Result<void> read = readFrom(**source, file, told, 0, stop); !read)
        return std::move(read).error();
    return (*source)->hash();
}

}  // namespace taskfold::data
