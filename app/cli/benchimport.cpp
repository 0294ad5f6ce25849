#include "app/cli/benchbrowse.h"
#include "app/cli/benchcommands.h"
#include "app/jobs/importdata.h"
#include "engine/data/nearrows.h"
#include "engine/core/random.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <unistd.h>

namespace taskfold::cli {

namespace {

struct BenchOptions {
    std::string file, scratch;
    std::vector<int> copies{1};
    int threads = 0;
    std::int64_t near = 0;
    bool browse = false, corpus = false;
};

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A project of its own that goes when the measurement ends.
class Scratch {
public:
    explicit Scratch(const std::string& folder)
        : m_folder((folder.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(folder))
              / ("taskfold-bench-" + std::to_string(::getpid())))
    {
        std::filesystem::remove_all(m_folder);
        std::filesystem::create_directories(m_folder);
    }
    ~Scratch()
    {
        std::error_code failure;
        std::filesystem::remove_all(m_folder, failure);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const std::filesystem::path& path() const { return m_folder; }

private:
    std::filesystem::path m_folder;
};

// The file several times over, each copy's inputs made its own where its lines begin with an input.
Result<std::filesystem::path> repeated(const std::filesystem::path& file, int copies, const std::filesystem::path& folder)
{
    if (copies == 1)
        return file;
    if (file.extension() != ".jsonl")
        return Error{ErrorCode::InvalidInput, "only files of JSON lines can be had several times over"};
    const std::filesystem::path made = folder / ("x" + std::to_string(copies) + file.extension().string());
    std::ofstream out(made, std::ios::binary);
    for (int copy = 0; copy < copies; ++copy) {
        std::ifstream in(file, std::ios::binary);
        std::string line;
        const std::string marked = "\"input\": \"";
        while (std::getline(in, line)) {
            if (const std::size_t at = line.find(marked); copy > 0 && at != std::string::npos)
                line.insert(at + marked.size(), std::to_string(copy) + "/");
            out << line << '\n';
        }
    }
    if (!out.flush())
        return Error{ErrorCode::DiskFull, "no room for " + made.string()};
    out.close();
    ::sync();  // the file's own way to the disk isn't part of what is measured
    return made;
}

// One import; answers its nanoseconds a row. A dry run does everything but the sync and the names: their time is the disk's.
Result<double> importOnce(const Project& project, jobs::ImportRequest request, bool dry, int copies, const JobContext& context)
{
    request.dryRun = dry;
    const auto bytes = static_cast<double>(std::filesystem::file_size(request.sources.front().path));
    newPeak();
    const double start = now(), cpu = cpuSeconds();
    const auto outcome = jobs::importData(project, request, context);
    const double seconds = now() - start, used = cpuSeconds() - cpu;
    if (!outcome)
        return outcome.error();
    std::int64_t rows = 0, kept = 0, issues = 0;
    for (const jobs::ImportedSplit& split : outcome->versions) {
        rows += split.version.rowsIn;
        kept += split.version.rowsKept;
        for (const auto& [reason, count] : split.version.issues)
            issues += count;
    }
    for (const Corpus& corpus : outcome->corpora) {
        rows += corpus.documentsIn;
        kept += corpus.documentsKept + corpus.heldOut;
        for (const auto& [reason, count] : corpus.issues)
            issues += count;
    }
    const double each = seconds / static_cast<double>(std::max<std::int64_t>(rows, 1)) * 1e9;
    answerBench({{"bench", dry ? "import" : "import_synced"}, {"copies", copies}, {"mib", bytes / 1048576}, {"mib_per_s", bytes / seconds / 1048576},
        {"seconds", seconds}, {"cpu_seconds", used}, {"rows_per_s", static_cast<double>(rows) / seconds}, {"rows", rows}, {"kept", kept},
        {"issues", issues}, {"ns_per_row", each}});
    return each;
}

Result<double> measure(const BenchOptions& options, int copies, const JobContext& context)
{
    const Scratch scratch(options.scratch);
    const Result<std::filesystem::path> file = repeated(options.file, copies, scratch.path());
    if (!file)
        return file.error();
    const Project project{scratch.path() / "project"};
    if (Result<void> made = newProject(project); !made)
        return std::move(made).error();
    jobs::ImportRequest request;
    request.threads = options.threads;
    jobs::ImportSource source;
    source.path = *file;
    source.task = "bench";
    source.corpus = options.corpus;
    request.sources.push_back(source);
    Result<double> each = 0.0;
    if (!options.browse)
        if (each = importOnce(project, request, true, copies, context); !each || copies > 1)
            return each;
    if (Result<double> durable = importOnce(project, request, false, copies, context); !durable)
        return durable;
    if (options.browse)
        if (Result<void> looked = browse(project, "bench", context); !looked)
            return std::move(looked).error();
    return each;
}

// The same rows once and several times over: what a row costs, and how much more it costs where there are most of them.
Result<void> measureAll(const BenchOptions& options, const JobContext& context)
{
    std::vector<double> each;
    for (const int copies : options.copies) {
        const Result<double> one = measure(options, std::max(1, copies), context);
        if (!one)
            return one.error();
        each.push_back(*one);
    }
    if (each.size() > 1 && each.front() > 0)
        answerBench({{"bench", "import_linearity"}, {"copies", options.copies}, {"ns_per_row", each}, {"last_to_first", each.back() / each.front()}});
    return {};
}

// Short made-up rows, a tenth of which are others with a word changed.
Result<void> measureNear(std::int64_t count, int threads, const std::string& folder, const JobContext& context)
{
    const Scratch scratch(folder);
    Random random{7};
    std::vector<std::string> rows;
    for (std::int64_t i = 0; i < count; ++i) {
        if (i > 0 && i % 10 == 0) {
            rows.push_back(rows[random.next() % rows.size()] + "!");
            continue;
        }
        std::string row;
        for (int word = 0; word < 10; ++word)
            row += (word > 0 ? " " : "") + std::string(1, static_cast<char>('a' + random.next() % 26)) + std::to_string(random.next() % 5000);
        rows.push_back(std::move(row));
    }
    data::NearSearch search;
    search.count = count;
    search.threads = threads;
    search.folder = scratch.path();
    search.textAt = [&](std::int64_t i) -> std::string_view { return rows[static_cast<std::size_t>(i)]; };
    newPeak();
    const double start = now();
    const auto pairs = data::nearPairs(search, context.stop);
    if (!pairs)
        return pairs.error();
    const double seconds = now() - start;
    answerBench({{"bench", "near"}, {"rows", count}, {"found", pairs->size()}, {"planted", (count - 1) / 10}, {"seconds", seconds},
        {"rows_per_s", static_cast<double>(count) / seconds}});
    return {};
}

}  // namespace

void addBenchImport(CLI::App& bench, Invocation& invocation)
{
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = addCommand(bench, invocation, "import",
        "Read, check, normalise, deduplicate, count and store a file; printed as JSON lines", false);
    command->add_option("file", options->file, "A file of rows")->required();
    command->add_option("--copies", options->copies, "How many times over, one measurement each: 1,4,16")->delimiter(',');
    command->add_option("--threads", options->threads, "0: as many as there are");
    command->add_option("--scratch", options->scratch, "Folder for the project that is made");
    command->add_flag("--browse", options->browse, "Import in earnest, then show, search and sort its rows");
    command->add_flag("--corpus", options->corpus, "The file is text for stage 0");
    command->add_option("--near", options->near, "Search near duplicates among so many made-up rows, too");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "bench import", [&](const JobContext& context) -> Result<void> {
                const JobContext quiet{context.stop, {}};
                if (Result<void> done = measureAll(*options, quiet); !done)
                    return done;
                return options->near > 0 ? measureNear(options->near, options->threads, options->scratch, quiet) : Result<void>{};
            });
        };
    });
}

}  // namespace taskfold::cli
