#pragma once

#include "engine/core/affinity.h"
#include "engine/core/comparison.h"
#include "engine/core/dataset.h"

#include <map>
#include <string>
#include <vector>

/// Values that lie in the database as JSON. Reading throws DamagedText.
namespace taskfold::db {

std::string textOf(const std::vector<std::string>& words);
std::vector<std::string> wordsFrom(const std::string& text);

std::string textOf(const std::vector<SourceFile>& sources);
std::vector<SourceFile> sourcesFrom(const std::string& text);

std::string textOf(const Mapping& mapping);
Mapping mappingFrom(const std::string& text);

std::string textOf(const std::map<Reason, std::int64_t>& counts);
std::map<Reason, std::int64_t> countsFrom(const std::string& text);

std::string textOf(const AffinityEvidence& evidence);  // tasks, cells, probes
AffinityEvidence evidenceFrom(const std::string& text);

std::string textOf(const Comparison& comparison);  // tasks, suite, ledger
Comparison comparisonFrom(const std::string& text);

}  // namespace taskfold::db
