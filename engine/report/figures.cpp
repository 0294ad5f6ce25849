#include "engine/report/block.h"
#include "engine/report/figureparts.h"
#include "engine/report/words.h"

#include <algorithm>
#include <cmath>

namespace taskfold::report {

namespace {

using namespace svg;

constexpr std::size_t kRowsOfPart = 44;  // what a page holds

// The tasks that a drawing shows, a line each; its scale is that of all.
struct Rows {
    std::size_t from = 0, to = 0;

    std::size_t count() const { return to - from; }
};

std::string forest(const ReportData& data, const Rows& rows)
{
    Scale scale{-0.02, 0.02};
    for (const TaskComparison& task : data.comparison->tasks) {
        scale.low = std::min({scale.low, task.low, -1.2 * task.margin});
        scale.high = std::max({scale.high, task.high, task.margin});
    }
    const double room = 0.06 * (scale.high - scale.low);
    scale.low -= room;
    scale.high += room;
    const double height = kTop + kLine * static_cast<double>(rows.count()) + 34;
    std::string body = axis(scale, height, "%+g", 100);
    body += line(scale.at(0), kTop - 10, scale.at(0), height - 24, "line");
    double y = kTop + kLine / 2;
    for (std::size_t i = rows.from; i < rows.to; ++i) {
        const TaskComparison& task = data.comparison->tasks[i];
        body += label(kLeft - 12, y + 4, cutName(task.name), "end");
        if (task.verdict != Verdict::NotComputable) {
            const char* look = lookOf(task.verdict);
            body += line(scale.at(-task.margin), y - 8, scale.at(-task.margin), y + 8, "margin");
            body += line(scale.at(task.low), y, scale.at(task.high), y, look);
            body += line(scale.at(task.low), y - 4, scale.at(task.low), y + 4, look);
            body += line(scale.at(task.high), y - 4, scale.at(task.high), y + 4, look);
            body += dot(scale.at(task.difference), y, look);
        } else {
            body += label(scale.at(0) + 8, y + 4, said(data.language, "not computable"), "start", "muted");
        }
        y += kLine;
    }
    return framed(height, body, "Differences with intervals, task by task. " + data.suiteLine);
}

std::string bars(const ReportData& data, const Rows& rows)
{
    const Scale scale{0, 1};
    const double height = kTop + 34 * static_cast<double>(rows.count()) + 54;
    std::string body = axis(scale, height, "%g", 100);
    body += bar(kLeft, 4, 12, 10, "b") + label(kLeft + 18, 13, said(data.language, "Single-task models"), "start", "muted");
    body += bar(kLeft + 170, 4, 12, 10, "a") + label(kLeft + 188, 13, said(data.language, "Folded"), "start", "muted");
    double y = kTop + 4;
    for (std::size_t i = rows.from; i < rows.to; ++i) {
        const TaskComparison& task = data.comparison->tasks[i];
        if (task.verdict == Verdict::NotComputable) {
            body += label(kLeft - 12, y + 16, cutName(task.name), "end")
                + label(kLeft + 5, y + 16, said(data.language, "not computable"), "start", "muted");
            y += 34;
            continue;
        }
        const double single = std::clamp(task.single, 0.0, 1.0), multi = std::clamp(task.multi, 0.0, 1.0);
        body += label(kLeft - 12, y + 16, cutName(task.name), "end");
        body += bar(kLeft, y, scale.at(single) - kLeft, 11, "b") + bar(kLeft, y + 13, scale.at(multi) - kLeft, 11, "a");
        body += label(scale.at(single) + 5, y + 9, pointsOf(task.single), "start", "muted");
        body += label(scale.at(multi) + 5, y + 22, pointsOf(task.multi), "start", "muted");
        y += 34;
    }
    return framed(height, body, "Scores of single-task models and of the one model, task by task");
}

std::string volume(const ReportData& data, const Rows& shown)
{
    std::vector<std::pair<double, std::string>> tasks;
    for (const TaskVolume& task : data.tasks) {
        const auto train = task.splits.find(Split::Train);
        tasks.emplace_back(train == task.splits.end() ? 0 : static_cast<double>(train->second.kept), task.task.name);
    }
    std::sort(tasks.rbegin(), tasks.rend());
    const Scale scale{0, tasks.empty() ? 1 : std::max(1.0, tasks.front().first)};
    const double height = kTop + kLine * static_cast<double>(shown.count()) + 34;
    std::string body = axis(scale, height, "%g", 1);
    double y = kTop;
    for (std::size_t i = shown.from; i < shown.to; ++i) {
        const auto& [rows, name] = tasks[i];
        body += label(kLeft - 12, y + 15, cutName(name), "end") + bar(kLeft, y + 3, scale.at(rows) - kLeft, 16, "a")
            + label(scale.at(rows) + 5, y + 15, format("%.0f", rows), "start", "muted");
        y += kLine;
    }
    return framed(height, body, "Training rows kept, by task");
}

bool hasLines(FigureKind kind)
{
    return kind == FigureKind::Forest || kind == FigureKind::Bars || kind == FigureKind::Volume;
}

std::size_t linesOf(FigureKind kind, const ReportData& data)
{
    return kind == FigureKind::Volume ? data.tasks.size() : data.comparison ? data.comparison->tasks.size() : 0;
}

std::string drawn(FigureKind kind, const ReportData& data, const Rows& rows)
{
    if (kind == FigureKind::Volume)
        return volume(data, rows);
    if (!data.comparison)
        return {};
    switch (kind) {
    case FigureKind::Bars: return bars(data, rows);
    case FigureKind::Scatter: return scatter(data);
    case FigureKind::Slopes: return slopes(data);
    case FigureKind::ByVolume: return overVolume(data);
    case FigureKind::ByAffinity: return overAffinity(data);
    case FigureKind::Reliability: return reliability(data);
    default: return forest(data, rows);
    }
}

}  // namespace

std::string_view wordOf(FigureKind kind)
{
    switch (kind) {
    case FigureKind::Forest: return "forest";
    case FigureKind::Bars: return "bars";
    case FigureKind::Scatter: return "scatter";
    case FigureKind::Slopes: return "slopes";
    case FigureKind::ByVolume: return "by-volume";
    case FigureKind::ByAffinity: return "by-affinity";
    case FigureKind::Reliability: return "reliability";
    case FigureKind::Volume: return "volume";
    }
    return {};
}

const std::vector<FigureKind>& allFigures()
{
    static const std::vector<FigureKind> all{FigureKind::Forest, FigureKind::Bars, FigureKind::Scatter, FigureKind::Slopes,
        FigureKind::ByVolume, FigureKind::ByAffinity, FigureKind::Reliability, FigureKind::Volume};
    return all;
}

std::string svgOf(FigureKind kind, const ReportData& data)
{
    return drawn(kind, data, {0, linesOf(kind, data)});
}

std::size_t partsOf(FigureKind kind, const ReportData& data)
{
    return hasLines(kind) ? std::max<std::size_t>(1, (linesOf(kind, data) + kRowsOfPart - 1) / kRowsOfPart) : 1;
}

std::string svgOf(FigureKind kind, const ReportData& data, std::size_t part)
{
    const std::size_t lines = linesOf(kind, data);
    if (partsOf(kind, data) == 1)
        return svgOf(kind, data);
    return drawn(kind, data, {std::min(lines, part * kRowsOfPart), std::min(lines, (part + 1) * kRowsOfPart)});
}

std::string nameOf(FigureKind kind, std::size_t part)
{
    return std::string(wordOf(kind)) + (part == 0 ? "" : "-" + std::to_string(part + 1));
}

}  // namespace taskfold::report
