#include "engine/data/reader.h"

#include "engine/data/archive.h"
#include "engine/data/detect.h"
#include "engine/data/encoding.h"
#include "engine/data/mapping.h"
#include "engine/data/parsers.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace taskfold::data {

namespace {

constexpr std::size_t kHead = 1 << 18;
constexpr std::int64_t kSampled = 100;

constexpr std::array<std::pair<FileFormat, std::string_view>, 10> kFormats{{
    {FileFormat::JsonLines, "jsonl"},
    {FileFormat::Json, "json"},
    {FileFormat::Csv, "csv"},
    {FileFormat::Tsv, "tsv"},
    {FileFormat::Text, "txt"},
    {FileFormat::Conll, "conll"},
    {FileFormat::Parquet, "parquet"},
    {FileFormat::Arrow, "arrow"},
    {FileFormat::Parallel, "parallel"},
    {FileFormat::Folder, "folder"},
}};

bool isTable(FileFormat format)
{
    return format == FileFormat::Csv || format == FileFormat::Tsv;
}

bool isColumnar(FileFormat format)
{
    return format == FileFormat::Parquet || format == FileFormat::Arrow;
}

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

// The first records of all, to see what is in them.
void sampleRecords(OpenFile& file)
{
    std::vector<std::string> seen;
    ReadTold told;
    told.issue = [](const RowIssue&) { };
    told.record = [&](const Record& record) {
        for (std::uint32_t i = 0; i < record.root.count; ++i)
            if (const std::string name(record.nameOf(record.root, i)); std::find(seen.begin(), seen.end(), name) == seen.end())
                seen.push_back(name);
        for (const auto& [path, value] : pathsOf(record)) {
            const auto known = std::find_if(file.tree.begin(), file.tree.end(), [&, p = path](const Column& one) { return one.path == p; });
            if (known == file.tree.end() && file.tree.size() < 500)
                file.tree.push_back({path, std::string(wordOf(value->kind)), excerptOf(describe(record, *value))});
            else if (known != file.tree.end() && known->kind == "null" && value->kind != ValueKind::Null)
                *known = {path, std::string(wordOf(value->kind)), excerptOf(describe(record, *value))};
        }
    };
    const Result<void> unused = readRecords(file, told, kSampled);
    if (!unused)
        return;  // reading it in earnest will say why
    if (file.columns.empty()) {
        if (*file.used.format == FileFormat::JsonLines || *file.used.format == FileFormat::Json)
            std::sort(seen.begin(), seen.end());
        file.columns = std::move(seen);
    }
}

Result<void> detectText(OpenFile& file)
{
    Result<std::unique_ptr<ByteStream>> bytes = openBytes(file.path);
    if (!bytes)
        return std::move(bytes).error();
    bool whole = false;
    Result<std::string> head = headOf(**bytes, kHead, whole);
    if (!head)
        return std::move(head).error();
    file.bytes = (*bytes)->total();
    if (const std::string other = otherKind(*head); !other.empty())
        return Error{ErrorCode::InvalidInput, file.path.filename().string() + " " + other};
    if (file.used.encoding.empty()) {
        const EncodingGuess found = guessedEncoding(*head);
        file.used.encoding = found.name;
        file.guesses.push_back({"encoding", found.name, found.why, found.sure});
    }
    if (Result<void> known = checkEncoding(file.used.encoding); !known)
        return known;
    if (!isUtf8Name(file.used.encoding)) {
        Result<std::unique_ptr<ByteStream>> text = openText(file.path, file.used.encoding);
        if (!text)
            return std::move(text).error();
        head = headOf(**text, kHead, whole);
        if (!head)
            return std::move(head).error();
    }
    if (head->starts_with("\xEF\xBB\xBF"))
        head->erase(0, 3);
    if (head->find('\r') != std::string::npos && head->find('\n') == std::string::npos) {
        file.returnsOnly = true;
        std::replace(head->begin(), head->end(), '\r', '\n');
    }
    if (static_cast<std::size_t>(std::count(head->begin(), head->end(), '\0')) * 100 > head->size())
        return Error{ErrorCode::InvalidInput,
            file.path.filename().string() + " isn't text: it has zero bytes. Expected JSON lines, JSON, CSV, TSV, CoNLL, Parquet, Arrow or plain text"};
    detectFormat(file, *head, whole);
    if (isTable(*file.used.format))
        detectTable(file, *head);
    else if (*file.used.format == FileFormat::Conll)
        detectConll(file, *head);
    else if (*file.used.format == FileFormat::Json)
        detectLists(file, *head);
    return {};
}

// Arrow's and Parquet's files begin with their names.
Result<std::optional<FileFormat>> columnarForm(const std::filesystem::path& path)
{
    Result<std::unique_ptr<ByteStream>> bytes = openBytes(path);
    if (!bytes)
        return std::move(bytes).error();
    bool whole = false;
    const Result<std::string> head = headOf(**bytes, 8, whole);
    if (!head)
        return head.error();
    if (head->starts_with("PAR1"))
        return std::optional(FileFormat::Parquet);
    return head->starts_with("ARROW1") || head->starts_with(std::string("\xFF\xFF\xFF\xFF", 4)) ? std::optional(FileFormat::Arrow) : std::nullopt;
}

Result<void> detect(OpenFile& file)
{
    std::error_code failure;
    for (const std::optional<int>& column : {file.used.tokenColumn, file.used.tagColumn})
        if (column && *column < 1)
            return Error{ErrorCode::InvalidInput, "columns of CoNLL count from 1"};
    if (!file.used.partner.empty())
        file.used.format = FileFormat::Parallel;
    if (std::filesystem::is_directory(file.path, failure)) {
        if (file.used.format && *file.used.format != FileFormat::Folder)
            return Error{ErrorCode::InvalidInput, file.path.string() + " isn't a file of rows"};
        file.used.format = FileFormat::Folder;
        file.columns = {"text", "label", "file"};
        return {};
    }
    const Result<std::optional<FileFormat>> columnar = columnarForm(file.path);
    if (!columnar)
        return columnar.error();
    if (!file.used.format && *columnar) {
        file.used.format = **columnar;
        file.guesses.push_back({"format", std::string(wordOf(**columnar)), "its first bytes say so", 1});
    }
    if (!file.used.format || !isColumnar(*file.used.format))
        return detectText(file);
    if (!splitMember(file.path).second.empty())
        return Error{ErrorCode::Unsupported, file.path.filename().string() + " is a table inside an archive: unpack it first"};
    file.bytes = static_cast<std::int64_t>(std::filesystem::file_size(file.path, failure));
    const Result<std::vector<std::string>> columns = arrowColumns(file.path, *file.used.format);
    if (!columns)
        return columns.error();
    file.columns = *columns;
    return {};
}

}  // namespace


std::string_view wordOf(FileFormat format)
{
    for (const auto& [one, word] : kFormats)
        if (one == format)
            return word;
    return {};
}

std::optional<FileFormat> fileFormatOf(std::string_view word)
{
    for (const auto& [format, one] : kFormats)
        if (one == word)
            return format;
    return std::nullopt;
}

std::optional<FileFormat> formatOfName(const std::filesystem::path& file)
{
    const std::string extension = lowerExtension(file);
    if (extension == ".gz")
        return formatOfName(file.stem());
    static const std::map<std::string, FileFormat> known{{".jsonl", FileFormat::JsonLines}, {".ndjson", FileFormat::JsonLines},
        {".json", FileFormat::Json}, {".csv", FileFormat::Csv}, {".tsv", FileFormat::Tsv}, {".tab", FileFormat::Tsv},
        {".txt", FileFormat::Text}, {".conll", FileFormat::Conll}, {".conllu", FileFormat::Conll}, {".bio", FileFormat::Conll},
        {".iob", FileFormat::Conll}, {".iob2", FileFormat::Conll}, {".bioes", FileFormat::Conll}, {".parquet", FileFormat::Parquet},
        {".arrow", FileFormat::Arrow}, {".feather", FileFormat::Arrow}};
    const auto found = known.find(extension);
    return found == known.end() ? std::nullopt : std::optional(found->second);
}

std::string excerptOf(std::string_view text)
{
    constexpr std::size_t kCharacters = 200;
    const std::string_view beginning = text.substr(0, kCharacters);
    if (std::all_of(beginning.begin(), beginning.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::string(beginning);
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCharacters && at < text.size(); ++i)
        at += characterBytes(text, at);
    return repairedUtf8(text.substr(0, std::min(at, text.size())));
}

Result<OpenFile> openFile(const std::filesystem::path& path, const ReadOptions& options)
{
    OpenFile file;
    file.path = path;
    file.used = options;
    if (Result<void> detected = detect(file); !detected)
        return std::move(detected).error();
    for (const auto& [field, expression] : options.columns)
        if (const Result<Expression> compiled = Expression::compile(expression); !compiled)
            return compiled.error();
    sampleRecords(file);
    mapColumns(file);
    return file;
}

Result<std::unique_ptr<BlockSource>> openBlocks(const OpenFile& file)
{
    const FileFormat format = *file.used.format;
    if (format == FileFormat::Folder)
        return folderBlocks(file.path);
    if (isColumnar(format))
        return arrowBlocks(file.path, format);
    Result<std::unique_ptr<ByteStream>> text = openText(file.path, file.used.encoding);
    if (!text)
        return std::move(text).error();
    if (file.returnsOnly)
        text = withLineFeeds(*std::move(text));
    switch (format) {
    case FileFormat::Json: return jsonBlocks(*std::move(text), file.outerList);
    case FileFormat::Csv:
    case FileFormat::Tsv:
        return textBlocks(*std::move(text), file.used.quotes.value_or(true) ? cutAtCsvRecords : cutAtLines, file.used.delimiter.front());
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
    case FileFormat::Arrow: return arrowParser();
    case FileFormat::Parallel: return parallelParser(decoded);
    case FileFormat::Folder: return folderParser();
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
        sink.offset += parser->parse(block, first, sink);
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
