#include "app/cli/benchcommands.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <sys/resource.h>

namespace taskfold::cli {

std::int64_t peakMib()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

double cpuSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void answerBench(nlohmann::json line)
{
    line["peak_mib"] = peakMib();
    std::cout << line.dump() << std::endl;
}

void addBenchCommands(CLI::App& app, Invocation& invocation)
{
    CLI::App* bench = app.add_subcommand("bench", "Measurements, as JSON lines to lay beside other programs'");
    bench->require_subcommand(1);
    addBenchImport(*bench, invocation);
    addBenchTokenize(*bench, invocation);
    addBenchTrain(*bench, invocation);
    addBenchEvaluate(*bench, invocation);
    addBenchServe(*bench, invocation);
    addBenchCompare(*bench, invocation);
}

}  // namespace taskfold::cli
