#include "widgets/parts/text.h"

#include <QCoreApplication>

namespace taskfold {

namespace {

struct Sentence {
    Q_DECLARE_TR_FUNCTIONS(taskfold::Sentence)
};

}  // namespace

QString sentenceOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
        return Sentence::tr("This input can't be used. Look at the details, correct it and try again.");
    case ErrorCode::Unsupported:
        return Sentence::tr(
            "Taskfold doesn't know this format. The details name it; convert it and try again.");
    case ErrorCode::NotFound:
        return Sentence::tr("What was asked for isn't there. It may have been moved, renamed or removed.");
    case ErrorCode::Io:
        return Sentence::tr(
            "A file couldn't be read or written. Check that it exists and that you may use it.");
    case ErrorCode::DiskFull:
        return Sentence::tr(
            "The disk is full. Free some space and try again; what was saved so far is kept.");
    case ErrorCode::Database:
        return Sentence::tr(
            "The project's database couldn't be used. Run “check” on the project, or restore a copy.");
    case ErrorCode::Busy:
        return Sentence::tr(
            "Another program is using this right now. Wait until it is done, then try again.");
    case ErrorCode::NewerDatabase:
        return Sentence::tr(
            "This project was written by a later version of Taskfold. Update Taskfold to open it.");
    case ErrorCode::OutOfMemory:
        return Sentence::tr(
            "There isn't enough memory. Choose a smaller batch, length or model in the plan.");
    case ErrorCode::NotANumber:
        return Sentence::tr(
            "The loss is no longer a number. The last good checkpoint is kept; lower the learning rate.");
    case ErrorCode::Damaged:
        return Sentence::tr(
            "A file doesn't hold what was written to it. Import it again, or restore a copy.");
    case ErrorCode::Cancelled: return Sentence::tr("Stopped. What was done up to here is kept.");
    case ErrorCode::Internal:
        return Sentence::tr("Something went wrong inside Taskfold. Please report it with the details below.");
    }
    return {};
}

}  // namespace taskfold
