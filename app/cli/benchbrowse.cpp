#include "app/cli/benchbrowse.h"

#include "app/cli/benchcommands.h"
#include "app/jobs/rowview.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>

namespace taskfold::cli {

namespace {

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<void> look(const Project& project, const jobs::RowsWanted& wanted, const std::string& what, const JobContext& context)
{
    newPeak();
    const double start = now(), cpu = cpuSeconds();
    const auto given = jobs::viewRows(project, wanted, context);
    if (!given)
        return given.error();
    answerBench({{"bench", "browse"}, {"what", what}, {"seconds", now() - start}, {"cpu_seconds", cpuSeconds() - cpu}, {"rows", given->total}});
    return {};
}

}  // namespace

void newPeak()
{
    std::ofstream("/proc/self/clear_refs") << "5";
}

Result<void> browse(const Project& project, const std::string& task, const JobContext& context)
{
    jobs::RowsWanted first;
    first.task = task;
    jobs::RowsWanted far = first;
    far.offset = 1'000'000;
    jobs::RowsWanted search = first;
    search.words = "flight ticket";
    jobs::RowsWanted byInput = first, byTarget = first, byLength = first, further = first;
    byInput.order.by = further.order.by = jobs::RowsOrder::By::Input;
    byTarget.order.by = jobs::RowsOrder::By::Target;
    byLength.order.by = jobs::RowsOrder::By::Length;
    further.offset = 1000;
    for (const auto& [wanted, what] : {std::pair{first, "first page"}, {far, "page at row 1,000,000"}, {search, "search"},
             {byInput, "sort by input"}, {further, "next page of it"}, {byTarget, "sort by target"}, {byLength, "sort by length"}})
        if (Result<void> done = look(project, wanted, what, context); !done)
            return done;
    return {};
}

}  // namespace taskfold::cli
