#include "engine/data/reader.h"

#include "engine/core/hash.h"
#include "engine/data/csv.h"
#include "engine/data/encoding.h"
#include "engine/data/jsonrecord.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <set>
#include <system_error>

namespace taskfold::data {

namespace {

constexpr std::array<std::pair<FileFormat, std::string_view>, 5> kFormats{{
    {FileFormat::JsonLines, "jsonl"},
    {FileFormat::Json, "json"},
    {FileFormat::Csv, "csv"},
    {FileFormat::Tsv, "tsv"},
    {FileFormat::Text, "txt"},
}};

Result<std::string> bytesOf(const std::filesystem::path& file)
{
    std::error_code failure;
    const auto status = std::filesystem::status(file, failure);
    if (!std::filesystem::exists(status))
        return Error{ErrorCode::NotFound, "there is no file " + file.string()};
    if (!std::filesystem::is_regular_file(status))
        return Error{ErrorCode::InvalidInput, file.string() + " isn't a file of rows"};
    const auto size = std::filesystem::file_size(file, failure);
    if (failure)
        return Error{ErrorCode::Io, file.string() + ": " + failure.message()};
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Error{ErrorCode::Io, file.string() + " can't be opened"};
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (in.gcount() != static_cast<std::streamsize>(size) || in.peek() != std::ifstream::traits_type::eof())
        return Error{ErrorCode::Io, file.string() + " changed while it was read: import it again"};
    return bytes;
}

std::optional<FileFormat> formatOfName(const std::filesystem::path& file)
{
    std::string extension = file.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
        [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static const std::map<std::string, FileFormat> known{{".jsonl", FileFormat::JsonLines},
        {".ndjson", FileFormat::JsonLines}, {".json", FileFormat::Json}, {".csv", FileFormat::Csv},
        {".tsv", FileFormat::Tsv}, {".tab", FileFormat::Tsv}, {".txt", FileFormat::Text}};
    const auto found = known.find(extension);
    return found == known.end() ? std::nullopt : std::optional(found->second);
}

// Content has the last word between the two forms of JSON: people give arrays for lines and lines for arrays.
FileFormat detectFormat(const std::filesystem::path& file, std::string_view text)
{
    const std::optional<FileFormat> named = formatOfName(file);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const char start = first == std::string_view::npos ? ' ' : text[first];
    if (!named || *named == FileFormat::JsonLines || *named == FileFormat::Json) {
        if (start == '[')
            return FileFormat::Json;
        if (start == '{')
            return FileFormat::JsonLines;
    }
    if (named)
        return *named;
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.find('\t') != std::string_view::npos)
        return FileFormat::Tsv;
    return line.find_first_of(",;") != std::string_view::npos ? FileFormat::Csv : FileFormat::Text;
}

std::string detectDelimiter(std::string_view text)
{
    const std::string_view line = text.substr(0, text.find('\n'));
    std::string best = ",";
    std::ptrdiff_t most = 0;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const auto count = std::count(line.begin(), line.end(), candidate);
        if (count > most) {
            most = count;
            best = std::string(1, candidate);
        }
    }
    return best;
}

const std::vector<std::string>& names(const std::string& field)
{
    static const std::map<std::string, std::vector<std::string>> all{
        {"input",
            {"input", "text", "sentence", "question", "utterance", "query", "prompt", "document", "source", "content"}},
        {"target", {"target", "output", "label", "answer", "intent", "category", "summary", "response", "completion"}},
        {"references", {"references"}},
        {"group", {"group", "group_id"}},
        {"split", {"split"}},
    };
    return all.at(field);
}

bool looksLikeHeader(const std::vector<std::string>& cells)
{
    return std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
        for (const char* field : {"input", "target"}) {
            const auto& known = names(field);
            if (std::find(known.begin(), known.end(), cell) != known.end())
                return true;
        }
        return false;
    });
}

void mapColumns(OpenFile& file)
{
    for (const char* field : {"input", "target", "references", "group", "split"}) {
        if (file.used.columns.contains(field))
            continue;
        for (const std::string& name : names(field)) {
            const bool there = std::find(file.columns.begin(), file.columns.end(), name) != file.columns.end();
            const bool taken = std::any_of(file.used.columns.begin(), file.used.columns.end(),
                [&](const auto& column) { return column.second == name; });
            if (there && !taken) {
                file.used.columns[field] = name;
                break;
            }
        }
    }
    if (file.used.columns.contains("label") && !file.used.columns.contains("target"))
        file.used.columns["target"] = file.used.columns["label"];
    const bool bare = file.used.header && !*file.used.header;
    if (bare && !file.used.columns.contains("input") && file.columns.size() >= 2) {
        file.used.columns.try_emplace("input", "column1");
        file.used.columns.try_emplace("target", "column2");
    }
}

void detectTable(OpenFile& file)
{
    if (*file.used.format == FileFormat::Tsv)
        file.used.delimiter = "\t";
    else if (file.used.delimiter.empty())
        file.used.delimiter = detectDelimiter(file.text);
    const CsvShape shape{file.used.delimiter.front(), *file.used.format == FileFormat::Csv};
    std::vector<std::string> first;
    readCsv(file.text, shape, [&](CsvRecord record) {
        first = std::move(record.cells);
        return false;
    });
    if (!file.used.header)
        file.used.header = looksLikeHeader(first);
    for (std::size_t i = 0; i < first.size(); ++i)
        file.columns.push_back(*file.used.header ? first[i] : "column" + std::to_string(i + 1));
}

void detectJson(OpenFile& file)
{
    constexpr std::int64_t kLookedAt = 100;
    std::set<std::string> seen;
    ReadTold told;
    told.record = [&](Record record) {
        for (const auto& [column, values] : record.values)
            seen.insert(column);
        for (const auto& [column, type] : record.wrongTypes)
            seen.insert(column);
    };
    told.issue = [](const RowIssue&) { };
    if (readRecords(file, {}, told, kLookedAt))
        file.columns.assign(seen.begin(), seen.end());
}

// Rows of a table as records.
class TableReader {
public:
    TableReader(const OpenFile& file, std::string name, const ReadTold& told) : m_file(file), m_name(std::move(name)), m_told(told) { }

    // Whether it was told (the header isn't).
    bool take(CsvRecord record)
    {
        if (std::exchange(m_first, false) && *m_file.used.header)
            return false;
        if (record.unclosedQuote)
            return complain(record, Reason::Quote, "a quote is opened and never closed");
        if (record.cells.size() == 1 && record.cells.front().empty() && m_file.columns.size() > 1)
            return false;  // an empty line
        if (record.cells.size() != m_file.columns.size())
            return complain(record, Reason::Ragged,
                std::to_string(record.cells.size()) + " columns where the table has "
                    + std::to_string(m_file.columns.size()));
        if (!isUtf8(record.raw))
            return complain(record, Reason::Encoding, "not " + m_file.used.encoding);
        Record told{record.line, {}, {}, {}};
        for (std::size_t i = 0; i < record.cells.size(); ++i)
            told.values[m_file.columns[i]] = {std::move(record.cells[i])};
        told.excerpt = excerptOf(record.raw);
        m_told.record(std::move(told));
        return true;
    }

private:
    bool complain(const CsvRecord& record, Reason reason, std::string words)
    {
        m_told.issue(
            {m_name, record.line, {}, reason, IssueAction::Quarantined, excerptOf(record.raw), std::move(words)});
        return true;
    }

    const OpenFile& m_file;
    std::string m_name;
    const ReadTold& m_told;
    bool m_first = true;
};

Result<void> readTable(const OpenFile& file, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop)
{
    TableReader table(file, name, told);
    std::int64_t told_ = 0;
    const CsvShape shape{file.used.delimiter.front(), *file.used.format == FileFormat::Csv};
    readCsv(file.text, shape, [&](CsvRecord record) {
        const auto end = static_cast<std::int64_t>(record.raw.data() + record.raw.size() - file.text.data());
        told_ += table.take(std::move(record)) ? 1 : 0;
        if (told.progress)
            told.progress(end, static_cast<std::int64_t>(file.text.size()));
        return !stop.stop_requested() && (limit == 0 || told_ < limit);
    });
    return {};
}

void takeLine(JsonReader& json, std::string_view line, std::int64_t number, const std::string& name, const ReadTold& told)
{
    if (!isUtf8(line))
        return told.issue(
            {name, number, {}, Reason::Encoding, IssueAction::Quarantined, excerptOf(line), "bytes that aren't UTF-8"});
    Record record;
    record.line = number;
    if (const std::string wrong = json.read(line, record); !wrong.empty())
        return told.issue({name, number, {}, Reason::Json, IssueAction::Quarantined, excerptOf(line), wrong});
    record.excerpt = excerptOf(line);
    told.record(std::move(record));
}

Result<void> readLines(const OpenFile& file, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop)
{
    JsonReader json;
    const std::string_view text = file.text;
    std::int64_t number = 0, count = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (stop.stop_requested() || (limit > 0 && count >= limit))
            return {};
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        takeLine(json, line, number, name, told);
        ++count;
        if (told.progress)
            told.progress(static_cast<std::int64_t>(end), static_cast<std::int64_t>(text.size()));
    }
    return {};
}

// Documents of plain text, parted by blank lines.
Result<void> readDocuments(const OpenFile& file, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop)
{
    std::int64_t number = 0, start = 0, count = 0;
    std::string document;
    const auto flush = [&] {
        if (document.empty())
            return;
        ++count;
        if (!isUtf8(document))
            told.issue({name, start, {}, Reason::Encoding, IssueAction::Quarantined, excerptOf(document),
                "bytes that aren't UTF-8"});
        else
            told.record({start, {{"text", {document}}}, {}, excerptOf(document)});
        document.clear();
    };
    const std::string_view text = file.text;
    for (std::size_t at = 0; at < text.size() && (limit == 0 || count < limit);) {
        if (stop.stop_requested())
            return {};
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) {
            flush();
            continue;
        }
        if (document.empty())
            start = number;
        else
            document += '\n';
        document += line;
        if (told.progress)
            told.progress(static_cast<std::int64_t>(end), static_cast<std::int64_t>(text.size()));
    }
    flush();
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

std::string excerptOf(std::string_view text)
{
    constexpr std::size_t kCharacters = 200;
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCharacters && at < text.size(); ++i)
        at += characterBytes(text, at);
    return repairedUtf8(text.substr(0, std::min(at, text.size())));
}

std::optional<std::vector<std::string>> fieldOf(const Record& record, const std::string& column)
{
    const auto found = record.values.find(column);
    if (found != record.values.end())
        return found->second;
    if (column.find('+') == std::string::npos)
        return std::nullopt;
    std::string joined;
    for (std::size_t at = 0; at <= column.size();) {
        const std::size_t end = std::min(column.find('+', at), column.size());
        const std::string part = column.substr(at, end - at);
        const auto value = record.values.find(part);
        if (value == record.values.end() || value->second.empty())
            return std::nullopt;
        joined += (joined.empty() ? "" : "\n") + part + ": " + value->second.front();
        at = end + 1;
    }
    return std::vector{joined};
}

Result<OpenFile> openFile(const std::filesystem::path& file, const ReadOptions& options)
{
    Result<std::string> bytes = bytesOf(file);
    if (!bytes)
        return std::move(bytes).error();
    OpenFile opened;
    opened.sha256 = sha256(*bytes);
    opened.bytes = static_cast<std::int64_t>(bytes->size());
    opened.used = options;
    Result<std::string> text = decoded(*std::move(bytes), opened.used.encoding);
    if (!text)
        return std::move(text).error().within(file.filename().string());
    opened.text = *std::move(text);
    if (std::memchr(opened.text.data(), '\0', std::min<std::size_t>(opened.text.size(), 4096)))
        return Error{ErrorCode::InvalidInput,
            file.filename().string() + " isn't text: it has zero bytes. Expected JSON lines, JSON, CSV, TSV or plain text"};
    if (!opened.used.format)
        opened.used.format = detectFormat(file, opened.text);
    if (*opened.used.format == FileFormat::Csv || *opened.used.format == FileFormat::Tsv)
        detectTable(opened);
    else if (*opened.used.format == FileFormat::Text)
        opened.columns = {"text"};
    else
        detectJson(opened);
    mapColumns(opened);
    return opened;
}

Result<void> readRecords(const OpenFile& file, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop)
{
    Result<void> done;
    switch (*file.used.format) {
    case FileFormat::JsonLines: done = readLines(file, name, told, limit, stop); break;
    case FileFormat::Json: done = readJsonArray(file.text, name, told, limit, stop); break;
    case FileFormat::Csv:
    case FileFormat::Tsv: done = readTable(file, name, told, limit, stop); break;
    case FileFormat::Text: done = readDocuments(file, name, told, limit, stop); break;
    }
    if (done && stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    return done;
}

}  // namespace taskfold::data
