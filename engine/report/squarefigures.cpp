#include "engine/report/block.h"
#include "engine/report/figureparts.h"
#include "engine/report/words.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace taskfold::report::svg {

namespace {

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

// Where each name stands, from top to bottom: at its own height, moved as far as names would lie on each other.
std::vector<double> spread(std::vector<double> wanted, double step, double bottom)
{
    for (std::size_t i = 1; i < wanted.size(); ++i)
        wanted[i] = std::max(wanted[i], wanted[i - 1] + step);
    for (std::size_t i = wanted.size(); i-- > 0;) {
        wanted[i] = std::min(wanted[i], bottom);
        bottom = wanted[i] - step;
    }
    return wanted;
}

std::string stopName(const ReportData& data, const SlopeStop& stop)
{
    if (stop.baseline)
        return said(data.language, "Baseline");
    return stop.ablation ? cutName(stop.plan, 16) : std::string(wordOf(stop.kind));
}

// Differences with their intervals over a value of each task.
template <typename Value>
std::string over(const ReportData& data, Value value, bool logarithmic, const std::string& below, const std::string& words)
{
    const auto placed = [&](double x) { return logarithmic ? std::log10(x) : x; };
    Scale across{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest(), 60, 440}, up{-0.01, 0.01, kTop + 380, kTop};
    for (const TaskComparison& task : data.comparison->tasks) {
        const std::optional<double> x = value(task);
        if (!x || task.verdict == Verdict::NotComputable)
            continue;
        across.low = std::min(across.low, placed(*x));
        across.high = std::max(across.high, placed(*x));
        up.low = std::min(up.low, task.low);
        up.high = std::max(up.high, task.high);
    }
    if (across.low > across.high)
        return {};
    const double room = std::max(0.08 * (across.high - across.low), logarithmic ? 0.1 : 1e-4), gap = 0.05 * (up.high - up.low);
    across.low -= room;
    across.high += room;
    up.low -= gap;
    up.high += gap;
    std::string body;
    for (const double tick : ticksOf(up))
        body += line(60, up.at(tick), 440, up.at(tick), "grid") + label(52, up.at(tick) + 4, format("%+g", 100 * tick), "end", "muted");
    for (const double tick : ticksOf(across))
        body += line(across.at(tick), kTop, across.at(tick), kTop + 380, "grid")
            + label(across.at(tick), kTop + 398, format("%.3g", logarithmic ? std::round(std::pow(10, tick)) : tick), "middle", "muted");
    body += line(60, up.at(0), 440, up.at(0), "line") + label(440, kTop + 416, below, "end", "muted")
        + label(60, kTop - 10, said(data.language, "Difference"), "start", "muted");
    Key key;
    std::size_t number = 0;
    for (const TaskComparison& task : data.comparison->tasks) {
        ++number;
        const std::optional<double> x = value(task);
        if (!x || task.verdict == Verdict::NotComputable)
            continue;
        const double at = across.at(placed(*x));
        body += line(at, up.at(task.low), at, up.at(task.high), lookOf(task.verdict)) + dot(at, up.at(task.difference), lookOf(task.verdict))
            + label(at + 7, up.at(task.difference) - 4, std::to_string(number), "start", "muted");
        key.add(number, task.name);
    }
    return framed(std::max(Square::height(), key.height()), body + key.drawn(), words);
}

}  // namespace

std::string scatter(const ReportData& data)
{
    const Square square;
    std::string body = square.frame(said(data.language, "Single-task models"), said(data.language, "Folded"));
    std::size_t number = 0;
    Key key;
    for (const TaskComparison& task : data.comparison->tasks) {
        ++number;
        if (task.verdict == Verdict::NotComputable)
            continue;
        body += dot(square.x(task.single), square.y(task.multi), lookOf(task.verdict))
            + label(square.x(task.single) + 7, square.y(task.multi) - 4, std::to_string(number), "start", "muted");
        key.add(number, task.name);
    }
    return framed(std::max(Square::height(), key.height()), body + key.drawn(), "Score of the one model against single-task models");
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
            body += dot(x, y, look, 3 + 4 * std::min(1.0, n / 200));
            beforeX = x;
            beforeY = y;
        }
    }
    body += line(480, kTop + 8, 500, kTop + 8, "line") + label(508, kTop + 12, said(data.language, "Single-task models"), "start", "muted");
    body += line(480, kTop + 28, 500, kTop + 28, "a") + label(508, kTop + 32, said(data.language, "Folded"), "start", "muted");
    return framed(Square::height(), body, "Share of right answers by confidence");
}

std::string overVolume(const ReportData& data)
{
    return over(
        data, [](const TaskComparison& task) { return task.trainRows > 0 ? std::optional(static_cast<double>(task.trainRows)) : std::nullopt; }, true,
        said(data.language, "Training rows (logarithmic)"), "Differences by training rows");
}

std::string overAffinity(const ReportData& data)
{
    return over(
        data, [](const TaskComparison& task) { return task.affinity; }, false, said(data.language, "Effect of the other tasks on it"),
        "Differences by affinity");
}

std::string slopes(const ReportData& data)
{
    const Slopes& all = data.slopes;
    if (all.stops.size() < 2 || all.lines.empty())
        return {};
    const double height = std::max(360.0, 15 * static_cast<double>(all.lines.size()));
    Scale up{1, 0, kTop + height, kTop};
    for (const SlopeLine& one : all.lines)
        for (const std::optional<double>& score : one.scores)
            if (score) {
                up.low = std::min(up.low, *score);
                up.high = std::max(up.high, *score);
            }
    if (up.low > up.high)
        return {};
    const double gap = std::max(0.01, 0.05 * (up.high - up.low));
    up.low -= gap;
    up.high += gap;
    const Scale across{0, static_cast<double>(all.stops.size()) - 1, 70, 620};
    std::string body;
    for (const double tick : ticksOf(up))
        body += line(60, up.at(tick), 640, up.at(tick), "grid") + label(52, up.at(tick) + 4, format("%g", 100 * tick), "end", "muted");
    for (std::size_t i = 0; i < all.stops.size(); ++i) {
        const double x = across.at(static_cast<double>(i));
        body += line(x, kTop, x, kTop + height, "grid") + label(x, kTop + height + 18, stopName(data, all.stops[i]), "middle", "muted");
        if (all.stops[i].run)
            body += label(x, kTop + height + 34, said(data.language, "run %1", {std::to_string(all.stops[i].run.value)}), "middle", "muted");
    }
    std::vector<std::pair<double, std::string>> names;
    for (const SlopeLine& one : all.lines) {
        double beforeX = -1, beforeY = 0, last = -1;
        for (std::size_t i = 0; i < one.scores.size(); ++i) {
            if (!one.scores[i])
                continue;
            const double x = across.at(static_cast<double>(i)), y = up.at(*one.scores[i]);
            if (beforeX >= 0 && !all.stops[i].ablation)
                body += line(beforeX, beforeY, x, y, lookOf(one.verdict));
            body += dot(x, y, lookOf(one.verdict), 3.5);
            beforeX = x;
            beforeY = last = y;
        }
        if (last >= 0)
            names.emplace_back(last, one.name);
    }
    std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<double> wanted;
    for (const auto& [y, name] : names)
        wanted.push_back(y);
    const std::vector<double> places = spread(std::move(wanted), 14, kTop + height);
    for (std::size_t i = 0; i < names.size(); ++i)
        body += label(650, places[i] + 4, cutName(names[i].second), "start");
    return framed(kTop + height + 48, body, "Scores over stages and ablations");
}

}  // namespace taskfold::report::svg
