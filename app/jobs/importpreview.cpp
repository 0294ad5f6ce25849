#include "app/jobs/importdata.h"
#include "engine/data/mapping.h"
#include "engine/data/rowmaker.h"
#include "engine/data/sources.h"
#include "engine/data/taskfile.h"

#include <algorithm>
#include <system_error>

namespace taskfold::jobs {

namespace {

constexpr std::size_t kPreviewed = 50;
constexpr std::int64_t kLookedAt = 2000;  // rows, for what they look like

Result<std::vector<PreviewedFile>> filesOf(const ImportSource& source)
{
    std::vector<PreviewedFile> files;
    std::error_code failure;
    const auto add = [&](const std::filesystem::path& path, const std::string& task, std::optional<Split> split,
                         const std::filesystem::path& partner) {
        const std::uintmax_t size = std::filesystem::file_size(path, failure);
        files.push_back({path, task, split, failure ? 0 : static_cast<std::int64_t>(size), partner});
    };
    if (source.corpus) {
        const auto texts = data::findTexts(source.path);
        if (!texts)
            return texts.error();
        for (const auto& text : *texts)
            add(text, source.task, std::nullopt, {});
        return files;
    }
    const auto tasks = data::findTasks(source.path);
    if (!tasks)
        return tasks.error();
    for (const data::TaskSource& task : *tasks)
        for (const data::SourceOf& file : task.files)
            add(file.file, source.task.empty() ? task.name : source.task, source.split ? source.split : file.split, file.partner);
    return files;
}

// The record as a row, or what is wrong with it.
void fillRow(const data::Record& record, data::RowMaker& maker, data::MadeBlock& made, PreviewedRow& row)
{
    made.clear();
    maker.begin(made);
    maker.record(record);
    if (const data::RowsView rows = made.staged.rows.view(); rows.size() == 1) {
        row.input = rows.input.at(0);
        row.target = rows.target.at(0);
    }
    if (made.staged.issues.empty())
        return;
    const RowIssue& issue = made.staged.issues.front();
    row.problem = std::string(wordOf(issue.reason)) + (issue.field.empty() ? "" : " (" + issue.field + ")")
        + (issue.detail.empty() ? "" : ": " + issue.detail);
}

// What kind of task the rows look like, unless their columns said so already.
void guessKind(const data::TargetCounts& counts, std::vector<data::Guess>& guesses)
{
    const bool known = std::any_of(guesses.begin(), guesses.end(), [](const data::Guess& guess) { return guess.what == "kind"; });
    if (known || counts.rows == 0)
        return;
    constexpr std::int64_t kMany = 500;
    const Task task = data::guessedTask({}, counts);
    const std::string different = counts.many ? "more than " + std::to_string(data::TargetCounts::kCounted) : std::to_string(counts.targets.size());
    std::string why = "the first " + std::to_string(counts.rows) + " rows have " + different + " different targets";
    if (task.kind == TaskKind::Extraction)
        why = "nearly all targets are pairs of a type and a value";
    guesses.push_back({"kind", std::string(wordOf(task.kind)), std::move(why), counts.rows >= kMany ? 0.9 : 0.6});
}

std::string cellOf(const data::Record& record, const std::string& column)
{
    std::uint32_t hint = 0;
    const data::Value* value = record.find(record.root, column, hint);
    return value ? data::describe(record, *value) : std::string{};
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
    data::ReadOptions options = source.read;
    for (const PreviewedFile& one : preview.files)
        if (one.path == preview.file && !one.partner.empty())
            options.partner = one.partner;
    const Result<data::OpenFile> opened = data::openFile(preview.file, options);
    if (!opened)
        return opened.error();
    preview.used = opened->used;
    preview.columns = opened->columns;
    preview.tree = opened->tree;
    preview.lists = opened->lists;
    preview.guesses = opened->guesses;
    const data::LabelBook labels;
    // Without a mapping yet there are rows to look at all the same.
    Result<data::RowMaker> maker = data::RowMaker::make(*opened, 0, std::nullopt, labels);
    data::ReadTold told;
    data::TargetCounts counts;
    data::MadeBlock made;
    told.record = [&](const data::Record& record) {
        PreviewedRow row{record.line, {}, {}, {}, {}};
        if (maker && !source.corpus) {
            fillRow(record, *maker, made, row);
            counts.add(made.counts);
        }
        if (preview.rows.size() >= kPreviewed)
            return;
        for (const std::string& column : preview.columns)
            row.cells.push_back(cellOf(record, column));
        preview.rows.push_back(std::move(row));
    };
    told.issue = [&](const RowIssue& issue) {
        if (preview.rows.size() >= kPreviewed)
            return;
        PreviewedRow row{issue.line, std::vector<std::string>(std::max<std::size_t>(1, preview.columns.size())), {}, {},
            std::string(wordOf(issue.reason)) + ": " + issue.detail};
        row.cells.front() = issue.excerpt;
        preview.rows.push_back(std::move(row));
    };
    if (Result<void> read = data::readRecords(*opened, told, kLookedAt, context.stop); !read)
        return std::move(read).error();
    guessKind(counts, preview.guesses);
    if (!maker && !source.corpus)
        preview.problem = maker.error().detail;
    return preview;
}

}  // namespace taskfold::jobs
