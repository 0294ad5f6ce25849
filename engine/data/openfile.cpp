#include "engine/data/detect.h"
#include "engine/data/encoding.h"
#include "engine/data/jsonshapes.h"
#include "engine/data/mapping.h"
#include "engine/data/parsers.h"

#include <algorithm>
#include <system_error>

namespace taskfold::data {

namespace {

constexpr std::size_t kHead = 1 << 18;
constexpr std::int64_t kSampled = 100;

bool isTable(FileFormat format)
{
    return format == FileFormat::Csv || format == FileFormat::Tsv;
}

bool isColumnar(FileFormat format)
{
    return format == FileFormat::Parquet || format == FileFormat::Arrow;
}

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

Result<void> detectJson(OpenFile& file, const std::string& head, bool whole)
{
    detectLists(file, head);
    if (file.layout.kind != JsonLayout::Kind::Columns || whole)
        return {};
    return completeColumns(file.layout, [&] { return openText(file.path, file.used.encoding); });
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
    for (const std::string& other : {otherKind(*head), file.used.format ? std::string() : otherKindOfName(file.path)})
        if (!other.empty())
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
    else if (*file.used.format == FileFormat::FastText)
        detectFastText(file, *head);
    else if (*file.used.format == FileFormat::Json)
        return detectJson(file, *head, whole);
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
    file.bytes = static_cast<std::int64_t>(std::filesystem::file_size(splitMember(file.path).first, failure));
    const Result<TableHead> head = headOfTable(file.path, *file.used.format);
    if (!head)
        return head.error();
    file.columns = head->columns;
    file.labels = labelNamesOf(head->labels);
    return {};
}

}  // namespace

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

}  // namespace taskfold::data
