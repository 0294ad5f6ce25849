#pragma once

#include "engine/data/rowmaker.h"

#include <functional>
#include <stop_token>
#include <string>

namespace taskfold::data {

struct PipelineRead {
    std::int64_t lines = 0, bytes = 0;
    std::string hash;
    std::optional<FileMark> mark;  // of a file whose blocks can be read again by place
};

/// Reads a file's blocks one after another, makes rows of them on several threads, and hands them on in order. An error
/// of the file, of `made`, or Cancelled.
Result<PipelineRead> runPipeline(const OpenFile& file, int fileNumber, std::optional<Split> split, const LabelBook& labels,
    int threads, const std::function<Result<void>(MadeBlock&)>& made,
    const std::function<void(std::int64_t done, std::int64_t total)>& progress, const std::stop_token& stop);

}  // namespace taskfold::data
