#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"
#include "engine/data/jsonlayout.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Files as records of named values. Every record that can't be read is told as an issue; the rest goes on.
namespace taskfold::data {

class Record;

enum class FileFormat { JsonLines, Json, Csv, Tsv, Text, Conll, Parquet, Arrow, Parallel, Folder, FastText };

/// How to read a file; what is empty is detected.
struct ReadOptions {
    std::optional<FileFormat> format;
    std::string encoding;  // utf-8 utf-16le utf-16be latin-1 windows-1252 gb18030
    std::string delimiter;  // one character, of CSV
    std::optional<bool> header;
    std::optional<bool> quotes;  // whether quotes of a table hold cells together
    std::optional<bool> escapes;  // whether a backslash in a table takes the meaning from what follows
    std::string rows;  // where the list of rows lies in JSON: "data.items"; lists in lists: "data.paragraphs.qas"
    std::optional<int> tokenColumn, tagColumn;  // of CoNLL, from 1
    std::filesystem::path partner;  // the file of targets, of parallel files
    std::map<std::string, std::string> columns;  // field (input, target, references, label, group, split) to expression
};

/// Something that was detected, how sure it is (of 1), and why.
struct Guess {
    std::string what, value, why;
    double sure = 1;
};

/// A place in the records: "data.text", and what stands there.
struct Column {
    std::string path, kind, sample;
};

/// A file whose form was detected by its beginning.
struct OpenFile {
    std::filesystem::path path;
    std::int64_t bytes = 0;  // on disk
    ReadOptions used;
    std::vector<Guess> guesses;
    std::vector<std::string> columns;  // of the records, at the top
    std::vector<Column> tree;  // and below
    std::vector<std::string> lists;  // of a JSON file: where rows may lie
    bool returnsOnly = false;  // lines end in carriage returns alone
    JsonLayout layout;
    std::map<std::string, std::vector<std::string>> labels;  // by column: what its numbers are called, where the file says so
    std::string outerList, innerList;  // of `used.rows`: what is read piece by piece, and the lists inside each piece
};

struct ReadTold {
    std::function<void(const Record&)> record;  // it lives until the function returns
    std::function<void(RowIssue)> issue;
};

/// Unsupported or InvalidInput in one sentence where the file can't be read at all.
Result<OpenFile> openFile(const std::filesystem::path& file, const ReadOptions& options);

/// Tells the records on this thread; at most `limit` records and issues (0: all). Cancelled when told to stop.
Result<void> readRecords(const OpenFile& file, const ReadTold& told, std::int64_t limit = 0, const std::stop_token& stop = {});

/// All of them; answers the hash of the file's bytes.
Result<std::string> readRecordsHashed(const OpenFile& file, const ReadTold& told, const std::stop_token& stop = {});

/// At most 200 characters, whole ones.
std::string excerptOf(std::string_view text);
/// The same without a copy where that can be: a part of `text`, else a view of `room`.
std::string_view excerptView(std::string_view text, std::string& room);

std::string_view wordOf(FileFormat format);
std::optional<FileFormat> fileFormatOf(std::string_view word);
/// By a name's ending; .gz aside.
std::optional<FileFormat> formatOfName(const std::filesystem::path& file);

}  // namespace taskfold::data
