#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/writers.h"

namespace taskfold::report {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --text: #1b2430; --muted: #5b6675; --back: #ffffff; --soft: #f1f4f8; --line: #d5dbe3;
  --a: #0072b2; --b: #9aa7b5; --bad: #b3261e; --open: #b7791f; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --muted: #9aa5b4; --back: #14181d; --soft: #1d232b;
  --line: #333d49; --a: #56b4e9; --b: #6b7787; --bad: #ff8a80; --open: #f0c36d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1080px; margin: 2.5em auto;
  padding: 0 1.5em; }
h1 { font-size: 1.9em; margin-bottom: 0.1em; } h2 { margin-top: 2em; }
.about, figcaption, caption { color: var(--muted); font-size: 0.87em; } caption { caption-side: bottom; text-align: left; padding: 0.5em 0; }
.verdict { font-size: 1.25em; font-weight: 600; border-left: 4px solid var(--a); background: var(--soft); padding: 0.7em 1em; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.87em; margin: 1em 0; min-width: 60%; }
th, td { text-align: left; padding: 0.35em 0.7em; border-bottom: 1px solid var(--line); vertical-align: top; }
th { background: var(--soft); } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1.5em 0; } svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; }
.text { fill: var(--text); } .muted { fill: var(--muted); } .grid { stroke: var(--line); } .line { stroke: var(--muted); }
.margin { stroke: var(--muted); stroke-width: 2; stroke-dasharray: 3 2; }
line.a, circle.a { stroke: var(--a); stroke-width: 2; } circle.a, rect.a { fill: var(--a); } rect.b { fill: var(--b); }
line.bad, circle.bad { stroke: var(--bad); stroke-width: 2; } circle.bad { fill: var(--bad); }
line.open, circle.open { stroke: var(--open); stroke-width: 2; } circle.open { fill: var(--back); }
@media print { body { max-width: none; } }
)css";

std::string tableHtml(const TableBlock& table)
{
    const auto cell = [&](const char* tag, std::size_t column, const std::string& text) {
        const bool number = column < table.numbers.size() && table.numbers[column];
        return std::string("<") + tag + (number ? " class=\"n\">" : ">") + htmlEscaped(text) + "</" + tag + ">";
    };
    std::string html = "<div class=\"scroll\"><table>";
    if (!table.caption.empty())
        html += "<caption>" + htmlEscaped(table.caption) + "</caption>";
    html += "<thead><tr>";
    for (std::size_t i = 0; i < table.head.size(); ++i)
        html += cell("th", i, table.head[i]);
    html += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            html += cell("td", i, row[i]);
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

// One function for each kind of block.
struct Html {
    const ReportData& data;

    std::string operator()(const Heading& heading) const { return "<h2>" + htmlEscaped(heading.text) + "</h2>\n"; }
    std::string operator()(const Paragraph& paragraph) const { return "<p>" + htmlEscaped(paragraph.text) + "</p>\n"; }
    std::string operator()(const Statement& statement) const
    {
        return "<p class=\"verdict\">" + htmlEscaped(statement.text) + "</p>\n";
    }
    std::string operator()(const TableBlock& table) const { return tableHtml(table); }
    std::string operator()(const Figure& figure) const
    {
        return "<figure>" + svgOf(figure.kind, data) + "<figcaption>" + htmlEscaped(figure.caption) + "</figcaption></figure>\n";
    }
};

std::string documentTable(const TableBlock& table)
{
    std::string html = "<table border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\" style=\"border-color:#c8cfd8;border-"
                       "collapse:collapse\"><tr>";
    for (const std::string& head : table.head)
        html += "<td bgcolor=\"#eef2f6\"><b>" + htmlEscaped(head) + "</b></td>";
    html += "</tr>\n";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool number = i < table.numbers.size() && table.numbers[i];
            html += std::string("<td") + (number ? " align=\"right\">" : ">") + htmlEscaped(row[i]) + "</td>";
        }
        html += "</tr>\n";
    }
    return html + "</table>" + (table.caption.empty() ? "" : "<p><i>" + htmlEscaped(table.caption) + "</i></p>") + "\n";
}

struct Document {
    std::string operator()(const Heading& heading) const { return "<h2>" + htmlEscaped(heading.text) + "</h2>\n"; }
    std::string operator()(const Paragraph& paragraph) const { return "<p>" + htmlEscaped(paragraph.text) + "</p>\n"; }
    std::string operator()(const Statement& statement) const { return "<h3>" + htmlEscaped(statement.text) + "</h3>\n"; }
    std::string operator()(const TableBlock& table) const { return documentTable(table); }
    std::string operator()(const Figure& figure) const
    {
        const char* name = figure.kind == FigureKind::Forest ? "forest" : figure.kind == FigureKind::Bars ? "bars" : "volume";
        return std::string("<p><img src=\"figure:") + name + "\"></p><p><i>" + htmlEscaped(figure.caption) + "</i></p>\n";
    }
};

}  // namespace

std::string htmlEscaped(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        case '\'': safe += "&#39;"; break;
        default: safe += c;
        }
    }
    return safe;
}

std::string htmlReport(const ReportData& data)
{
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                       "<meta name=\"viewport\" content=\"width=device-width\"><title>"
        + htmlEscaped(data.title) + "</title><style>" + std::string(kStyle) + "</style></head><body>\n<h1>"
        + htmlEscaped(data.title) + "</h1>\n<p class=\"about\">" + htmlEscaped(data.project + " · " + data.created + " · " + data.program)
        + "</p>\n";
    for (const Block& block : blocksOf(data))
        html += std::visit(Html{data}, block);
    return html + "</body></html>\n";
}

std::string documentReport(const ReportData& data)
{
    std::string html = "<html><body><h1>" + htmlEscaped(data.title) + "</h1><p>"
        + htmlEscaped(data.project + " · " + data.created + " · " + data.program) + "</p>\n";
    for (const Block& block : blocksOf(data))
        html += std::visit(Document{}, block);
    return html + "</body></html>\n";
}

}  // namespace taskfold::report
