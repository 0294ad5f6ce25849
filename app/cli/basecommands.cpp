#include "app/cli/command.h"
#include "app/jobs/basepreview.h"
#include "app/jobs/bases.h"
#include "db/baserepository.h"
#include "engine/format/modelfolder.h"

#include <CLI/CLI.hpp>

#include <cmath>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

struct AddOptions {
    std::string path, name;
    std::int64_t run = 0;
    bool dryRun = false;
};

// What is read from a base's folder, and not kept in the database.
struct FolderWords {
    std::string family, licence;
};

FolderWords wordsOf(const Project& project, const BaseModel& base)
{
    const std::filesystem::path folder = project.resolved(base.path);
    const Result<ModelConfig> config = readModelConfig(folder);
    return {config ? familyName(*config) : std::string(), licenceOf(folder)};
}

json baseJson(const Project& project, const BaseModel& base)
{
    const FolderWords words = wordsOf(project, base);
    return {{"name", base.name}, {"path", base.path}, {"hash", base.hash}, {"parameters", base.parameters},
        {"bytes", base.bytes}, {"context", base.context}, {"vocabulary", base.vocabulary}, {"family", words.family},
        {"licence", words.licence}};
}

const char* wordOf(ModelForm form)
{
    switch (form) {
    case ModelForm::HuggingFace: return "hf";
    case ModelForm::Gguf: return "gguf";
    case ModelForm::Llama2c: return "llama2c";
    }
    return "hf";
}

void tellPreview(const Invocation& invocation, const jobs::BasePreview& preview)
{
    const ModelPreview& model = preview.model;
    const auto mib = [](double size) { return std::to_string(static_cast<std::int64_t>(std::ceil(size))) + " MiB"; };
    const json value{{"path", model.path.string()}, {"form", wordOf(model.form)}, {"name", model.name},
        {"family", familyName(model.config)}, {"parameters", model.parameters}, {"context", model.config.context},
        {"vocabulary", model.config.vocabulary}, {"tokens", preview.tokens}, {"stored_as", model.storedAs},
        {"bytes", model.bytes}, {"licence", model.licence},
        {"memory_mib", {{"full", preview.fullMib}, {"full_bf16", preview.fullBf16Mib}, {"lora", preview.loraMib}}}};
    answer(invocation, value,
        table({{"name", model.name}, {"family", familyName(model.config)}, {"parameters", std::to_string(model.parameters)},
            {"context", std::to_string(model.config.context)}, {"vocabulary", std::to_string(model.config.vocabulary)},
            {"weights in", model.storedAs}, {"licence", model.licence.empty() ? "not said" : model.licence},
            {"memory to train: full, fp32", mib(preview.fullMib)}, {"memory to train: full, bf16", mib(preview.fullBf16Mib)},
            {"memory to train: LoRA, bf16", mib(preview.loraMib)}}));
}

Result<void> add(const Invocation& invocation, const AddOptions& options, const JobContext& context)
{
    const Project project = projectOf(invocation);
    if (options.path.empty() == (options.run == 0))
        return Error{ErrorCode::InvalidInput, "name a model's folder or file, or a run with --run"};
    if (options.dryRun && options.run > 0)
        return Error{ErrorCode::InvalidInput, "--dry-run is for a folder or a file"};
    if (options.dryRun) {
        const Result<jobs::BasePreview> preview = jobs::previewBase(options.path, context);
        if (!preview)
            return preview.error();
        tellPreview(invocation, *preview);
        return {};
    }
    const Result<BaseModel> added = options.run > 0 ? jobs::addRunAsBase(project, RunId{options.run}, options.name)
                                                    : jobs::addBase(project, options.path, options.name, context);
    if (!added)
        return added.error();
    const FolderWords words = wordsOf(project, *added);
    answer(invocation, baseJson(project, *added),
        added->name + ": " + words.family + ", " + std::to_string(added->parameters) + " parameters, licence "
            + (words.licence.empty() ? "not said" : words.licence) + "\n");
    return {};
}

Result<void> list(const Invocation& invocation)
{
    const Project project = projectOf(invocation);
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    const Result<std::vector<BaseModel>> all = db::BaseRepository(**connection).all();
    if (!all)
        return all.error();
    json bases = json::array();
    std::vector<std::vector<std::string>> rows{{"name", "family", "parameters", "context", "vocabulary", "licence", "path"}};
    for (const BaseModel& one : *all) {
        const FolderWords words = wordsOf(project, one);
        bases.push_back(baseJson(project, one));
        rows.push_back({one.name, words.family, std::to_string(one.parameters), std::to_string(one.context),
            std::to_string(one.vocabulary), words.licence, one.path});
    }
    answer(invocation, {{"bases", bases}}, table(rows));
    return {};
}

}  // namespace

void addBaseCommands(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<AddOptions>();
    CLI::App* base = app.add_subcommand("base", "Models that training starts from");
    base->require_subcommand(1);
    CLI::App* adding = addCommand(
        *base, invocation, "add", "A folder in Hugging Face form, a GGUF file, a llama2.c .bin file, or a run's model");
    adding->add_option("path", options->path, "The model's folder or file");
    adding->add_option("--name", options->name, "What to call it; its file's name otherwise");
    adding->add_option("--run", options->run, "Take this run's model");
    adding->add_flag("--dry-run", options->dryRun, "Only say what it is, and what memory training it takes");
    adding->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "base", [&](const JobContext& context) { return add(invocation, *options, context); });
        };
    });
    CLI::App* listing = addCommand(*base, invocation, "list", "Base models of the project");
    listing->callback([&invocation] {
        invocation.action = [&invocation]() -> int {
            return perform(invocation, "base", [&](const JobContext&) { return list(invocation); });
        };
    });
}

}  // namespace taskfold::cli
