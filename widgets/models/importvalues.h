#pragma once

#include "engine/core/error.h"
#include "engine/core/issue.h"
#include "engine/core/task.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

/// What the import dialog and whoever does the work tell each other.
namespace taskfold {

enum class OnError { Quarantine, Stop, Skip };

/// How to read what the user chose. Empty: as detected.
struct ReadSettings {
    QString format;  // jsonl json csv tsv conll parquet arrow folder txt
    QString encoding;  // utf-8 utf-16le utf-16be latin-1 windows-1252 gb18030
    QString delimiter;
    std::optional<bool> header;
    std::map<QString, QString> columns;  // field (input, target, references, label, group, split) to expression
    QString rows{};  // where the list of rows lies in JSON: "data.items"
    std::optional<bool> quotes{};  // of a table: whether they hold cells together
    std::optional<int> tokenColumn{}, tagColumn{};  // of CoNLL, from 1

    bool operator==(const ReadSettings&) const = default;
};

/// One file or folder as it was dropped or chosen.
struct ImportItem {
    QString path;
    QString task;  // empty: by the name of file or folder
    std::optional<Split> split;  // none: by the file's name
    ReadSettings settings;
    bool corpus = false;  // plain text for stage 0
    bool domain = true;
    std::map<QString, QString> labels{};  // as they are in the files, to what they shall be

    bool operator==(const ImportItem&) const = default;
};

struct ImportForm {
    std::vector<ImportItem> items;
    OnError onError = OnError::Quarantine;
};

/// A file that an item leads to, and as what it will be read.
struct ImportFile {
    QString path;
    QString task;
    std::optional<Split> split;
    std::int64_t bytes = 0;
};

struct PreviewRow {
    std::int64_t line = 0;
    QStringList cells;  // by the preview's columns
    QString problem;  // empty: a good row
    QString input{}, target{};  // as they would be imported
};

/// A label of a file, and how many rows have it.
struct LabelCount {
    QString label;
    std::int64_t count = 0;

    bool operator==(const LabelCount&) const = default;
};

/// The beginning of one file under the settings of its item.
struct ImportPreview {
    std::vector<ImportFile> files;  // all of the item
    QString file;  // the one the rows are of
    ReadSettings used;  // with everything detected filled in
    QStringList columns;
    std::vector<std::pair<QString, QString>> fields;  // every place in the records, nested ones too, and what stands there
    QStringList lists;  // where rows may lie in a JSON file
    std::map<QString, QString> why;  // what was detected (format, encoding, ...) to how sure that is and why
    QString problem;  // why it can't be imported like this yet
    QString kind{};  // what the rows look like, how sure that is and why, in one sentence
    std::vector<PreviewRow> rows;
    std::optional<Error> error;  // it can't be read at all
};

/// Rows against the version that the split had before.
struct RowsChanged {
    std::int64_t added = 0, removed = 0, same = 0;
};

/// What became of one split of one task.
struct ImportLine {
    QString task;
    QString split;
    std::int64_t rowsIn = 0;
    std::int64_t rowsKept = 0;
    std::map<Reason, std::int64_t> issues;
    std::optional<RowsChanged> changed{};  // none: there was no version before
};

struct ImportSummary {
    std::vector<ImportLine> lines;
    std::vector<RowIssue> examples;  // a few of each reason
};

}  // namespace taskfold
