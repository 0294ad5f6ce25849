#include "engine/core/hash.h"
#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/words.h"
#include "engine/report/writers.h"

#include <algorithm>

namespace taskfold::report {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --text: #1b2430; --muted: #5b6675; --back: #ffffff; --soft: #f1f4f8; --line: #d5dbe3;
  --a: #0072b2; --b: #9aa7b5; --bad: #b3261e; --open: #b7791f; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --muted: #9aa5b4; --back: #14181d; --soft: #1d232b;
  --line: #333d49; --a: #56b4e9; --b: #6b7787; --bad: #ff8a80; --open: #f0c36d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1200px; margin: 2.5em auto;
  padding: 0 1.5em; }
h1, h2, p, figcaption, caption { overflow-wrap: anywhere; } h1 { font-size: 1.9em; margin-bottom: 0.1em; } h2 { margin-top: 2em; }
.about, figcaption, caption { color: var(--muted); font-size: 0.87em; } caption { caption-side: bottom; text-align: left; padding: 0.5em 0; }
.verdict { font-size: 1.25em; font-weight: 600; border-left: 4px solid var(--a); background: var(--soft); padding: 0.7em 1em; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.87em; margin: 1em 0; min-width: 60%; }
th, td { text-align: left; padding: 0.35em 0.55em; border-bottom: 1px solid var(--line); vertical-align: top; }
th { background: var(--soft); cursor: pointer; } th[aria-sort=ascending]::after { content: " ▲"; } th[aria-sort=descending]::after { content: " ▼"; }
td { overflow-wrap: anywhere; } td:not(.n) { min-width: 6.5em; } td:first-child:not(.n) { min-width: 10em; } td.wide { min-width: 15em; } .warning { border-left: 4px solid var(--open); padding: 0.2em 1em; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td.n { white-space: nowrap; }
figure { margin: 1.5em 0; } svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; }
.text { fill: var(--text); } .muted { fill: var(--muted); } .grid { stroke: var(--line); } .line { stroke: var(--muted); }
.margin { stroke: var(--muted); stroke-width: 2; stroke-dasharray: 3 2; }
line.a, circle.a { stroke: var(--a); stroke-width: 2; } circle.a, rect.a { fill: var(--a); } rect.b { fill: var(--b); } circle.line { fill: var(--back); stroke: var(--muted); }
line.bad, circle.bad { stroke: var(--bad); stroke-width: 2; } circle.bad { fill: var(--bad); }
line.open, circle.open { stroke: var(--open); stroke-width: 2; } circle.open { fill: var(--back); }
@media print { body { max-width: none; } }
)css";

// Right-to-left text stays in its own place: <bdi> keeps it from turning its neighbours.
std::string isolated(const std::string& text)
{
    bool wide = false;
    for (const char c : text)
        wide = wide || static_cast<unsigned char>(c) >= 0xD6;  // U+0590 and up
    return wide ? "<bdi>" + htmlEscaped(text) + "</bdi>" : htmlEscaped(text);
}

// A sentence in a narrow column is a tower of words.
bool holdsSentences(const TableBlock& table, std::size_t column)
{
    constexpr std::size_t kSentence = 50;
    return std::any_of(table.rows.begin(), table.rows.end(),
        [&](const auto& row) { return column > 0 && column < row.size() && row[column].size() > kSentence; });
}

std::string tableHtml(const TableBlock& table)
{
    std::vector<bool> wide;
    for (std::size_t i = 0; i < table.head.size(); ++i)
        wide.push_back(holdsSentences(table, i));
    const auto cell = [&](const char* tag, std::size_t column, const std::string& text) {
        const bool number = column < table.numbers.size() && table.numbers[column];
        return std::string("<") + tag + (number ? " class=\"n\">" : column < wide.size() && wide[column] ? " class=\"wide\">" : ">") + isolated(text) + "</" + tag + ">";
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
    std::string operator()(const Warning& warning) const { return "<p class=\"warning\">⚠ " + htmlEscaped(warning.text) + "</p>\n"; }
    std::string operator()(const TableBlock& table) const { return tableHtml(table); }
    std::string operator()(const Figure& figure) const
    {
        return "<figure>" + svgOf(figure.kind, data) + "<figcaption>" + htmlEscaped(figure.caption) + "</figcaption></figure>\n";
    }
};

// The head of a column of numbers: a word a line, none of them broken.
std::string stacked(const std::string& head)
{
    std::string html = htmlEscaped(head);
    for (std::size_t at = html.find(' '); at != std::string::npos; at = html.find(' ', at + 1))
        if (at + 1 < html.size() && html[at + 1] != '/' && html[at + 1] != '%')
            html.replace(at, 1, "<br/>");
    return html;
}

std::string documentTable(const TableBlock& table)
{
    std::string html = "<table border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\" style=\"border-color:#c8cfd8;border-"
                       "collapse:collapse\"><thead><tr>";
    for (std::size_t i = 0; i < table.head.size(); ++i) {
        const bool number = i < table.numbers.size() && table.numbers[i];
        html += std::string("<td bgcolor=\"#eef2f6\"") + (number ? " align=\"right\" style=\"white-space:nowrap\"" : "") + "><b>"
            + (number ? stacked(table.head[i]) : htmlEscaped(table.head[i])) + "</b></td>";
    }
    html += "</tr></thead>\n";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool number = i < table.numbers.size() && table.numbers[i];
            html += std::string("<td") + (number ? " align=\"right\" style=\"white-space:nowrap\">" : ">") + htmlEscaped(row[i]) + "</td>";
        }
        html += "</tr>\n";
    }
    return html + "</table>" + (table.caption.empty() ? "" : "<p class=\"caption\">" + htmlEscaped(table.caption) + "</p>") + "\n";
}

struct Document {
    const ReportData& data;

    std::string operator()(const Heading& heading) const { return "<h2>" + htmlEscaped(heading.text) + "</h2>\n"; }
    std::string operator()(const Paragraph& paragraph) const { return "<p>" + htmlEscaped(paragraph.text) + "</p>\n"; }
    std::string operator()(const Statement& statement) const { return "<h3>" + htmlEscaped(statement.text) + "</h3>\n"; }
    std::string operator()(const Warning& warning) const { return "<p>⚠ <b>" + htmlEscaped(warning.text) + "</b></p>\n"; }
    std::string operator()(const TableBlock& table) const
    {
        return documentTable(table.key == "seeds" ? seedsOnPaper(data, table) : table);
    }
    std::string operator()(const Figure& figure) const
    {
        std::string html;
        for (std::size_t part = 0; part < partsOf(figure.kind, data); ++part)
            html += "<p><img src=\"figure:" + nameOf(figure.kind, part) + "\"></p>";
        return html + "<p class=\"caption\">" + htmlEscaped(figure.caption) + "</p>\n";
    }
};

}  // namespace

namespace {

// Sorts a table by the column whose head was clicked: numbers by value, else as text; again: the other way round. It reads
// text and moves rows, and makes no markup out of anything.
constexpr std::string_view kScript = R"js((function () {
  function value(row, column) { var t = row.cells[column].textContent; var n = parseFloat(t.replace(/,/g, "").replace("\u2212", "-")); return isNaN(n) ? t : n; }
  function sort(head) {
    var table = head.closest("table"), body = table.tBodies[0], column = head.cellIndex;
    var down = head.getAttribute("aria-sort") === "ascending";
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = value(a, column), y = value(b, column);
      var order = typeof x === "number" && typeof y === "number" ? x - y : typeof x === "number" ? -1 : typeof y === "number" ? 1 : x.localeCompare(y);
      return down ? -order : order;
    });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.forEach(function (row) { body.appendChild(row); });
  }
  Array.prototype.forEach.call(document.querySelectorAll("thead th"), function (head) {
    head.tabIndex = 0;
    head.addEventListener("click", function () { sort(head); });
    head.addEventListener("keydown", function (e) { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); sort(head); } });
  });
})();)js";

std::string base64(std::string_view hex)
{
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 6) {  // three bytes a turn
        const std::string part(hex.substr(i, 6));
        const unsigned long bits = std::stoul(part, nullptr, 16) << (4 * (6 - part.size()));
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= part.size() / 2 ? kLetters[(bits >> (18 - 6 * k)) & 63U] : '=';
    }
    return out;
}

}  // namespace

std::string_view reportScript()
{
    return kScript;
}

std::string htmlReport(const ReportData& data)
{
    const bool chinese = data.language == Language::Chinese;
    std::string html = std::string("<!DOCTYPE html>\n<html lang=\"") + (chinese ? "zh" : "en")
        + "\"><head><meta charset=\"utf-8\">"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
        + base64(sha256(kScript)) + "'\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + htmlEscaped(data.title)
        + "</title><style>" + std::string(kStyle) + "</style></head><body>\n<h1>" + htmlEscaped(data.title) + "</h1>\n<p class=\"about\">"
        + htmlEscaped(data.project + " · " + data.created + " · " + data.program) + "</p>\n";
    for (const Block& block : blocksOf(data))
        html += std::visit(Html{data}, block);
    return html + "<script>" + std::string(kScript) + "</script></body></html>\n";
}

std::string documentReport(const ReportData& data)
{
    const std::vector<Block> blocks = blocksOf(data);
    std::string html = "<html><body><h1>" + htmlEscaped(data.title) + "</h1><p class=\"about\">"
        + htmlEscaped(data.project + " · " + data.created + " · " + data.program) + "</p>\n<p><b>" + htmlEscaped(said(data.language, "Contents"))
        + "</b></p>\n<table width=\"100%\" cellpadding=\"2\">";
    for (const Block& block : blocks)
        if (const auto* heading = std::get_if<Heading>(&block))
            html += "<tr><td class=\"contents\">" + htmlEscaped(heading->text) + "</td><td class=\"contents\" align=\"right\"></td></tr>";
    html += "</table>\n<p></p>\n";
    for (const Block& block : blocks)
        html += std::visit(Document{data}, block);
    return html + "</body></html>\n";
}

}  // namespace taskfold::report
