#include "app/jobs/importdata.h"
#include "engine/data/cleaning.h"
#include "engine/data/sources.h"

#include <algorithm>
#include <system_error>

namespace taskfold::jobs {

namespace {

constexpr std::int64_t kPreviewed = 50;

Result<std::vector<PreviewedFile>> filesOf(const ImportSource& source)
{
    std::vector<PreviewedFile> files;
    std::error_code failure;
    const auto add = [&](const std::filesystem::path& path, const std::string& task, std::optional<Split> split) {
        files.push_back({path, task, split, static_cast<std::int64_t>(std::filesystem::file_size(path, failure))});
    };
    if (source.corpus) {
        const auto texts = data::findTexts(source.path);
        if (!texts)
            return texts.error();
        for (const auto& text : *texts)
            add(text, source.task, std::nullopt);
        return files;
    }
    const auto tasks = data::findTasks(source.path);
    if (!tasks)
        return tasks.error();
    for (const data::TaskSource& task : *tasks)
        for (const data::SourceOf& file : task.files)
            add(file.file, source.task.empty() ? task.name : source.task, source.split ? source.split : file.split);
    return files;
}

std::string problemOf(const data::Record& record, const data::ReadOptions& used, bool corpus)
{
    if (corpus)
        return {};
    std::vector<RowIssue> issues;
    data::rowOf(record, used.columns, {}, issues);
    if (issues.empty())
        return {};
    const RowIssue& issue = issues.front();
    return std::string(wordOf(issue.reason)) + (issue.field.empty() ? "" : " (" + issue.field + ")")
        + (issue.detail.empty() ? "" : ": " + issue.detail);
}

}  // namespace

Result<Previewed> previewImport(const ImportSource& source, const std::filesystem::path& file, const JobContext& context)
{
    Result<std::vector<PreviewedFile>> files = filesOf(source);
    if (!files)
        return std::move(files).error();
    Previewed preview;
    preview.files = *std::move(files);
    preview.file = file.empty() ? preview.files.front().path : file;
    const Result<data::OpenFile> opened = data::openFile(preview.file, source.read);
    if (!opened)
        return opened.error();
    preview.used = opened->used;
    preview.columns = opened->columns;
    data::ReadTold told;
    told.record = [&](const data::Record& record) {
        PreviewedRow row{record.line, {}, problemOf(record, opened->used, source.corpus)};
        for (const std::string& column : preview.columns) {
            const auto value = data::fieldOf(record, column);
            row.cells.push_back(value && !value->empty() ? value->front() : std::string{});
        }
        preview.rows.push_back(std::move(row));
    };
    told.issue = [&](const RowIssue& issue) {
        PreviewedRow row{issue.line, std::vector<std::string>(std::max<std::size_t>(1, preview.columns.size())),
            std::string(wordOf(issue.reason)) + ": " + issue.detail};
        row.cells.front() = issue.excerpt;
        preview.rows.push_back(std::move(row));
    };
    if (Result<void> read = data::readRecords(*opened, preview.file.string(), told, kPreviewed, context.stop); !read)
        return std::move(read).error();
    return preview;
}

}  // namespace taskfold::jobs
