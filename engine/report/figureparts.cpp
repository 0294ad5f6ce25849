#include "engine/report/figureparts.h"

#include "engine/report/escape.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace taskfold::report::svg {

std::string format(const char* form, double a, double b, double c, double d)
{
    char text[256];
    std::snprintf(text, sizeof text, form, a, b, c, d);
    return text;
}

std::string label(double x, double y, const std::string& words, const char* anchor, const char* look)
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

std::string dot(double x, double y, const char* look, double radius)
{
    return format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" ", x, y, radius) + "class=\"" + look + "\"/>";
}

namespace {

// In letters of middling width, as proportional fonts have them.
double widthOf(const std::string& text)
{
    double width = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0xE1)  // Chinese and other wide scripts from U+1000 on, and what lies beyond
            width += 1.8;
        else if (byte < 0x80 || byte >= 0xC0)
            width += std::string_view("mwMW@%").find(c) != std::string_view::npos ? 1.45 : 1;
    }
    return width;
}

}  // namespace

std::string cutName(const std::string& name, std::size_t most)
{
    for (std::size_t bytes = std::min(name.size(), 4 * most); bytes > 4; --bytes)
        if (std::string text = cut(name, bytes); widthOf(text) <= static_cast<double>(most))
            return text;
    return cut(name, 4);
}

const char* lookOf(Verdict verdict)
{
    return verdict == Verdict::Worse ? "bad" : verdict == Verdict::Undecided ? "open" : "a";
}

std::string framed(double height, const std::string& body, const std::string& words)
{
    return format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\"", kWidth, height)
        + " aria-label=\"" + htmlEscaped(words) + "\">" + body + "</svg>";
}

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

std::string Key::drawn() const
{
    const std::size_t rows = (m_names.size() + columns() - 1) / std::max<std::size_t>(1, columns());
    std::string body;
    for (std::size_t i = 0; i < m_names.size(); ++i)
        body += label(480 + 195 * static_cast<double>(i / std::max<std::size_t>(1, rows)), kTop + 12 + 17 * static_cast<double>(i % std::max<std::size_t>(1, rows)),
            m_names[i], "start", "muted");
    return body;
}

double Key::height() const
{
    return kTop + 24 + 17 * static_cast<double>((m_names.size() + columns() - 1) / columns());
}

}  // namespace taskfold::report::svg
