#pragma once

#include <string>
#include <string_view>

namespace taskfold {

enum class ErrorCode {
    InvalidInput,  // the user can fix the file or the form
    Unsupported,  // a format, an architecture or a field we don't know, named in the detail
    NotFound,
    Io,
    DiskFull,
    Database,
    Busy,  // taken by another program, which the detail names
    NewerDatabase,  // written by a later version of this program
    OutOfMemory,
    NotANumber,  // a loss that isn't finite
    Damaged,  // a file that doesn't match its hash
    Cancelled,
    Internal,
};

/// What went wrong. The code picks the sentence the user reads; the detail is for the log and the fold.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail;

    /// Says what was being done: "disk full" becomes "importing qa.jsonl: disk full".
    Error within(std::string_view activity) &&;
};

}  // namespace taskfold
