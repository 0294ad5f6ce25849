#pragma once

#include "engine/report/reportdata.h"

#include <string>
#include <vector>

/// What the figures are made of: SVG without colours of its own but for classes. For the figures' sources.
namespace taskfold::report::svg {

constexpr double kLeft = 190, kRight = 60, kLine = 26, kTop = 26, kWidth = 860;

std::string format(const char* form, double a, double b = 0, double c = 0, double d = 0);
std::string label(double x, double y, const std::string& words, const char* anchor, const char* look = "text");
std::string line(double x1, double y1, double x2, double y2, const char* look);
std::string bar(double x, double y, double width, double height, const char* look);
std::string dot(double x, double y, const char* look, double radius = 4.5);
/// So much of a name as has room where `most` letters of middling width have.
std::string cutName(const std::string& name, std::size_t most = 26);
/// The whole drawing; `words` are what a screen reader says.
std::string framed(double height, const std::string& body, const std::string& words);
/// As in the tables: worse, undecided, or else.
const char* lookOf(Verdict verdict);

/// Values onto pixels.
struct Scale {
    double low = 0, high = 1;
    double from = kLeft, to = kWidth - kRight;

    double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// Round numbers between low and high, about five of them.
std::vector<double> ticksOf(const Scale& scale);
/// Lines and numbers of a scale from left to right.
std::string axis(const Scale& scale, double height, const char* form, double factor);

/// Numbers and names in columns at the right of a square figure.
class Key {
public:
    void add(std::size_t number, const std::string& name) { m_names.push_back(std::to_string(number) + "  " + cutName(name, 24)); }
    std::string drawn() const;
    double height() const;

private:
    std::size_t columns() const { return m_names.size() > 25 ? 2 : 1; }

    std::vector<std::string> m_names;
};

std::string scatter(const ReportData& data);
std::string reliability(const ReportData& data);
std::string slopes(const ReportData& data);
/// Differences over training rows, or over what the other tasks do to the task.
std::string overVolume(const ReportData& data);
std::string overAffinity(const ReportData& data);

}  // namespace taskfold::report::svg
