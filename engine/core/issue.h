#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskfold {

enum class Reason {
    Empty,
    MissingField,
    Type,
    Json,
    Quote,
    Ragged,
    Encoding,
    LabelUnknown,
    Duplicate,
    NearDuplicate,
    Conflict,
    Leak,
    TooLong,
    PairLength,
    Quality,  // of a corpus: too short, repeated lines, symbols, another language
};

enum class IssueAction { Fixed, Quarantined, Dropped, Masked };

/// What is wrong with one row of a file, and what was done about it. Nothing is dropped without one.
struct RowIssue {
    std::string file;
    std::int64_t line = 0;
    std::string field;
    Reason reason = Reason::Empty;
    IssueAction action = IssueAction::Quarantined;
    std::string excerpt;  // of the row; at most 200 characters of UTF-8
    std::string detail;  // the twin's place, the parser's words

    bool operator==(const RowIssue&) const = default;
};

std::string_view wordOf(Reason reason);
std::string_view wordOf(IssueAction action);
std::optional<Reason> reasonOf(std::string_view word);
std::optional<IssueAction> issueActionOf(std::string_view word);

}  // namespace taskfold
