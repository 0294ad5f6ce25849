#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Files as records of named columns. Every record that can't be read is told as an issue; the rest goes on.
namespace taskfold::data {

enum class FileFormat { JsonLines, Json, Csv, Tsv, Text };

/// How to read a file; what is empty is detected.
struct ReadOptions {
    std::optional<FileFormat> format;
    std::string encoding;  // utf-8 utf-16le utf-16be latin-1 windows-1252
    std::string delimiter;  // one character, of CSV
    std::optional<bool> header;
    std::map<std::string, std::string> columns;  // field (input, target, references, label, group, split) to column
};

struct Record {
    std::int64_t line = 0;  // of the file, where it begins, from 1
    std::map<std::string, std::vector<std::string>> values;  // column to its texts; several for a list
    // Column to what stands there instead of text: "a number" (whose text is among the values too), "null", "a list".
    std::map<std::string, std::string> wrongTypes;
    std::string excerpt;
};

/// A file that was decoded and whose form was detected.
struct OpenFile {
    std::string text;  // UTF-8 but for rows that weren't
    std::string sha256;  // of the bytes
    std::int64_t bytes = 0;
    ReadOptions used;
    std::vector<std::string> columns;  // seen in the beginning
};

struct ReadTold {
    std::function<void(Record)> record;
    std::function<void(RowIssue)> issue;
    std::function<void(std::int64_t done, std::int64_t total)> progress;  // bytes
};

/// Unsupported or InvalidInput in one sentence where the file can't be read at all.
Result<OpenFile> openFile(const std::filesystem::path& file, const ReadOptions& options);

/// Tells every record; at most `limit` records and issues (0: all). Cancelled when told to stop.
Result<void> readRecords(const OpenFile& file, const std::string& name, const ReadTold& told, std::int64_t limit = 0,
    const std::stop_token& stop = {});

/// The record's field by its mapped column. "a+b" joins columns as lines "a: ...".
std::optional<std::vector<std::string>> fieldOf(const Record& record, const std::string& column);

/// At most 200 characters, whole ones.
std::string excerptOf(std::string_view text);

std::string_view wordOf(FileFormat format);
std::optional<FileFormat> fileFormatOf(std::string_view word);

}  // namespace taskfold::data
