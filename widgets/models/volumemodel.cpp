#include "widgets/models/volumemodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::VolumeModel)
};

double shareLeftOut(const VolumeLine& line)
{
    return line.imported > 0
        ? 1 - static_cast<double>(line.count(Fate::Kept)) / static_cast<double>(line.imported)
        : 0;
}

VolumeLine lineOf(const TaskVolume& task, Split split)
{
    VolumeLine line{task.task.id, toQt(task.task.name)};
    const auto found = task.splits.find(split);
    if (found == task.splits.end())
        return line;
    const Volume& volume = found->second;
    line.imported = volume.imported;
    line.tokens = volume.tokens;
    line.rows[0] = volume.kept;
    for (const auto& [reason, count] : volume.dropped)
        line.rows[static_cast<std::size_t>(fateOf(reason))] += count;
    return line;
}

std::vector<RowModel<VolumeLine>::Column> columns()
{
    using Model = RowModel<VolumeLine>;
    std::vector<Model::Column> columns{
        {Words::tr("Task"), [](const VolumeLine& line) { return line.name; }},
        Model::numberColumn(
            Words::tr("Imported"), [](const VolumeLine& line) { return countText(line.imported); },
            [](const VolumeLine& line) { return qlonglong{line.imported}; }),
    };
    for (const Fate fate : kFates)
        columns.push_back(Model::numberColumn(
            titleOf(fate), [fate](const VolumeLine& line) { return countText(line.count(fate)); },
            [fate](const VolumeLine& line) { return qlonglong{line.count(fate)}; }));
    columns.push_back(Model::numberColumn(
        Words::tr("Left out"), [](const VolumeLine& line) { return percentText(shareLeftOut(line)); },
        [](const VolumeLine& line) { return shareLeftOut(line); }));
    columns.push_back(Model::numberColumn(
        Words::tr("Tokens kept"), [](const VolumeLine& line) { return countText(line.tokens); },
        [](const VolumeLine& line) { return qlonglong{line.tokens}; }));
    return columns;
}

}  // namespace

QString titleOf(Fate fate)
{
    switch (fate) {
    case Fate::Kept: return Words::tr("Kept");
    case Fate::Duplicate: return Words::tr("Duplicate");
    case Fate::Leak: return Words::tr("Leaked");
    case Fate::Conflict: return Words::tr("Conflicting");
    case Fate::Invalid: return Words::tr("Invalid");
    case Fate::TooLong: return Words::tr("Too long");
    }
    return {};
}

Fate fateOf(Reason reason)
{
    switch (reason) {
    case Reason::Duplicate:
    case Reason::NearDuplicate: return Fate::Duplicate;
    case Reason::Leak: return Fate::Leak;
    case Reason::Conflict: return Fate::Conflict;
    case Reason::TooLong: return Fate::TooLong;
    default: return Fate::Invalid;
    }
}

std::vector<VolumeLine> volumeLines(const std::vector<TaskVolume>& tasks, Split split, VolumeOrder order)
{
    std::vector<VolumeLine> lines;
    lines.reserve(tasks.size());
    for (const TaskVolume& task : tasks)
        lines.push_back(lineOf(task, split));
    std::stable_sort(lines.begin(), lines.end(), [order](const VolumeLine& a, const VolumeLine& b) {
        switch (order) {
        case VolumeOrder::Volume: return a.count(Fate::Kept) > b.count(Fate::Kept);
        case VolumeOrder::Name: return a.name.localeAwareCompare(b.name) < 0;
        case VolumeOrder::Left: return shareLeftOut(a) > shareLeftOut(b);
        }
        return false;
    });
    return lines;
}

VolumeModel::VolumeModel(QObject* parent) : RowModel(columns(), parent) { }

}  // namespace taskfold
