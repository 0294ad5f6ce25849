#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"

#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>

namespace taskfold::data {

/// Goes through a file's rows by parts, from several threads: `made` of each part's rows, at once, is handed to `taken`, one
/// after the other in no order. The first failure comes back; Cancelled where it was stopped.
template <typename Make, typename Take>
Result<void> takeEachPart(const RowFile& rows, const std::stop_token& stop, const Make& made, const Take& taken)
{
    std::mutex mutex;
    std::optional<Error> failure;
    rows.eachPart([&](std::size_t, std::span<const RowFile::InputLine> part) {
        if (stop.stop_requested())
            return;
        auto one = made(part);
        const std::lock_guard lock(mutex);
        if (Result<void> done = taken(std::move(one)); !done && !failure)
            failure = std::move(done).error();
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    return failure ? Result<void>(*std::move(failure)) : Result<void>{};
}

}  // namespace taskfold::data
