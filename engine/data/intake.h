#pragma once

#include "engine/core/dataset.h"
#include "engine/core/task.h"
#include "engine/data/issuestore.h"
#include "engine/data/labels.h"
#include "engine/data/reader.h"
#include "engine/data/rowstore.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// From files to versions of a task's splits, in constant memory and on several threads. What comes out depends on the
/// files' content alone: not on threads, nor on how the work was cut.
namespace taskfold::data {

struct IntakeSettings {
    std::filesystem::path folder;  // of the project's rows; scratch files, too, have no names
    int threads = 0;  // 0: as many as there are, up to eight
    std::map<std::string, std::string> renamedLabels;  // as they are in the files, to what they shall be
    std::vector<std::string> labels;  // declared ones; others are refused
    bool choosesLabels = false;
    bool skipBad = false;  // bad rows are dropped, not quarantined
    std::size_t inMemory = 320 << 20;  // of rows and their keys
};

/// One split, ready to be named and written down.
struct ReadySplit {
    std::unique_ptr<SealedFile> rows, issues;  // issues: null when there are none
    DatasetVersion version;  // without id, task, mapping, settings and time
};

class Intake {
public:
    explicit Intake(IntakeSettings settings);
    ~Intake();

    using Progress = std::function<void(std::int64_t done, std::int64_t total)>;  // bytes of this file

    /// A file's rows. `split` none: a column says, or they are split up.
    Result<void> read(const OpenFile& file, std::optional<Split> split, const Progress& progress, const std::stop_token& stop);

    /// What the targets of the training rows (or of all, unsplit) look like.
    const TargetCounts& counts() const;

    struct Finish {
        TaskKind kind = TaskKind::Generation;
        bool choosesLabels = false;
        std::map<std::string, std::string> variants;  // spellings of guessed labels, brought to one
        bool takeValidation = true;  // out of the training rows where there is a test split alone
        Progress progress;  // rows
    };
    /// Settles duplicates and conflicts, splits up, and writes everything to nameless files.
    Result<std::map<Split, ReadySplit>> finish(const Finish& how, const std::stop_token& stop);

    /// Rows and issues up to this number are in memory when they are quarantined; for the answer.
    const std::vector<RowIssue>& refused() const;
    std::int64_t refusedTotal() const;
    const std::vector<RowIssue>& examples() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace taskfold::data
