#pragma once

#include "engine/core/issue.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "engine/data/reader.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is checked of every row (method.md 3, steps 2 to 4). Nothing is changed or left out without an issue.
namespace taskfold::data {

struct RawRow {
    std::string file;
    Row row;
    std::optional<std::string> split;  // as a column says
    std::string excerpt;
};

/// A record by the mapping (field to column): normalised, or nothing and its issue.
std::optional<RawRow> rowOf(const Record& record, const std::map<std::string, std::string>& columns,
    const std::string& file, std::vector<RowIssue>& issues);

/// Brings targets to the declared labels' spelling and takes those out that aren't declared.
void checkLabels(const Task& task, std::vector<RawRow>& rows, std::vector<RowIssue>& issues);

/// Same input with another target: the majority stays (none of a tie); for generation the others become references.
/// Then exact duplicates: the first stays.
void deduplicate(const Task& task, std::vector<RawRow>& rows, std::vector<RowIssue>& issues);

}  // namespace taskfold::data
