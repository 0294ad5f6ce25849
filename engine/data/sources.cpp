#include "engine/data/sources.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace taskfold::data {

namespace {

namespace fs = std::filesystem;

constexpr std::array kRowFiles{".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".tab"};

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool holdsRows(const fs::path& file)
{
    const std::string extension = lower(file.extension().string());
    return file.filename() != "task.json"
        && std::find(kRowFiles.begin(), kRowFiles.end(), extension) != kRowFiles.end();
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

std::optional<TaskSource> taskFolder(const fs::path& folder)
{
    TaskSource task{folder.filename().string(), {}, {}};
    std::error_code failure;
    if (fs::is_regular_file(folder / "task.json", failure))
        task.taskFile = folder / "task.json";
    for (const fs::path& entry : entriesOf(folder)) {
        if (!fs::is_regular_file(entry, failure) || !holdsRows(entry))
            continue;
        const std::optional<Split> split = splitOfName(entry.stem().string());
        if (split || !task.taskFile.empty())
            task.files.push_back({entry, split});
    }
    return task.files.empty() ? std::nullopt : std::optional(std::move(task));
}

}  // namespace

std::optional<Split> splitOfName(const std::string& stem)
{
    const std::string name = lower(stem);
    const auto is = [&](const char* word) {
        const std::string_view text(word);
        return name == text || name.starts_with(std::string(text) + "-") || name.ends_with("." + std::string(text))
            || name.ends_with("_" + std::string(text)) || name.ends_with("-" + std::string(text))
            || name.starts_with(std::string(text) + "_");
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
    if (!fs::is_directory(path, failure))
        return std::vector{TaskSource{path.stem().string(), {}, {{path, std::nullopt}}}};
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
        return Error{ErrorCode::InvalidInput,
            given.string() + " holds no task: expected train, validation or test files (.jsonl, .json, .csv, .tsv), or "
                             "folders of those"};
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
