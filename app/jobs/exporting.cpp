#include "app/jobs/exporting.h"

#include "app/jobs/bases.h"
#include "app/jobs/exportscores.h"
#include "app/jobs/modelfiles.h"
#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "engine/format/adaptermerge.h"
#include "engine/format/ggufwriting.h"
#include "engine/format/modelfolder.h"
#include "engine/format/modelsource.h"
#include "engine/format/newfile.h"

#include <algorithm>
#include <cstdio>
#include <system_error>

namespace taskfold::jobs {

namespace {

/// A place beside the final one; gone with everything in it unless it was kept.
class Beside {
public:
    explicit Beside(const std::filesystem::path& place) : m_path(place) { clear(); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    ~Beside() { clear(); }

    const std::filesystem::path& path() const { return m_path; }

    Result<void> keepAs(const std::filesystem::path& place)
    {
        std::error_code failure;
        std::filesystem::rename(m_path, place, failure);
        if (failure)
            return Error{ErrorCode::Io, place.string() + ": " + failure.message()};
        return syncFolder(place.parent_path());
    }

private:
    void clear()
    {
        std::error_code none;
        std::filesystem::remove_all(m_path, none);
    }

    std::filesystem::path m_path;
};

Result<void> checkRequest(const ExportRequest& request)
{
    std::error_code none;
    if (std::filesystem::exists(request.out, none))
        return Error{ErrorCode::InvalidInput, request.out.string() + " is there already: name another place"};
    const bool known = request.type.empty() || request.type == "f32" || request.type == "f16" || request.type == "bf16"
        || (request.type == "q8_0" && request.format == ExportFormat::Gguf);
    if (!known)
        return Error{ErrorCode::InvalidInput, "--type is f32, f16 or bf16, and for a GGUF file q8_0: not " + request.type};
    if (!request.type.empty() && request.format == ExportFormat::Adapter)
        return Error{ErrorCode::InvalidInput, "an adapter is copied as it is: leave --type out"};
    if (request.rowsPerTask < 1)
        return Error{ErrorCode::InvalidInput, "an export is scored again on one row of each task at least"};
    const std::filesystem::path parent = std::filesystem::absolute(request.out).parent_path();
    if (!std::filesystem::is_directory(parent, none))
        return Error{ErrorCode::NotFound, "there is no folder " + parent.string()};
    return {};
}

Quantisation typeOf(const std::string& word)
{
    if (word == "bf16")
        return Quantisation::BF16;
    if (word == "q8_0")
        return Quantisation::Q8_0;
    return word == "f32" ? Quantisation::F32 : Quantisation::F16;
}

/// One run on its way out.
class Exporter {
public:
    Exporter(const Project& project, SQLite::Database& database, const ExportRequest& request, const JobContext& context)
        : m_project(project), m_database(database), m_request(request), m_context(context)
    {
        const std::filesystem::path place = std::filesystem::absolute(request.out).lexically_normal();
        m_out = place.has_filename() ? place : place.parent_path();
    }

    Result<ExportOutcome> perform()
    {
        if (Result<void> read = readRun(); !read)
            return std::move(read).error();
        Beside written(m_out.string() + ".part"), whole(m_out.string() + ".whole.part"), again(m_out.string() + ".again.part");
        Result<std::filesystem::path> readable = write(written, whole, again);
        if (!readable)
            return std::move(readable).error();
        ExportOutcome outcome;
        Result<std::vector<ExportedTask>> scores
            = scoresOfExport(m_project, m_database, m_run, m_plan, m_checkpoint, *readable, m_request.rowsPerTask, m_context);
        if (!scores)
            return std::move(scores).error();
        outcome.tasks = *std::move(scores);
        outcome.remark = m_remark;
        outcome.bytes = bytesOf(written.path());
        outcome.accepted = std::none_of(outcome.tasks.begin(), outcome.tasks.end(), [](const ExportedTask& task) { return task.fell; });
        if (!outcome.accepted)
            return outcome;
        if (Result<void> kept = written.keepAs(m_out); !kept)
            return std::move(kept).error();
        return outcome;
    }

private:
    Result<void> readRun()
    {
        const Result<Run> run = db::RunRepository(m_database).byId(m_request.run);
        if (!run)
            return run.error();
        m_run = *run;
        if (m_run.checkpoint.empty())
            return Error{ErrorCode::InvalidInput, "run " + std::to_string(m_run.id.value) + " has no model yet"};
        m_checkpoint = m_project.resolved(m_run.checkpoint);
        Result<Plan> plan = planOf(m_project, m_run.plan);
        if (!plan)
            return std::move(plan).error();
        m_plan = *std::move(plan);
        const Result<BaseModel> base = baseOf(m_project, m_plan, m_context);
        if (!base)
            return base.error();
        m_base = m_project.resolved(base->path);
        m_licence = licenceOf(m_base);
        // An adapter may stand on an earlier stage of its run instead of the plan's base.
        if (isAdapter(m_checkpoint)) {
            Result<std::filesystem::path> under = baseOfAdapter(m_checkpoint);
            if (!under)
                return std::move(under).error();
            m_base = *std::move(under);
        }
        if (m_request.format == ExportFormat::Adapter && !isAdapter(m_checkpoint))
            return Error{ErrorCode::InvalidInput, "run " + std::to_string(m_run.id.value) + " trained all weights: it has no adapter to export"};
        return {};
    }

    // Answers the folder in Hugging Face form that this program's reader takes what was written from.
    Result<std::filesystem::path> write(Beside& written, Beside& whole, Beside& again)
    {
        if (m_request.format == ExportFormat::Adapter)
            return copyAdapter(written.path());
        if (m_request.format == ExportFormat::HuggingFace)
            return writeFolder(written.path(), m_request.type.empty() ? "f32" : m_request.type);
        std::filesystem::path source = m_checkpoint;
        if (isAdapter(m_checkpoint)) {
            if (const auto merged = writeFolder(whole.path(), "f32"); !merged)
                return merged;
            source = whole.path();
        }
        tell("writing the GGUF file");
        m_remark = ggufRemark(source);
        const GgufExport settings{typeOf(m_request.type), m_plan.name, m_licence.starts_with("see ") ? std::string() : m_licence};
        if (Result<void> done = writeGguf(source, written.path(), settings, progress(), m_context.stop); !done)
            return std::move(done).error();
        tell("reading it again");
        const Result<ModelPreview> preview = previewModel(written.path());
        if (!preview)
            return preview.error();
        if (Result<void> made = makeFolder(again.path()); !made)
            return std::move(made).error();
        if (Result<void> converted = convertModel(*preview, again.path(), progress(), m_context.stop); !converted)
            return std::move(converted).error();
        return again.path();
    }

    Result<std::filesystem::path> writeFolder(const std::filesystem::path& folder, const std::string& type)
    {
        if (Result<void> made = makeFolder(folder); !made)
            return std::move(made).error();
        tell("writing the weights");
        const ModelFiles files{m_checkpoint, m_base, m_plan.name, m_licence};
        if (Result<void> done = writeModelFiles(files, folder, type, progress(), m_context.stop); !done)
            return std::move(done).error();
        tell("reading it again");
        const Result<ModelFolderFacts> facts = inspectModelFolder(folder, m_context.stop);
        if (!facts)
            return facts.error();
        return folder;
    }

    Result<std::filesystem::path> copyAdapter(const std::filesystem::path& folder)
    {
        if (Result<void> made = makeFolder(folder); !made)
            return std::move(made).error();
        // Its base is named from where it lies: out there, by its whole path.
        const Result<std::string> config = adapterConfigWithBase(m_checkpoint, m_base);
        if (!config)
            return config.error();
        if (Result<void> written = writeWhole(folder / "adapter_config.json", *config); !written)
            return std::move(written).error();
        if (Result<void> copied = copyFile(m_checkpoint / "adapter_model.safetensors", folder / "adapter_model.safetensors"); !copied)
            return std::move(copied).error();
        if (Result<void> copied = copyTokenizerFiles({m_checkpoint, m_base}, folder); !copied)
            return std::move(copied).error();
        return folder;
    }

    Written progress() const
    {
        return [this](std::int64_t bytes, std::int64_t total) {
            if (m_context.report)
                m_context.report({bytes, total, m_run.id, m_phase});
        };
    }

    void tell(const char* phase)
    {
        m_phase = phase;
        if (m_context.report)
            m_context.report({0, 0, m_run.id, phase});
    }

    const Project& m_project;
    SQLite::Database& m_database;
    const ExportRequest& m_request;
    const JobContext& m_context;
    std::filesystem::path m_out, m_checkpoint, m_base;
    Run m_run;
    Plan m_plan;
    std::string m_licence, m_remark, m_phase;
};

}  // namespace

std::string_view wordOf(ExportFormat format)
{
    switch (format) {
    case ExportFormat::HuggingFace: return "hf";
    case ExportFormat::Gguf: return "gguf";
    case ExportFormat::Adapter: return "adapter";
    }
    return "hf";
}

std::optional<ExportFormat> exportFormatOf(std::string_view word)
{
    for (const ExportFormat format : {ExportFormat::HuggingFace, ExportFormat::Gguf, ExportFormat::Adapter})
        if (wordOf(format) == word)
            return format;
    return {};
}

std::string fallenTasks(const ExportOutcome& outcome)
{
    std::string words;
    for (const ExportedTask& task : outcome.tasks) {
        if (!task.fell)
            continue;
        char text[128];
        std::snprintf(text, sizeof text, " fell from %.1f to %.1f (margin %.1f, %lld rows)", 100 * task.before, 100 * task.after,
            100 * task.margin, static_cast<long long>(task.n));
        words += (words.empty() ? "" : "; ") + task.name + text;
    }
    return words;
}

bool hasAdapter(const Project& project, const Run& run)
{
    return !run.checkpoint.empty() && isAdapter(project.resolved(run.checkpoint));
}

Result<ExportOutcome> exportRun(const Project& project, const ExportRequest& request, const JobContext& context)
{
    if (Result<void> fine = checkRequest(request); !fine)
        return std::move(fine).error();
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    return Exporter(project, **connection, request, context).perform();
}

}  // namespace taskfold::jobs
