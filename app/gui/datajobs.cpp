#include "app/gui/datajobs.h"

#include "app/gui/importforms.h"
#include "app/jobs/edits.h"
#include "app/jobs/importdata.h"
#include "app/jobs/volumes.h"
#include "db/corpusrepository.h"
#include "db/taskrepository.h"
#include "widgets/parts/text.h"

namespace taskfold {

namespace {

// The first reasons, so that the sentence stays readable.
Error refusal(const jobs::ImportOutcome& outcome)
{
    constexpr std::size_t kNamed = 5;
    if (outcome.refusedTotal == 0 && !outcome.notes.empty())
        return {ErrorCode::InvalidInput, outcome.notes.front()};
    std::string detail = std::to_string(outcome.refusedTotal) + " rows are refused:";
    for (std::size_t i = 0; i < std::min(kNamed, outcome.refused.size()); ++i) {
        const RowIssue& issue = outcome.refused[i];
        detail += "\n" + issue.file + ":" + std::to_string(issue.line) + ": " + std::string(wordOf(issue.reason)) + " " + issue.detail;
    }
    return {ErrorCode::InvalidInput, detail};
}

jobs::BadRows badRowsOf(OnError onError)
{
    switch (onError) {
    case OnError::Quarantine: return jobs::BadRows::Quarantine;
    case OnError::Stop: return jobs::BadRows::Stop;
    case OnError::Skip: return jobs::BadRows::Skip;
    }
    return jobs::BadRows::Quarantine;
}

jobs::RowsOrder orderOf(RowsOrder order)
{
    switch (order) {
    case RowsOrder::File: return {};
    case RowsOrder::InputUp: return {jobs::RowsOrder::By::Input, false};
    case RowsOrder::InputDown: return {jobs::RowsOrder::By::Input, true};
    case RowsOrder::TargetUp: return {jobs::RowsOrder::By::Target, false};
    case RowsOrder::TargetDown: return {jobs::RowsOrder::By::Target, true};
    case RowsOrder::Longest: return {jobs::RowsOrder::By::Length, true};
    case RowsOrder::Shortest: return {jobs::RowsOrder::By::Length, false};
    }
    return {};
}

}  // namespace

namespace {

Result<void> findCorpusIssues(const Project& project, CorpusId id, std::int64_t limit, IssuesFound& found)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    const Result<std::vector<Corpus>> corpora = db::CorpusRepository(**connection).all();
    Result<std::vector<RowIssue>> issues = jobs::corpusIssuesOf(project, id, {std::nullopt, std::nullopt, 0, limit});
    if (!issues || !corpora)
        return issues ? corpora.error() : std::move(issues).error();
    for (const Corpus& corpus : *corpora)
        for (const auto& [reason, count] : corpus.issues)
            found.total += corpus.id == id ? count : 0;
    found.issues = *std::move(issues);
    return {};
}

}  // namespace

Job issuesJob(const Project& project, TaskId id, std::int64_t limit, std::shared_ptr<IssuesFound> found)
{
    if (id.value < 0)
        return {"Issues", [project, id, limit, found](const JobContext&) { return findCorpusIssues(project, CorpusId{-id.value}, limit, *found); }};
    return {"Issues", [project, id, limit, found](const JobContext&) -> Result<void> {
                const Result<db::Connection> connection = openExisting(project);
                if (!connection)
                    return connection.error();
                const Result<Task> task = db::TaskRepository(**connection).byId(id);
                if (!task)
                    return task.error();
                Result<std::vector<RowIssue>> issues = jobs::issuesOf(project, task->name, {std::nullopt, std::nullopt, 0, limit});
                const Result<std::int64_t> total = jobs::issueCountOf(project, task->name, std::nullopt);
                if (!issues || !total)
                    return issues ? total.error() : std::move(issues).error();
                *found = {*total, *std::move(issues)};
                return {};
            }};
}

Job volumesJob(const Project& project, std::shared_ptr<VolumesFound> found)
{
    return {"Counting", [project, found](const JobContext& context) -> Result<void> {
                const Result<std::string> base = jobs::usualBase(project);
                if (!base)
                    return base.error();
                Result<std::vector<TaskVolume>> volumes = jobs::volumesOf(project, *base, context);
                if (!volumes)
                    return std::move(volumes).error();
                const Result<db::Connection> connection = openExisting(project);
                if (!connection)
                    return connection.error();
                Result<std::vector<Corpus>> corpora = db::CorpusRepository(**connection).all();
                if (!corpora)
                    return std::move(corpora).error();
                Result<std::vector<TaskVolume>> documents = jobs::corpusVolumesOf(project, *base, context);
                if (!documents)
                    return std::move(documents).error();
                *found = {*std::move(volumes), *std::move(corpora), *std::move(documents)};
                return {};
            }};
}

Job rowsJob(const Project& project, const RowsQuery& query, std::int64_t offset, std::int64_t limit,
    std::shared_ptr<RowsFound> found)
{
    return {"Rows", [project, query, offset, limit, found](const JobContext& context) -> Result<void> {
                const bool corpus = query.task.value < 0;
                const Result<db::Connection> connection = openExisting(project);
                if (!connection)
                    return connection.error();
                const Result<Task> task = corpus ? Result<Task>(Task{}) : db::TaskRepository(**connection).byId(query.task);
                if (!task)
                    return task.error();
                const jobs::RowsWanted wanted{task->name, query.split, toStd(query.words), query.masked, offset, limit, orderOf(query.order)};
                const Result<jobs::RowsGiven> given = corpus ? jobs::viewDocuments(project, CorpusId{-query.task.value}, wanted, context)
                                                             : jobs::viewRows(project, wanted, context);
                if (!given)
                    return given.error();
                found->total = given->total;
                for (const jobs::RowView& view : given->rows)
                    found->rows.push_back({view.row, view.masked, view.twin});
                return {};
            }};
}

Job previewJob(const ImportItem& item, const QString& file, std::shared_ptr<ImportPreview> found)
{
    return {"Preview", [source = sourceOf(item), file = std::filesystem::path(toStd(file)), found](const JobContext& context) -> Result<void> {
                const Result<jobs::Previewed> preview = jobs::previewImport(source, file, context);
                if (!preview)
                    return preview.error();
                *found = previewOf(*preview);
                return {};
            }};
}

Job importJobOf(const Project& project, const ImportForm& form, std::shared_ptr<ImportSummary> found)
{
    jobs::ImportRequest request;
    request.badRows = badRowsOf(form.onError);
    for (const ImportItem& item : form.items)
        request.sources.push_back(sourceOf(item));
    return {toStd(QObject::tr("Import")), [project, request, found](const JobContext& context) -> Result<void> {
                const Result<jobs::ImportOutcome> outcome = jobs::importData(project, request, context);
                if (!outcome)
                    return outcome.error();
                if (!outcome->accepted)
                    return refusal(*outcome);
                *found = summaryOf(*outcome);
                return {};
            }};
}

Job putTaskJob(const Project& project, const Task& task)
{
    return {"Edit", [project, task](const JobContext&) { return jobs::putTask(project, task); }};
}

Job removeTaskJob(const Project& project, const Task& task)
{
    return {toStd(QObject::tr("Removing %1").arg(toQt(task.name))),
        [project, name = task.name](const JobContext& context) { return jobs::removeTask(project, name, context); }};
}

Job removeCorpusJob(const Project& project, CorpusId id)
{
    return {toStd(QObject::tr("Removing a text")), [project, id](const JobContext&) -> Result<void> {
                const Result<db::Connection> connection = openExisting(project);
                return connection ? db::CorpusRepository(**connection).remove(id) : Result<void>(connection.error());
            }};
}

}  // namespace taskfold
