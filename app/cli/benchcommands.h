#pragma once

#include "app/cli/command.h"

/// `bench NAME ...`: one function a measurement. Each prints one JSON line with the fields of the peers' lines
/// (product.md section 6), {"bench", ..., "seconds", "peak_mib"}.
namespace taskfold::cli {

void addBenchImport(CLI::App& bench, Invocation& invocation);
void addBenchTokenize(CLI::App& bench, Invocation& invocation);
void addBenchTrain(CLI::App& bench, Invocation& invocation);
void addBenchEvaluate(CLI::App& bench, Invocation& invocation);
void addBenchServe(CLI::App& bench, Invocation& invocation);
void addBenchCompare(CLI::App& bench, Invocation& invocation);

/// The most memory this process has held so far, mapped pages included.
std::int64_t peakMib();

/// Of all threads since the start: on a busy machine steadier than what the clock says.
double cpuSeconds();

/// Prints the line.
void answerBench(nlohmann::json line);

}  // namespace taskfold::cli
