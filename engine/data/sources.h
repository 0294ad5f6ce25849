#pragma once

#include "engine/core/result.h"
#include "engine/core/task.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace taskfold::data {

/// One file of rows that an import leads to.
struct SourceOf {
    std::filesystem::path file;
    std::optional<Split> split;  // none: the file's name doesn't say
    std::filesystem::path partner;  // the targets of a file of inputs; empty: they are in it
};

/// A task as it lies on disk: its files, and task.json where there is one.
struct TaskSource {
    std::string name;
    std::filesystem::path taskFile;  // empty: none
    std::vector<SourceOf> files;
};

/// A file, a task folder (train/validation/test.*, parallel files, a folder a split or a folder a label), a .zip of one, or
/// a folder of those. Links are followed once, not in circles. NotFound, or InvalidInput where there is nothing to import.
Result<std::vector<TaskSource>> findTasks(const std::filesystem::path& path);

/// Plain-text files of a corpus: the file itself, or those of a folder.
Result<std::vector<std::filesystem::path>> findTexts(const std::filesystem::path& path);

/// train, validation (valid, dev, val) and test by a file's name.
std::optional<Split> splitOfName(const std::string& stem);

}  // namespace taskfold::data
