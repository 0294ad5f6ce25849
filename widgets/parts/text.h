#pragma once

#include "engine/core/error.h"
#include "widgets/models/text.h"

namespace taskfold {

/// What happened and what to do, in one or two sentences. The detail isn't in it: it belongs into a fold.
QString sentenceOf(ErrorCode code);
inline QString sentenceOf(const Error& error)
{
    return sentenceOf(error.code);
}

}  // namespace taskfold
