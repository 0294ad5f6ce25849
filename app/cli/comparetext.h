#pragma once

#include "engine/core/comparison.h"

#include <nlohmann/json.hpp>

#include <string>

/// A comparison as the command line shows it.
namespace taskfold::cli {

nlohmann::json comparisonJson(const Comparison& comparison);
std::string comparisonText(const Comparison& comparison);

/// JUnit's XML: a test case a task; worse ones failed, those that can't be computed are errors, undecided ones skipped.
std::string comparisonJunit(const Comparison& comparison);

/// Why the gate stays shut: the tasks that are worse or can't be computed. Empty: it opens.
std::string gateRefusal(const Comparison& comparison);

}  // namespace taskfold::cli
