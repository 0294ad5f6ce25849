#include "engine/report/block.h"
#include "engine/report/writers.h"

#include <cstdio>

namespace taskfold::report {

namespace {

// What a Markdown reader would take for its own: marks, raw HTML and a cell's border.
std::string markdownEscaped(const std::string& text)
{
    std::string safe;
    for (const char c : text) {
        if (c == '\n') {
            safe += ' ';
            continue;
        }
        if (std::string_view("\\`*_{}[]<>#|!").find(c) != std::string_view::npos)
            safe += '\\';
        safe += c;
    }
    return safe;
}

struct Markdown {
    std::string operator()(const Heading& heading) const { return "## " + markdownEscaped(heading.text) + "\n\n"; }
    std::string operator()(const Paragraph& paragraph) const { return markdownEscaped(paragraph.text) + "\n\n"; }
    std::string operator()(const Statement& statement) const { return "**" + markdownEscaped(statement.text) + "**\n\n"; }
    std::string operator()(const Figure&) const { return {}; }  // its numbers stand in the tables
    std::string operator()(const TableBlock& table) const
    {
        std::string text = "|", rule = "|";
        for (std::size_t i = 0; i < table.head.size(); ++i) {
            text += " " + markdownEscaped(table.head[i]) + " |";
            rule += i < table.numbers.size() && table.numbers[i] ? " ---: |" : " --- |";
        }
        text += "\n" + rule + "\n";
        for (const auto& row : table.rows) {
            text += "|";
            for (const std::string& cell : row)
                text += " " + markdownEscaped(cell) + " |";
            text += "\n";
        }
        return text + "\n" + (table.caption.empty() ? "" : markdownEscaped(table.caption) + "\n\n");
    }
};

std::string csvText(const std::string& text)
{
    std::string cell = text;
    if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos)
        cell.insert(0, "'");
    std::string quoted = "\"";
    for (const char c : cell)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string number(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string texEscaped(const std::string& text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '\\': safe += "\\textbackslash{}"; break;
        case '~': safe += "\\textasciitilde{}"; break;
        case '^': safe += "\\textasciicircum{}"; break;
        case '&':
        case '%':
        case '$':
        case '#':
        case '_':
        case '{':
        case '}': safe += std::string("\\") + c; break;
        default: safe += c;
        }
    }
    return safe;
}

}  // namespace

std::string markdownReport(const ReportData& data)
{
    std::string text = "# " + markdownEscaped(data.title) + "\n\n" + markdownEscaped(data.project + " · " + data.created + " · " + data.program) + "\n\n";
    for (const Block& block : blocksOf(data))
        text += std::visit(Markdown{}, block);
    return text;
}

std::string csvReport(const ReportData& data)
{
    std::string text = "task,metric,single,multi,difference,low,high,margin,verdict,n,seeds,won,lost,excluded,note\r\n";
    if (!data.comparison)
        return text;
    for (const TaskComparison& task : data.comparison->tasks) {
        const bool known = task.verdict != Verdict::NotComputable;
        text += csvText(task.name) + "," + std::string(wordOf(task.metric));
        for (const double value : {task.single, task.multi, task.difference, task.low, task.high})
            text += "," + (known ? number(value) : std::string{});
        text += "," + number(task.margin) + "," + std::string(wordOf(task.verdict)) + "," + std::to_string(task.n) + ","
            + std::to_string(task.seeds) + "," + std::to_string(task.won) + "," + std::to_string(task.lost) + ","
            + (task.excluded ? "1" : "0") + "," + csvText(task.note) + "\r\n";
    }
    return text;
}

std::string texReport(const ReportData& data)
{
    std::string text = "% " + std::string(data.program) + "; needs \\usepackage{booktabs}\n\\begin{table}\n\\centering\n\\begin{tabular}{llrrrrl}\n"
                       "\\toprule\nTask & Metric & Single & Multi & Diff. & 90\\,\\% interval & Verdict \\\\\n\\midrule\n";
    if (data.comparison)
        for (const TaskComparison& task : data.comparison->tasks) {
            char numbers[160];
            std::snprintf(numbers, sizeof numbers, "%.1f & %.1f & $%+.1f$ & [$%+.1f$, $%+.1f$]", 100 * task.single,
                100 * task.multi, 100 * task.difference, 100 * task.low, 100 * task.high);
            const bool known = task.verdict != Verdict::NotComputable;
            text += texEscaped(task.name) + " & " + texEscaped(std::string(wordOf(task.metric))) + " & "
                + (known ? numbers : "-- & -- & -- & --") + " & " + wordsOf(task.verdict) + " \\\\\n";
        }
    return text + "\\bottomrule\n\\end{tabular}\n\\caption{" + texEscaped(data.suiteLine) + "}\n\\end{table}\n";
}

}  // namespace taskfold::report
