#include "engine/data/sources.h"

#include "engine/data/reader.h"
#include "engine/data/stream.h"

#include <algorithm>
#include <array>
#include <map>
#include <system_error>

namespace taskfold::data {

namespace {

namespace fs = std::filesystem;

// Inputs and targets of parallel files, by their names' endings.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kPartners{{{".in", ".out"}, {".src", ".tgt"},
    {".source", ".target"}, {".input", ".target"}, {".input", ".output"}, {".text", ".label"}, {".text", ".labels"},
    {".txt", ".label"}, {".txt", ".labels"}}};

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Tells about rows and holds none: our task's, and what the datasets library writes beside its tables.
bool isAbout(const std::string& name)
{
    constexpr std::array<std::string_view, 5> kNames{"task.json", "dataset_info.json", "dataset_dict.json", "dataset_infos.json", "state.json"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool holdsRows(const fs::path& file)
{
    const std::optional<FileFormat> format = formatOfName(file);
    return !isAbout(file.filename().string()) && format && *format != FileFormat::Text;
}

std::vector<fs::path> entriesOf(const fs::path& folder)
{
    std::vector<fs::path> entries;
    std::error_code failure;
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
        entries.push_back(at->path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

// The file of targets that belongs to a file of inputs; empty: it has none.
fs::path partnerOf(const fs::path& file)
{
    std::error_code failure;
    const std::string extension = lower(file.extension().string());
    for (const auto& [inputs, targets] : kPartners) {
        fs::path partner = file;
        partner.replace_extension(targets);
        if (extension == inputs && fs::is_regular_file(partner, failure))
            return partner;
    }
    if (file.filename() == "seq.in" && fs::is_regular_file(file.parent_path() / "label", failure))
        return file.parent_path() / "label";
    return {};
}

// Whether the folder's folders are labels, each with texts in it and nothing else.
bool isLabelFolder(const fs::path& folder)
{
    std::error_code failure;
    int labels = 0;
    for (const fs::path& entry : entriesOf(folder)) {
        if (!fs::is_directory(entry, failure))
            continue;
        if (splitOfName(entry.filename().string()))
            return false;
        const std::vector<fs::path> texts = entriesOf(entry);
        const bool only = !texts.empty() && std::all_of(texts.begin(), texts.end(), [&](const fs::path& text) {
            return fs::is_regular_file(text, failure) && lower(text.extension().string()) == ".txt" && !splitOfName(text.stem().string());
        });
        if (!only)
            return false;
        ++labels;
    }
    return labels >= 2;
}

void addFiles(TaskSource& task, const fs::path& folder, std::optional<Split> ofFolder)
{
    std::error_code failure;
    for (const fs::path& entry : entriesOf(folder)) {
        if (!fs::is_regular_file(entry, failure))
            continue;
        std::string stem = entry.stem().string();
        if (lower(entry.extension().string()) == ".gz")
            stem = fs::path(stem).stem().string();
        const std::optional<Split> split = ofFolder ? ofFolder : splitOfName(stem);
        const fs::path partner = partnerOf(entry);
        const bool text = split && formatOfName(entry) == FileFormat::Text;  // CoNLL's files are often called .txt
        if ((holdsRows(entry) || text || !partner.empty()) && (split || !task.taskFile.empty()))
            task.files.push_back({entry, split, partner});
    }
}

// A folder that holds one split: named like one, and no task of its own (a task may be called train_intent).
std::optional<Split> splitOfFolder(const fs::path& folder)
{
    std::error_code failure;
    if (!fs::is_directory(folder, failure) || fs::exists(folder / "task.json", failure))
        return std::nullopt;
    for (const fs::path& entry : entriesOf(folder))
        if (fs::is_regular_file(entry, failure) && splitOfName(entry.stem().string()))
            return std::nullopt;
    return splitOfName(folder.filename().string());
}

std::optional<TaskSource> taskFolder(const fs::path& folder)
{
    TaskSource task{folder.filename().string(), {}, {}};
    std::error_code failure;
    if (fs::is_regular_file(folder / "task.json", failure))
        task.taskFile = folder / "task.json";
    addFiles(task, folder, std::nullopt);
    if (task.files.empty() && isLabelFolder(folder))
        task.files.push_back({folder, std::nullopt, {}});
    if (task.files.empty())
        for (const fs::path& entry : entriesOf(folder)) {
            const std::optional<Split> split = splitOfFolder(entry);
            if (!split)
                continue;
            if (isLabelFolder(entry))
                task.files.push_back({entry, split, {}});
            else
                addFiles(task, entry, split);
        }
    return task.files.empty() ? std::nullopt : std::optional(std::move(task));
}

// A folder whose files of rows aren't named like splits: all of them together, to be split up.
std::optional<TaskSource> looseFiles(const fs::path& folder)
{
    TaskSource task{folder.filename().string(), {}, {}};
    std::error_code failure;
    for (const fs::path& entry : entriesOf(folder))
        if (fs::is_regular_file(entry, failure) && holdsRows(entry) && !entry.filename().string().starts_with('.'))
            task.files.push_back({entry, std::nullopt, {}});
    return task.files.empty() ? std::nullopt : std::optional(std::move(task));
}

// An archive's files: of one task, or each folder's of a task of its own.
Result<std::vector<TaskSource>> archiveTasks(const fs::path& archive)
{
    const Result<std::vector<ArchiveMember>> members = membersOf(archive);
    if (!members)
        return members.error();
    std::map<std::string, TaskSource> tasks;
    for (const ArchiveMember& member : *members) {
        const fs::path name(member.name);
        const std::optional<FileFormat> format = formatOfName(name);
        if (!format || isAbout(name.filename().string()) || name.filename().string().starts_with('.'))
            continue;
        std::string stem = name.stem().string();
        if (lower(name.extension().string()) == ".gz")
            stem = fs::path(stem).stem().string();
        const std::string folder = name.has_parent_path() ? name.parent_path().filename().string() : archive.stem().string();
        TaskSource& task = tasks[folder];
        task.name = folder;
        task.files.push_back({member.path, splitOfName(stem), {}});
    }
    std::vector<TaskSource> all;
    for (auto& [name, task] : tasks)
        all.push_back(std::move(task));
    if (all.empty())
        return Error{ErrorCode::InvalidInput, archive.filename().string() + " holds no files of rows"};
    return all;
}

}  // namespace

std::optional<Split> splitOfName(const std::string& stem)
{
    const std::string name = lower(stem);
    const auto is = [&](const char* word) {
        const std::string_view text(word);
        return name == text || name.starts_with(std::string(text) + "-") || name.ends_with("." + std::string(text))
            || name.ends_with("_" + std::string(text)) || name.ends_with("-" + std::string(text))
            || name.starts_with(std::string(text) + "_") || name.starts_with(std::string(text) + " ")
            || name.starts_with(std::string(text) + ".") || name.ends_with(" " + std::string(text));
    };
    if (is("train") || is("training"))
        return Split::Train;
    if (is("validation") || is("valid") || is("val") || is("dev"))
        return Split::Validation;
    if (is("test"))
        return Split::Test;
    return std::nullopt;
}

Result<std::vector<TaskSource>> findTasks(const fs::path& given)
{
    std::error_code failure;
    fs::path path = given.lexically_normal();
    if (!path.has_filename())
        path = path.parent_path();  // a trailing slash
    if (!fs::exists(path, failure))
        return Error{ErrorCode::NotFound, "there is no " + given.string()};
    if (!fs::is_directory(path, failure) && lower(path.extension().string()) == ".zip")
        return archiveTasks(path);
    if (!fs::is_directory(path, failure)) {
        const fs::path stem = lower(path.extension().string()) == ".gz" ? path.stem().stem() : path.stem();
        return std::vector{TaskSource{stem.string(), {}, {{path, std::nullopt, partnerOf(path)}}}};
    }
    if (const auto task = taskFolder(fs::absolute(path)))
        return std::vector{*task};
    std::vector<TaskSource> tasks;
    for (const fs::path& entry : entriesOf(path)) {
        if (!fs::is_directory(entry, failure))
            continue;
        if (auto task = taskFolder(entry))
            tasks.push_back(std::move(*task));
    }
    if (tasks.empty())
        if (auto task = looseFiles(fs::absolute(path)))
            return std::vector{*std::move(task)};
    if (tasks.empty())
        return Error{ErrorCode::InvalidInput,
            given.string() + " holds no task: expected train, validation or test files (.jsonl, .json, .csv, .tsv, .conll, "
                             ".parquet, .arrow), a folder for each label, or folders of those"};
    return tasks;
}

Result<std::vector<fs::path>> findTexts(const fs::path& path)
{
    std::error_code failure;
    if (!fs::exists(path, failure))
        return Error{ErrorCode::NotFound, "there is no " + path.string()};
    if (!fs::is_directory(path, failure))
        return std::vector{path};
    std::vector<fs::path> files;
    for (const fs::path& entry : entriesOf(path)) {
        const std::string extension = lower(entry.extension().string());
        if (fs::is_regular_file(entry, failure) && (extension == ".txt" || extension == ".jsonl"))
            files.push_back(entry);
    }
    if (files.empty())
        return Error{ErrorCode::InvalidInput, path.string() + " holds no text: expected .txt or .jsonl files"};
    return files;
}

}  // namespace taskfold::data
