#include "app/cli/benchcommands.h"
#include "app/jobs/serving.h"
#include "engine/core/random.h"
#include "engine/stats/bootstrap.h"

#include <CLI/CLI.hpp>

#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>

namespace taskfold::cli {

namespace {

using stats::RowScores;
using stats::SeedPair;

// Generated answers that vary as those of a task with that metric do.
SeedPair generated(MetricKind metric, std::size_t rows, std::uint64_t seed)
{
    Random random{seed};
    SeedPair pair{{metric, 1, 0, {}, {}}, {metric, 1, 0, {}, {}}};
    for (RowScores* side : {&pair.single, &pair.multi}) {
        for (std::size_t i = 0; i < rows; ++i) {
            const auto add = [&](std::initializer_list<double> numbers) {
                side->width = numbers.size();
                side->values.insert(side->values.end(), numbers);
            };
            const double right = random.uniform() < 0.8 ? 1 : 0;
            const double words = 5 + static_cast<double>(random.below(20));
            switch (metric) {
            case MetricKind::MacroF1:
                side->classes = 77;
                add({static_cast<double>(i % 77), right > 0 ? static_cast<double>(i % 77) : static_cast<double>(random.below(77))});
                break;
            case MetricKind::SlotF1: add({static_cast<double>(random.below(4)), 1 - right, 1 - right}); break;
            case MetricKind::Bleu:
                add({words - 1, words - 3, words - 4, words - 5, words, words - 1, words - 2, words - 3, words, words + 1});
                break;
            case MetricKind::RougeL: add({random.uniform()}); break;
            default: add({right});
            }
        }
    }
    return pair;
}

int compareSpeed(std::size_t rows, int resamples, int threads)
{
    // The kinds of metric in the proportion that a suite of eleven tasks has them.
    constexpr std::array kMetrics{MetricKind::Accuracy, MetricKind::Accuracy, MetricKind::Accuracy, MetricKind::Accuracy, MetricKind::MacroF1,
        MetricKind::MacroF1, MetricKind::SlotF1, MetricKind::ExactMatch, MetricKind::RougeL, MetricKind::RougeL, MetricKind::Bleu};
    std::vector<SeedPair> tasks;
    for (std::size_t i = 0; i < kMetrics.size(); ++i)
        tasks.push_back(generated(kMetrics[i], rows, i + 1));
    nlohmann::json parts = nlohmann::json::array();
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const auto from = std::chrono::steady_clock::now();
        const stats::PairedDifference found = stats::pairedDifference({tasks[i]}, resamples, i + 1, threads);
        parts.push_back({{"metric", wordOf(kMetrics[i])}, {"se", found.se},
            {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count()}});
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    answerBench({{"bench", "compare"}, {"tasks", tasks.size()}, {"rows", rows}, {"resamples", resamples}, {"threads", threads}, {"seconds", seconds},
        {"rows_per_s", static_cast<double>(tasks.size() * rows) * resamples / seconds}, {"parts", parts}});
    return kDone;
}

std::vector<RunId> runsOf(const std::string& list)
{
    std::vector<RunId> runs;
    std::stringstream words(list);
    for (std::string word; std::getline(words, word, ',');)
        runs.push_back(RunId{std::strtoll(word.c_str(), nullptr, 10)});
    return runs;
}

}  // namespace

void addBenchCompare(CLI::App& bench, Invocation& invocation)
{
    struct Options {
        std::size_t rows = 5000;
        int resamples = 10000, threads = 0;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = bench.add_subcommand("compare", "Paired bootstrap of eleven generated tasks");
    command->add_option("--rows", options->rows)->check(CLI::Range(1, 10000000))->capture_default_str();
    command->add_option("--resamples", options->resamples)->check(CLI::Range(1, 1000000))->capture_default_str();
    command->add_option("--threads", options->threads, "0: all cores")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [options] { return compareSpeed(options->rows, options->resamples, options->threads); };
    });
}

void addBenchServe(CLI::App& bench, Invocation& invocation)
{
    struct Options {
        std::string runs;
        int requests = 200;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(bench, invocation, "serve", "Memory, latency and throughput of one process that holds these runs' models");
    command->add_option("--runs", options->runs, "1,2,3")->required();
    command->add_option("--requests", options->requests)->check(CLI::Range(1, 100000))->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "serve", [&](const JobContext& context) -> Result<void> {
                const Result<jobs::Served> served
                    = jobs::serveHere(projectOf(invocation), runsOf(options->runs), options->requests, context);
                if (!served)
                    return served.error();
                std::cout << nlohmann::json{{"bench", "serve"}, {"peak_mib", served->peakMib}, {"base_mib", served->baseMib},
                    {"load_seconds", served->loadSeconds}, {"first_answer_seconds", served->firstAnswerSeconds}, {"seconds", served->seconds},
                    {"p50", served->p50}, {"p95", served->p95}, {"requests_per_s", served->requestsPerSecond},
                    {"requests", served->requests}, {"models", served->models}}.dump() << std::endl;
                return {};
            });
        };
    });
}

}  // namespace taskfold::cli
