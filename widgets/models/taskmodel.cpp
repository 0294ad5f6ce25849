#include "widgets/models/taskmodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::TaskModel)
};

QVariant splitsOf(const TaskLine& line)
{
    QStringList parts;
    for (const auto& [split, volume] : line.volume.splits)
        parts.append(Words::tr("%1: %2 of %3 rows kept")
                         .arg(titleOf(split), countText(volume.kept), countText(volume.imported)));
    return parts.join(u'\n');
}

QVariant issuesOf(const TaskLine& line)
{
    QStringList parts;
    for (const auto& [split, volume] : line.volume.splits)
        for (const auto& [reason, count] : volume.dropped)
            if (count > 0)
                parts.append(Words::tr("%1, %2: %3").arg(titleOf(split), titleOf(reason), countText(count)));
    return parts.join(u'\n');
}

std::vector<RowModel<TaskLine>::Column> columns()
{
    using Model = RowModel<TaskLine>;
    std::vector<Model::Column> columns{
        {Words::tr("Task"), [](const TaskLine& line) { return toQt(line.volume.task.name); }},
        {Words::tr("Kind"), [](const TaskLine& line) { return line.corpus ? Words::tr("Text") : shortTitleOf(line.volume.task.kind); }},
        Model::numberColumn(
            Words::tr("Rows"), [](const TaskLine& line) { return countText(line.split(Split::Train).kept); },
            [](const TaskLine& line) { return qlonglong{line.split(Split::Train).kept}; },
            Words::tr("Training rows that are kept")),
        Model::numberColumn(
            Words::tr("Tokens"),
            [](const TaskLine& line) {
                return shortCountText(static_cast<double>(line.split(Split::Train).tokens));
            },
            [](const TaskLine& line) { return qlonglong{line.split(Split::Train).tokens}; },
            Words::tr("Tokens of the training rows that are kept; bytes until a base model is added")),
        Model::numberColumn(
            Words::tr("Issues"),
            [](const TaskLine& line) { return line.leftOut() == 0 ? QString() : countText(line.leftOut()); },
            [](const TaskLine& line) { return qlonglong{line.leftOut()}; },
            Words::tr("Rows of all splits that were left out")),
    };
    const auto kind = [](const TaskLine& line) {
        return !line.corpus ? titleOf(line.volume.task.kind) : line.corpus->domain ? Words::tr("Domain text for stage 0") : Words::tr("General text for stage 0");
    };
    columns[TaskModel::KindColumn].toolTip = kind;
    columns[TaskModel::KindColumn].plain = kind;
    columns[TaskModel::RowsColumn].toolTip = splitsOf;
    columns[TaskModel::IssuesColumn].toolTip = issuesOf;
    return columns;
}

}  // namespace

const Volume& TaskLine::split(Split split) const
{
    static const Volume nothing;
    const auto found = volume.splits.find(split);
    return found == volume.splits.end() ? nothing : found->second;
}

std::int64_t TaskLine::leftOut() const
{
    std::int64_t sum = 0;
    for (const auto& [split, one] : volume.splits)
        for (const auto& [reason, count] : one.dropped)
            sum += count;
    return sum;
}

TaskModel::TaskModel(QObject* parent) : RowModel(columns(), parent) { }

void TaskModel::setTasks(const std::vector<TaskVolume>& tasks, const std::vector<Corpus>& corpora, const std::vector<TaskVolume>& documents)
{
    std::vector<TaskLine> lines;
    lines.reserve(tasks.size());
    for (const TaskVolume& task : tasks)
        lines.push_back({task});
    for (const TaskVolume& volume : documents)
        for (const Corpus& corpus : corpora)
            if (volume.task.id.value == -corpus.id.value)
                lines.push_back({volume, corpus});
    setRows(std::move(lines));
}

int TaskModel::indexOf(TaskId task) const
{
    const auto found = std::find_if(
        rows().begin(), rows().end(), [task](const TaskLine& line) { return line.volume.task.id == task; });
    return found == rows().end() ? -1 : static_cast<int>(found - rows().begin());
}

}  // namespace taskfold
