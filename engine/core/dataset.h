#pragma once

#include "engine/core/id.h"
#include "engine/core/issue.h"
#include "engine/core/task.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace taskfold {

struct SourceFile {
    std::string path;  // as the user gave it
    std::string hash;  // of its bytes: "blake3:..."; older versions have a bare SHA-256
    std::int64_t bytes = 0;

    bool operator==(const SourceFile&) const = default;
};

/// How a file's columns become a row's fields.
struct Mapping {
    std::map<std::string, std::string> columns;  // field (input, target, references, label, group, split) to column

    bool operator==(const Mapping&) const = default;
};

/// One import of one split of a task. Its rows lie in rows/<hash>.arrow and never change.
struct DatasetVersion {
    VersionId id;
    TaskId task;
    Split split = Split::Train;
    std::string hash;  // of the rows' content, and the name of their file
    std::vector<SourceFile> sources;
    Mapping mapping;
    std::string settings;  // JSON: format, encoding, delimiter, header, on-error
    std::int64_t rowsIn = 0;
    std::int64_t rowsKept = 0;
    std::int64_t bytesKept = 0;  // of input and target: the token count until a base model is there
    std::map<Reason, std::int64_t> issues;  // rows that a reason took away; mended ones aside
    std::string issuesHash;  // of the file rows/<hash>.arrow that lists them; empty: there are none
    std::map<std::pair<Reason, IssueAction>, std::int64_t> issueActions;  // all of them, mended ones too
    std::string created;  // UTC, ISO 8601
};

/// Plain text for stage 0, imported like a task, with a part held out.
struct Corpus {
    CorpusId id;
    std::string name;
    bool domain = true;  // else general text, for replay
    std::string hash;  // of the training documents; the file rows/<hash>.arrow holds one document a row
    std::string heldOutHash;
    std::vector<SourceFile> sources;
    std::int64_t documentsIn = 0;
    std::int64_t documentsKept = 0;
    std::int64_t heldOut = 0;
    std::int64_t bytesKept = 0;
    std::map<Reason, std::int64_t> issues;
    std::string created;
};

/// Rows or tokens of one split by what became of them.
struct Volume {
    std::int64_t imported = 0;
    std::int64_t kept = 0;  // after masks
    std::int64_t tokens = 0;  // of the kept rows' input and target, counted by unit
    std::map<Reason, std::int64_t> dropped;  // rows by reason, masked ones included

    bool operator==(const Volume&) const = default;
};

/// Five numbers and bars of the rows' lengths.
struct LengthStatistics {
    std::int64_t smallest = 0, median = 0, p90 = 0, p99 = 0, largest = 0;
    std::vector<std::int64_t> bars;  // rows whose length is below (i + 1) * barWidth
    std::int64_t barWidth = 1;

    bool operator==(const LengthStatistics&) const = default;
};

/// Everything the Data page shows of one task.
struct TaskVolume {
    Task task;
    std::map<Split, Volume> splits;
    LengthStatistics lengths;  // of the training rows, in `unit`
    std::map<std::string, std::int64_t> labels;  // of the kept training rows
    std::string unit;  // "bytes", or the base model whose tokens are counted
};

/// Largest over smallest number of kept training rows; 0 when it can't be computed.
double imbalance(const std::vector<TaskVolume>& tasks);

}  // namespace taskfold
