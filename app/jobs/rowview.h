#pragma once

#include "app/jobs/project.h"
#include "engine/core/issue.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "engine/jobs/job.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A split's rows as somebody looks at them: searched, filtered, sorted, a page at a time.
namespace taskfold::jobs {

struct RowView {
    Row row;
    std::optional<Reason> masked;
    std::string twin;
};

struct RowsOrder {
    enum class By { File, Input, Target, Length };  // letters' case aside; length in bytes of input and target

    By by = By::File;
    bool down = false;

    bool operator==(const RowsOrder&) const = default;
};

struct RowsWanted {
    std::string task;
    Split split = Split::Train;
    std::string words;  // all of which input or target hold, letter case aside
    std::optional<Reason> masked;
    std::int64_t offset = 0, limit = 100;
    RowsOrder order{};
};

struct RowsGiven {
    std::int64_t total = 0;  // that match
    std::vector<RowView> rows;
};

/// The same of a corpus: its documents, or (validation) those held out.
Result<RowsGiven> viewDocuments(const Project& project, CorpusId corpus, const RowsWanted& wanted, const JobContext& context);

/// Which rows match, and in which order, is found out once and kept for the pages that follow (the last few answers, on the
/// disk): searching and sorting read all rows, on every core; a page reads its own. Cancelled when told to stop.
Result<RowsGiven> viewRows(const Project& project, const RowsWanted& wanted, const JobContext& context);

}  // namespace taskfold::jobs
