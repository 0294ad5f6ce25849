#include "app/gui/mappingjobs.h"

#include "app/gui/importforms.h"
#include "app/jobs/mappingfile.h"
#include "app/jobs/overlaps.h"
#include "db/taskrepository.h"
#include "widgets/parts/text.h"
#include "widgets/plots/overlap.h"

#include <algorithm>

namespace taskfold {

namespace {

Result<void> put(const std::string& text, MappingFound& found)
{
    jobs::ImportSource source;
    if (Result<void> used = jobs::useMapping(text, source); !used)
        return used;
    found.settings = settingsOf(source.read);
    for (const auto& [from, to] : source.labels)
        found.labels[toQt(from)] = toQt(to);
    return {};
}

Result<Task> taskOf(const Project& project, TaskId id)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    return db::TaskRepository(**connection).byId(id);
}

// Training rows of each task (line) in any validation or test split of each (column).
OverlapMatrix matrixOf(const std::vector<jobs::OverlapCell>& cells, const std::vector<Task>& tasks)
{
    OverlapMatrix matrix;
    for (const Task& task : tasks)
        matrix.names.append(toQt(task.name));
    const std::size_t size = tasks.size();
    matrix.counts.assign(size, std::vector<std::int64_t>(size, 0));
    const std::string train(wordOf(Split::Train));
    for (const jobs::OverlapCell& cell : cells) {
        const auto line = matrix.names.indexOf(toQt(cell.task)), column = matrix.names.indexOf(toQt(cell.otherTask));
        if (cell.split == train && cell.otherSplit != train && line >= 0 && column >= 0)
            matrix.counts[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)] += cell.shared;
    }
    return matrix;
}

}  // namespace

Job mappingOfTaskJob(const Project& project, const QString& task, std::shared_ptr<MappingFound> found)
{
    return {"Mapping", [project, task = toStd(task), found](const JobContext&) -> Result<void> {
                const Result<std::string> text = jobs::mappingOfTask(project, task);
                return text ? put(*text, *found) : Result<void>(text.error());
            }};
}

Job mappingInFileJob(const QString& file, std::shared_ptr<MappingFound> found)
{
    return {"Mapping", [file = toStd(file), found](const JobContext&) -> Result<void> {
                jobs::ImportSource source;
                if (Result<void> used = jobs::useMappingFile(file, source); !used)
                    return used;
                found->settings = settingsOf(source.read);
                for (const auto& [from, to] : source.labels)
                    found->labels[toQt(from)] = toQt(to);
                return {};
            }};
}

Job saveMappingJob(const ImportItem& item, const QString& file, const QString& to)
{
    return {"Mapping", [source = sourceOf(item), file = toStd(file), to = toStd(to)](
                           const JobContext&) { return jobs::saveMapping(source, file, to); }};
}

Job labelsJob(const Project& project, const ImportItem& item, const QString& file, std::shared_ptr<LabelsFound> found)
{
    return {toStd(QObject::tr("Counting labels")),
        [project, source = sourceOf(item), file = toStd(file), found](const JobContext& context) -> Result<void> {
            const auto labels = jobs::labelsOf(project, source, file, context);
            if (!labels)
                return labels.error();
            for (const auto& [label, count] : labels->counts)
                found->labels.push_back({toQt(label), count});
            for (const std::string& label : labels->declared)
                found->declared.append(toQt(label));
            return {};
        }};
}

Job relabelJob(const Project& project, TaskId task, const std::map<QString, QString>& renamed, std::shared_ptr<jobs::Labelled> before)
{
    std::map<std::string, std::string> labels;
    for (const auto& [from, to] : renamed)
        labels[toStd(from)] = toStd(to);
    return {toStd(QObject::tr("Merging labels")), [project, task, labels, before](const JobContext& context) -> Result<void> {
                Result<jobs::Labelled> now = jobs::labelledNow(project, task);
                if (!now)
                    return std::move(now).error();
                if (Result<void> done = jobs::relabel(project, task, labels, context); !done)
                    return done;
                *before = *std::move(now);
                return {};
            }};
}

Job putBackJob(const Project& project, std::shared_ptr<jobs::Labelled> before)
{
    return {toStd(QObject::tr("Labels as they were")), [project, before](const JobContext& context) -> Result<void> {
                return before->versions.empty() ? Result<void>{} : jobs::putBack(project, *before, context);
            }};
}

Job overlapJob(const Project& project, std::shared_ptr<OverlapMatrix> found)
{
    return {toStd(QObject::tr("Looking for shared rows")), [project, found](const JobContext& context) -> Result<void> {
                const auto cells = jobs::overlapsOf(project, false, context);
                if (!cells)
                    return cells.error();
                const Result<db::Connection> connection = openExisting(project);
                if (!connection)
                    return connection.error();
                const Result<std::vector<Task>> tasks = db::TaskRepository(**connection).all();
                if (!tasks)
                    return tasks.error();
                *found = matrixOf(*cells, *tasks);
                return {};
            }};
}

Job exportRowsJob(const Project& project, TaskId id, Split split, const QString& to)
{
    return {toStd(QObject::tr("Writing rows")), [project, id, split, to = toStd(to)](const JobContext& context) -> Result<void> {
                if (id.value < 0) {
                    const auto documents = jobs::exportDocuments(project, CorpusId{-id.value}, split, to, context);
                    return documents ? Result<void>{} : Result<void>(documents.error());
                }
                const Result<Task> task = taskOf(project, id);
                if (!task)
                    return task.error();
                const auto written = jobs::exportTaskRows(project, task->name, split, to, context);
                return written ? Result<void>{} : Result<void>(written.error());
            }};
}

Job exportIssuesJob(const Project& project, TaskId id, const QString& to)
{
    return {toStd(QObject::tr("Writing issues")), [project, id, to = toStd(to)](const JobContext&) -> Result<void> {
                if (id.value < 0) {
                    const auto told = jobs::exportCorpusIssues(project, CorpusId{-id.value}, to);
                    return told ? Result<void>{} : Result<void>(told.error());
                }
                const Result<Task> task = taskOf(project, id);
                if (!task)
                    return task.error();
                const auto written = jobs::exportIssues(project, task->name, to);
                return written ? Result<void>{} : Result<void>(written.error());
            }};
}

}  // namespace taskfold
