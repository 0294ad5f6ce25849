#pragma once

#include "engine/data/intake.h"
#include "engine/data/rowkeys.h"
#include "engine/data/rowmaker.h"
#include "engine/data/staging.h"

/// What an import holds between reading and writing.
namespace taskfold::data {

struct IntakeFile {
    std::string path;
    std::optional<Split> split;
    std::int64_t offset = 0;  // of its lines in a version
    std::int64_t lines = 0, records = 0;
    SourceFile source;
};

using IntakeFiles = const std::vector<IntakeFile>&;

struct Intake::State {
    static constexpr std::int64_t kRefusedTold = 10'000;
    static constexpr std::size_t kExamplesOfEach = 5;

    explicit State(IntakeSettings settings);

    IntakeSettings settings;
    LabelBook labels;
    Staging staging;
    RowKeys keys;
    TargetCounts counts;
    std::vector<IntakeFile> files;
    std::vector<RowIssue> refused, examples;
    std::int64_t refusedTotal = 0;
    std::map<Reason, std::size_t> shown;
    std::int64_t bytesOfFirst = 0;  // of the first file, until its first block has come

    /// Of the block only its memory is left.
    Result<void> take(MadeBlock& block);
    void remember(const IssueView& issue, int file);
};

}  // namespace taskfold::data
