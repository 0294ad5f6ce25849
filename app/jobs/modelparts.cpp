#include "app/jobs/modelparts.h"

#include "app/jobs/computemodule.h"
#include "engine/data/mapping.h"
#include "engine/data/reader.h"

#include <nlohmann/json.hpp>

#include <fstream>

namespace taskfold::jobs {

std::vector<std::string_view> Texts::views() const
{
    std::vector<std::string_view> all;
    std::size_t from = 0;
    for (const std::size_t end : ends) {
        all.push_back(std::string_view(bytes).substr(from, end - from));
        from = end;
    }
    return all;
}

Result<Texts> readTexts(const std::filesystem::path& file, const std::string& field, const JobContext& context)
{
    std::ifstream in(file, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(file))
        return Error{ErrorCode::NotFound, "there is no file " + file.string()};
    Texts texts;
    for (std::string line; std::getline(in, line);) {
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (!field.empty()) {
            const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
            if (!row.is_object() || !row.contains(field) || !row[field].is_string())
                return Error{ErrorCode::InvalidInput,
                    "line " + std::to_string(texts.ends.size() + 1) + " of " + file.string() + " has no text " + field};
            line = row[field].get<std::string>();
        }
        texts.bytes += line;
        texts.ends.push_back(texts.bytes.size());
    }
    return texts;
}

Result<TokenBatch> tokenizeFile(const std::filesystem::path& model, const std::filesystem::path& file, const std::string& field,
    const JobContext& context)
{
    const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(model);
    if (!tokenizer)
        return tokenizer.error();
    const Result<Texts> texts = readTexts(file, field, context);
    if (!texts)
        return texts.error();
    TokenBatch ids = (*tokenizer)->encodeBatch(texts->views(), SpecialTokens::Parse, 0, context.stop);
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    return ids;
}

Result<std::string> generateText(const std::filesystem::path& model, const std::string& prompt, int maxNewTokens,
    const Sampling& sampling, const JobContext& context)
{
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    return (*engine)->generate({model, {}, prompt, maxNewTokens, sampling.temperature, sampling.topK, sampling.topP, sampling.seed}, context.stop);
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
        const std::vector<std::string> input = data::textsAt(record, "input"), target = data::textsAt(record, "target");
        if (input.empty() || target.empty())
            wrong = "line " + std::to_string(record.line) + " lacks input or target";
        else
            pairs.push_back({input.front(), target.front()});
    };
    told.issue = [&](const RowIssue& issue) { wrong = "line " + std::to_string(issue.line) + ": " + issue.detail; };
    if (Result<void> read = data::readRecords(*opened, told, 0, context.stop); !read)
        return std::move(read).error();
    if (!wrong.empty())
        return Error{ErrorCode::InvalidInput, file.string() + ": " + wrong};
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    return (*engine)->score(model, {}, pairs, context.stop);
}

}  // namespace taskfold::jobs
