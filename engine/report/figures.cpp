#include "engine/report/block.h"
#include "engine/report/escape.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace taskfold::report {

namespace {

constexpr double kLeft = 190, kRight = 60, kLine = 26, kTop = 26, kWidth = 860;

std::string format(const char* form, double a, double b = 0, double c = 0, double d = 0)
{
    char text[256];
    std::snprintf(text, sizeof text, form, a, b, c, d);
    return text;
}

std::string label(double x, double y, const std::string& words, const char* anchor, const char* look = "text")
{
    return format("<text x=\"%.1f\" y=\"%.1f\" ", x, y) + "text-anchor=\"" + anchor + "\" class=\"" + look + "\">"
        + htmlEscaped(words) + "</text>";
}

std::string line(double x1, double y1, double x2, double y2, const char* look)
{
    return format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", x1, y1, x2, y2) + "class=\"" + look + "\"/>";
}

std::string bar(double x, double y, double width, double height, const char* look)
{
    return format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ", x, y, std::max(0.0, width), height)
        + "class=\"" + look + "\"/>";
}

std::string cutName(const std::string& name)
{
    constexpr std::size_t kMost = 26;
    return name.size() <= kMost ? name : name.substr(0, kMost - 1) + "…";
}

std::string framed(double height, const std::string& body, const std::string& words)
{
    return format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\"", kWidth, height)
        + " aria-label=\"" + htmlEscaped(words) + "\">" + body + "</svg>";
}

// Values onto the plot's width.
struct Scale {
    double low = 0, high = 1;

    double at(double value) const
    {
        return kLeft + (value - low) / (high - low) * (kWidth - kLeft - kRight);
    }
};

// Round numbers between low and high, about five of them.
std::vector<double> ticksOf(const Scale& scale)
{
    const double rough = (scale.high - scale.low) / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough) {
            step = factor * power;
            break;
        }
    std::vector<double> ticks;
    for (double tick = std::ceil(scale.low / step) * step; tick <= scale.high + step * 1e-9; tick += step)
        ticks.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
    return ticks;
}

std::string axis(const Scale& scale, double height, const char* form, double factor)
{
    std::string body;
    for (const double tick : ticksOf(scale)) {
        body += line(scale.at(tick), kTop - 6, scale.at(tick), height - 24, "grid");
        body += label(scale.at(tick), height - 8, format(form, tick * factor), "middle", "muted");
    }
    return body;
}

std::string forest(const ReportData& data)
{
    Scale scale{-0.02, 0.02};
    for (const TaskComparison& task : data.comparison->tasks) {
        scale.low = std::min({scale.low, task.low, -1.2 * task.margin});
        scale.high = std::max({scale.high, task.high, task.margin});
    }
    const double room = 0.06 * (scale.high - scale.low);
    scale.low -= room;
    scale.high += room;
    const double height = kTop + kLine * static_cast<double>(data.comparison->tasks.size()) + 34;
    std::string body = axis(scale, height, "%+g", 100);
    body += line(scale.at(0), kTop - 10, scale.at(0), height - 24, "line");
    double y = kTop + kLine / 2;
    for (const TaskComparison& task : data.comparison->tasks) {
        body += label(kLeft - 12, y + 4, cutName(task.name), "end");
        if (task.verdict != Verdict::NotComputable) {
            const char* look = task.verdict == Verdict::Worse ? "bad" : task.verdict == Verdict::Undecided ? "open" : "a";
            body += line(scale.at(-task.margin), y - 8, scale.at(-task.margin), y + 8, "margin");
            body += line(scale.at(task.low), y, scale.at(task.high), y, look);
            body += line(scale.at(task.low), y - 4, scale.at(task.low), y + 4, look);
            body += line(scale.at(task.high), y - 4, scale.at(task.high), y + 4, look);
            body += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" ", scale.at(task.difference), y) + "class=\"" + look + "\"/>";
        } else {
            body += label(scale.at(0) + 8, y + 4, "not computable", "start", "muted");
        }
        y += kLine;
    }
    return framed(height, body, "Differences with intervals, task by task. " + data.suiteLine);
}

std::string bars(const ReportData& data)
{
    const Scale scale{0, 1};
    const double height = kTop + 34 * static_cast<double>(data.comparison->tasks.size()) + 54;
    std::string body = axis(scale, height, "%g", 100);
    body += bar(kLeft, 4, 12, 10, "b") + label(kLeft + 18, 13, "single-task models", "start", "muted");
    body += bar(kLeft + 170, 4, 12, 10, "a") + label(kLeft + 188, 13, "one model", "start", "muted");
    double y = kTop + 4;
    for (const TaskComparison& task : data.comparison->tasks) {
        const double single = std::clamp(task.single, 0.0, 1.0), multi = std::clamp(task.multi, 0.0, 1.0);
        body += label(kLeft - 12, y + 16, cutName(task.name), "end");
        body += bar(kLeft, y, scale.at(single) - kLeft, 11, "b") + bar(kLeft, y + 13, scale.at(multi) - kLeft, 11, "a");
        body += label(scale.at(single) + 5, y + 9, pointsOf(task.single), "start", "muted");
        body += label(scale.at(multi) + 5, y + 22, pointsOf(task.multi), "start", "muted");
        y += 34;
    }
    return framed(height, body, "Scores of single-task models and of the one model, task by task");
}

std::string volume(const ReportData& data)
{
    std::vector<std::pair<double, std::string>> tasks;
    for (const TaskVolume& task : data.tasks) {
        const auto train = task.splits.find(Split::Train);
        tasks.emplace_back(train == task.splits.end() ? 0 : static_cast<double>(train->second.kept), task.task.name);
    }
    std::sort(tasks.rbegin(), tasks.rend());
    const Scale scale{0, tasks.empty() ? 1 : std::max(1.0, tasks.front().first)};
    const double height = kTop + kLine * static_cast<double>(tasks.size()) + 34;
    std::string body = axis(scale, height, "%g", 1);
    double y = kTop;
    for (const auto& [rows, name] : tasks) {
        body += label(kLeft - 12, y + 15, cutName(name), "end") + bar(kLeft, y + 3, scale.at(rows) - kLeft, 16, "a")
            + label(scale.at(rows) + 5, y + 15, format("%.0f", rows), "start", "muted");
        y += kLine;
    }
    return framed(height, body, "Training rows kept, by task");
}

}  // namespace

std::string svgOf(FigureKind kind, const ReportData& data)
{
    if (kind == FigureKind::Volume)
        return volume(data);
    if (!data.comparison)
        return {};
    return kind == FigureKind::Forest ? forest(data) : bars(data);
}

}  // namespace taskfold::report
