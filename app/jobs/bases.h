#pragma once

#include "app/jobs/project.h"
#include "engine/core/basemodel.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <string>

namespace taskfold::jobs {

/// Checks a model's files and tokenizer and remembers it under the name (its file's or folder's when empty). A folder stays
/// where it is; a GGUF or llama2.c file becomes a folder of the project. The weights are looked at, not computed with.
Result<BaseModel> addBase(
    const Project& project, const std::filesystem::path& path, const std::string& name, const JobContext& context);

/// A run's model as a base of its own.
Result<BaseModel> addRunAsBase(const Project& project, RunId run, const std::string& name);

/// The built-in model of these sizes under the name "tiny": a BPE learned from the project's training rows, and weights
/// drawn from a seed. One that is there and has these sizes is taken as it is.
Result<BaseModel> ensureTiny(const Project& project, const TinySize& size, const JobContext& context);

/// A plan's base, made when it is the built-in one.
Result<BaseModel> baseOf(const Project& project, const Plan& plan, const JobContext& context);

}  // namespace taskfold::jobs
