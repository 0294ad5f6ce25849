#include "app/jobs/bases.h"

#include "app/jobs/basepreview.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/convertedbase.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "db/baserepository.h"
#include "db/runrepository.h"
#include "engine/core/clock.h"
#include "engine/core/hash.h"
#include "engine/data/rowstore.h"
#include "engine/format/modelfolder.h"
#include "engine/text/bpetrainer.h"
#include "engine/text/tokenizer.h"

#include <system_error>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

constexpr std::uint64_t kTinySeed = 1;
constexpr std::int64_t kBpeRowsPerTask = 20000;

std::string sizeText(const TinySize& size)
{
    std::string text;
    for (const int number : {size.layers, size.hidden, size.heads, size.keyValueHeads, size.feedForward, size.context, size.vocabulary})
        text += std::to_string(number) + " ";
    return text;
}

// The rows the tokenizer learns from, one text after another.
Result<std::vector<std::string>> trainingTexts(const Project& project, SQLite::Database& database)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    std::vector<std::string> texts;
    for (const TaskVersions& task : *tasks) {
        const auto train = task.splits.find(Split::Train);
        if (train == task.splits.end())
            continue;
        Result<std::vector<Row>> rows = rowsOf(project, database, train->second, kBpeRowsPerTask);
        if (!rows)
            return std::move(rows).error();
        if (!task.task.instruction.empty())
            texts.push_back(task.task.instruction);
        for (const Row& row : *rows)
            texts.push_back(row.input + "\n" + row.target);
    }
    return texts;
}

Result<void> build(const std::filesystem::path& folder, const TinySize& size, const std::vector<std::string>& texts,
    const JobContext& context)
{
    std::size_t next = 0;
    const NextText source = [&]() -> std::optional<std::string_view> {
        if (next == texts.size())
            return std::nullopt;
        return texts[next++];
    };
    if (context.report)
        context.report({0, 0, {}, "learning the tiny model's tokens"});
    const Result<int> tokens = trainBpe(source, size.vocabulary, size.context, folder, context.stop);
    if (!tokens)
        return tokens.error();
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    const Result<compute::ModelFacts> made = (*engine)->makeTiny(size, folder, kTinySeed);
    if (!made)
        return made.error();
    return {};
}

Result<BaseModel> described(const Project& project, const std::filesystem::path& folder, const std::string& name,
    const JobContext& context)
{
    const Result<ModelFolderFacts> facts = inspectModelFolder(folder, context.stop);
    if (!facts)
        return facts.error();
    const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(folder);
    if (!tokenizer)
        return tokenizer.error();
    if ((*tokenizer)->vocabularySize() > facts->config.vocabulary)
        return Error{ErrorCode::InvalidInput, "the tokenizer has more tokens than the model"};
    BaseModel base;
    base.name = name;
    base.path = project.stored(folder);
    base.hash = facts->hash;
    base.parameters = facts->parameters;
    base.bytes = facts->bytes;
    base.context = facts->config.context;
    base.vocabulary = facts->config.vocabulary;
    base.created = nowUtc();
    return base;
}

Result<BaseModel> put(SQLite::Database& database, BaseModel base)
{
    const Result<BaseId> id = db::BaseRepository(database).put(base);
    if (!id)
        return id.error();
    base.id = *id;
    return base;
}

}  // namespace

Result<BaseModel> addBase(
    const Project& project, const std::filesystem::path& path, const std::string& name, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<BasePreview> preview = previewBase(path, context);
    if (!preview)
        return preview.error();
    const ModelPreview& source = preview->model;
    const bool isFolder = source.form == ModelForm::HuggingFace;
    const std::string called = !name.empty() ? name : isFolder ? source.name : source.path.stem().string();
    if (called == "tiny")
        return Error{ErrorCode::InvalidInput, "“tiny” is the built-in model's name: give another one"};
    if (context.report)
        context.report({0, 0, {}, "checking " + called});
    const Result<std::filesystem::path> folder
        = isFolder ? std::filesystem::absolute(source.path).lexically_normal() : convertedBase(project, source, called, context);
    if (!folder)
        return folder.error();
    Result<BaseModel> base = described(project, *folder, called, context);
    if (!base)
        return base;
    return put(**connection, *std::move(base));
}

Result<BaseModel> addRunAsBase(const Project& project, RunId id, const std::string& name)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Run> run = db::RunRepository(**connection).byId(id);
    if (!run)
        return run.error();
    if (run->checkpoint.empty())
        return Error{ErrorCode::InvalidInput, "run " + std::to_string(id.value) + " has no model yet"};
    Result<BaseModel> base = described(project, project.folder / run->checkpoint,
        name.empty() ? "run-" + std::to_string(id.value) : name, {});
    if (!base)
        return base;
    base->run = id;
    return put(**connection, *std::move(base));
}

Result<BaseModel> ensureTiny(const Project& project, const TinySize& size, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    std::error_code failure;
    const std::string wanted = sha256(sizeText(size)).substr(0, 12);
    if (const Result<BaseModel> known = db::BaseRepository(**connection).byName("tiny"))
        if (known->path.find("tiny-" + wanted) != std::string::npos
            && std::filesystem::exists(project.resolved(known->path) / "config.json", failure))
            return *known;
    const Result<std::vector<std::string>> texts = trainingTexts(project, **connection);
    if (!texts)
        return texts.error();
    Sha256 content;
    for (const std::string& text : *texts)
        content.add(text);
    const std::filesystem::path folder = project.models() / ("tiny-" + wanted + "-" + content.hex().substr(0, 12));
    if (!std::filesystem::exists(folder, failure)) {
        const std::filesystem::path beside = folder.string() + "." + std::to_string(::getpid()) + ".part";
        std::filesystem::remove_all(beside, failure);
        if (!std::filesystem::create_directories(beside, failure))
            return Error{ErrorCode::Io, beside.string() + " can't be made"};
        if (Result<void> built = build(beside, size, *texts, context); !built) {
            std::filesystem::remove_all(beside, failure);
            return std::move(built).error();
        }
        std::filesystem::rename(beside, folder, failure);
        if (failure && !std::filesystem::exists(folder))
            return Error{ErrorCode::Io, folder.string() + ": " + failure.message()};
    }
    Result<BaseModel> base = described(project, folder, "tiny", context);
    if (!base)
        return base;
    return put(**connection, *std::move(base));
}

Result<BaseModel> baseOf(const Project& project, const Plan& plan, const JobContext& context)
{
    if (plan.base == "tiny")
        return ensureTiny(project, plan.tiny, context);
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return db::BaseRepository(**connection).byName(plan.base);
}

}  // namespace taskfold::jobs
