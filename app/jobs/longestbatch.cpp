#include "app/jobs/longestbatch.h"

#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "engine/text/template.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

namespace taskfold::jobs {

namespace {

using Tokens = std::vector<std::int32_t>;

struct Candidate {
    Tokens tokens;
    std::size_t targets = 0;
};

// Of the rows with most bytes, a batch's worth.
Result<std::vector<Row>> longestRows(
    const Project& project, SQLite::Database& database, const Plan& plan, const DatasetVersion& train)
{
    const Result<Rows> rows = storedRows(project, database, train, plan.trainRowsCap);
    if (!rows)
        return rows.error();
    std::vector<Row> longest;
    for (const std::size_t place : mostBytes(*rows, static_cast<std::size_t>(std::max(1, plan.batch))))
        longest.push_back((*rows)[place]);
    return longest;
}

Candidate candidateOf(const Tokenizer* tokenizer, const Task& task, const Row& row, int context)
{
    if (tokenizer == nullptr) {
        const std::string text = promptText(task, row.input) + row.target;
        Tokens tokens(text.begin(), text.end());
        tokens.resize(std::min(tokens.size(), static_cast<std::size_t>(context)));
        return {tokens, std::min(tokens.size(), row.target.size() + 1)};
    }
    Result<Rendered> rendered = render(*tokenizer, task, row, context);
    if (!rendered)
        return {};  // left out by the training, too
    const std::size_t targets = rendered->tokens.size() - rendered->targetStart;
    return {std::move(rendered->tokens), targets};
}

LongestBatch sumOf(std::vector<Candidate> all, std::size_t batch)
{
    std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.tokens.size() > b.tokens.size(); });
    all.resize(std::min(all.size(), batch));
    std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.tokens < b.tokens; });
    LongestBatch sum;
    const Tokens* last = nullptr;
    for (const Candidate& one : all) {
        std::size_t common = 0;
        if (last != nullptr)
            common = static_cast<std::size_t>(
                std::mismatch(last->begin(), last->end(), one.tokens.begin(), one.tokens.end()).first - last->begin());
        sum.tokens += static_cast<std::int64_t>(one.tokens.size() - std::min(common, one.tokens.size()));
        sum.targets += static_cast<std::int64_t>(one.targets);
        last = &one.tokens;
    }
    return sum;
}

std::string keyOf(const Project& project, const Plan& plan, const std::filesystem::path& base)
{
    std::string key = project.folder.string() + "|" + base.string() + "|" + std::to_string(plan.batch) + "|"
        + std::to_string(plan.context) + "|" + std::to_string(plan.trainRowsCap);
    for (const auto* tasks : {&plan.kept, &plan.excluded})
        for (const std::string& name : *tasks) {
            const auto hash = plan.dataHashes.find(dataKey(name, Split::Train));
            key += "|" + name + (hash == plan.dataHashes.end() ? std::string() : hash->second);
        }
    return key;
}

}  // namespace

Result<LongestBatch> longestBatch(
    const Project& project, SQLite::Database& database, const Plan& plan, const std::filesystem::path& base)
{
    static std::mutex mutex;
    static std::map<std::string, LongestBatch> known;
    const std::string key = keyOf(project, plan, base);
    {
        const std::lock_guard lock(mutex);
        if (const auto found = known.find(key); found != known.end())
            return found->second;
    }
    const Result<std::unique_ptr<Tokenizer>> tokenizer
        = base.empty() ? Result<std::unique_ptr<Tokenizer>>(std::unique_ptr<Tokenizer>()) : openTokenizer(base);
    if (!tokenizer)
        return tokenizer.error();
    std::vector<Candidate> all;
    for (const auto* tasks : {&plan.kept, &plan.excluded})
        for (const std::string& name : *tasks) {
            const Result<TaskVersions> task = frozenTask(database, plan, name);
            if (!task)
                return task.error();
            const auto train = task->splits.find(Split::Train);
            if (train == task->splits.end())
                continue;
            const Result<std::vector<Row>> rows = longestRows(project, database, plan, train->second);
            if (!rows)
                return rows.error();
            for (const Row& row : *rows)
                all.push_back(candidateOf(tokenizer->get(), task->task, row, plan.context));
        }
    const LongestBatch found = sumOf(std::move(all), static_cast<std::size_t>(std::max(1, plan.batch)));
    const std::lock_guard lock(mutex);
    known[key] = found;
    return found;
}

}  // namespace taskfold::jobs
