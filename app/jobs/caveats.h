#pragma once

#include "app/jobs/pairing.h"
#include "engine/core/comparison.h"

#include <string>
#include <vector>

namespace taskfold::jobs {

/// What a sceptic must be told beside the numbers: other budgets, bases, prompts or settings, test rows read more than once,
/// one seed, terms that weren't fixed beforehand. Counts the reads into the comparison, too. They stay with it for good.
Result<std::vector<std::string>> caveatsOf(const Pairing& pairing, SQLite::Database& database, Comparison& comparison);

/// The instruction and the prompt's form, as one hash.
std::string promptHash(const Task& task);

}  // namespace taskfold::jobs
