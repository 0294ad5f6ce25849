#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/words.h"

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
    return cut(name, 28);
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
            const char* look = task.verdict == Verdict::Worse ? "bad" : task.verdict == Verdict::Undecided ? "open" : "a";  // as in the tables
            body += line(scale.at(-task.margin), y - 8, scale.at(-task.margin), y + 8, "margin");
            body += line(scale.at(task.low), y, scale.at(task.high), y, look);
            body += line(scale.at(task.low), y - 4, scale.at(task.low), y + 4, look);
            body += line(scale.at(task.high), y - 4, scale.at(task.high), y + 4, look);
            body += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" ", scale.at(task.difference), y) + "class=\"" + look + "\"/>";
        } else {
            body += label(scale.at(0) + 8, y + 4, said(data.language, "not computable"), "start", "muted");
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
    body += bar(kLeft, 4, 12, 10, "b") + label(kLeft + 18, 13, said(data.language, "Single-task models"), "start", "muted");
    body += bar(kLeft + 170, 4, 12, 10, "a") + label(kLeft + 188, 13, said(data.language, "Folded"), "start", "muted");
    double y = kTop + 4;
    for (const TaskComparison& task : data.comparison->tasks) {
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

// A square with both axes from 0 to 100 points.
struct Square {
    static constexpr double kSide = 380, kFrom = 60;

    double x(double value) const { return kFrom + std::clamp(value, 0.0, 1.0) * kSide; }
    double y(double value) const { return kTop + (1 - std::clamp(value, 0.0, 1.0)) * kSide; }

    std::string frame(const std::string& right, const std::string& up) const
    {
        std::string body;
        for (const double tick : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
            body += line(x(tick), y(0), x(tick), y(1), "grid") + line(x(0), y(tick), x(1), y(tick), "grid");
            body += label(x(tick), y(0) + 18, format("%g", 100 * tick), "middle", "muted") + label(x(0) - 8, y(tick) + 4, format("%g", 100 * tick), "end", "muted");
        }
        return body + line(x(0), y(0), x(1), y(1), "line") + label(x(1), y(0) + 36, right, "end", "muted") + label(x(0), kTop - 10, up, "start", "muted");
    }

    static double height() { return kTop + kSide + 48; }
};

const char* lookOf(Verdict verdict)
{
    return verdict == Verdict::Worse ? "bad" : verdict == Verdict::Undecided ? "open" : "a";
}

std::string scatter(const ReportData& data)
{
    const Square square;
    std::string body = square.frame(said(data.language, "Single-task models"), said(data.language, "Folded"));
    std::size_t number = 0;
    double listed = kTop + 12;
    for (const TaskComparison& task : data.comparison->tasks) {
        ++number;
        if (task.verdict == Verdict::NotComputable)
            continue;
        body += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" ", square.x(task.single), square.y(task.multi)) + "class=\"" + lookOf(task.verdict) + "\"/>"
            + label(square.x(task.single) + 7, square.y(task.multi) - 4, std::to_string(number), "start", "muted");
        if (listed < Square::height() - 30)
            body += label(480, listed, std::to_string(number) + "  " + cutName(task.name), "start", "muted");
        listed += 17;
    }
    return framed(Square::height(), body, "Score of the one model against single-task models");
}

std::string reliability(const ReportData& data)
{
    const Square square;
    std::string body = square.frame(said(data.language, "Single-task models") + " / " + said(data.language, "Folded"), "%");
    for (const bool multi : {false, true}) {
        std::vector<ReliabilityBin> sums;
        for (const TaskComparison& task : data.comparison->tasks) {
            const Calibration& one = multi ? task.calibrationMulti : task.calibrationSingle;
            sums.resize(std::max(sums.size(), one.bins.size()));
            for (std::size_t i = 0; i < one.bins.size(); ++i) {
                const double n = static_cast<double>(one.bins[i].n);
                sums[i].confidence += n * one.bins[i].confidence;
                sums[i].accuracy += n * one.bins[i].accuracy;
                sums[i].n += one.bins[i].n;
            }
        }
        const char* look = multi ? "a" : "line";
        double beforeX = -1, beforeY = 0;
        for (const ReliabilityBin& bin : sums) {
            if (bin.n == 0)
                continue;
            const double n = static_cast<double>(bin.n), x = square.x(bin.confidence / n), y = square.y(bin.accuracy / n);
            if (beforeX >= 0)
                body += line(beforeX, beforeY, x, y, look);
            body += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" ", x, y, 3 + 4 * std::min(1.0, n / 200)) + "class=\"" + look + "\"/>";
            beforeX = x;
            beforeY = y;
        }
    }
    body += line(480, kTop + 8, 500, kTop + 8, "line") + label(508, kTop + 12, said(data.language, "Single-task models"), "start", "muted");
    body += line(480, kTop + 28, 500, kTop + 28, "a") + label(508, kTop + 32, said(data.language, "Folded"), "start", "muted");
    return framed(Square::height(), body, "Share of right answers by confidence");
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

std::string_view wordOf(FigureKind kind)
{
    switch (kind) {
    case FigureKind::Forest: return "forest";
    case FigureKind::Bars: return "bars";
    case FigureKind::Scatter: return "scatter";
    case FigureKind::Reliability: return "reliability";
    case FigureKind::Volume: return "volume";
    }
    return {};
}

const std::vector<FigureKind>& allFigures()
{
    static const std::vector<FigureKind> all{
        FigureKind::Forest, FigureKind::Bars, FigureKind::Scatter, FigureKind::Reliability, FigureKind::Volume};
    return all;
}

std::string svgOf(FigureKind kind, const ReportData& data)
{
    if (kind == FigureKind::Volume)
        return volume(data);
    if (!data.comparison)
        return {};
    switch (kind) {
    case FigureKind::Bars: return bars(data);
    case FigureKind::Scatter: return scatter(data);
    case FigureKind::Reliability: return reliability(data);
    default: return forest(data);
    }
}

}  // namespace taskfold::report
