#include "app/jobs/modelparts.h"

#include "app/jobs/computemodule.h"
#include "engine/data/reader.h"
#include "engine/text/tokenizer.h"

#include <fstream>

namespace taskfold::jobs {

Result<std::vector<std::vector<std::int32_t>>> tokenizeFile(
    const std::filesystem::path& model, const std::filesystem::path& file, const JobContext& context)
{
    const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(model);
    if (!tokenizer)
        return tokenizer.error();
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Error{ErrorCode::NotFound, "there is no file " + file.string()};
    std::vector<std::vector<std::int32_t>> ids;
    for (std::string line; std::getline(in, line);) {
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        ids.push_back((*tokenizer)->encode(line));
    }
    return ids;
}

Result<std::string> generateText(
    const std::filesystem::path& model, const std::string& prompt, int maxNewTokens, const JobContext& context)
{
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    return (*engine)->generate({model, {}, prompt, maxNewTokens}, context.stop);
}

Result<std::vector<double>> scoreFile(
    const std::filesystem::path& model, const std::filesystem::path& file, const JobContext& context)
{
    const Result<data::OpenFile> opened = data::openFile(file, {});
    if (!opened)
        return opened.error();
    std::vector<compute::ScorePair> pairs;
    std::string wrong;
    data::ReadTold told;
    told.record = [&](const data::Record& record) {
        const auto input = data::fieldOf(record, "input");
        const auto target = data::fieldOf(record, "target");
        if (!input || !target || input->empty() || target->empty())
            wrong = "line " + std::to_string(record.line) + " lacks input or target";
        else
            pairs.push_back({input->front(), target->front()});
    };
    told.issue = [&](const RowIssue& issue) { wrong = "line " + std::to_string(issue.line) + ": " + issue.detail; };
    if (Result<void> read = data::readRecords(*opened, file.string(), told, 0, context.stop); !read)
        return std::move(read).error();
    if (!wrong.empty())
        return Error{ErrorCode::InvalidInput, file.string() + ": " + wrong};
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    return (*engine)->score(model, {}, pairs, context.stop);
}

}  // namespace taskfold::jobs
