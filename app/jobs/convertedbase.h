#pragma once

#include "app/jobs/project.h"
#include "engine/format/modelsource.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <string>

namespace taskfold::jobs {

/// The project's own folder in Hugging Face form for a GGUF or llama2.c file: made beside its place and renamed when it is
/// whole. The place is named by the file's content: a file that was added before isn't converted again.
Result<std::filesystem::path> convertedBase(
    const Project& project, const ModelPreview& source, const std::string& name, const JobContext& context);

/// A name as part of a folder's name: letters, digits, dots, dashes.
std::string folderWord(const std::string& name);

}  // namespace taskfold::jobs
