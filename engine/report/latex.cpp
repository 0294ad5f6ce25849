#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/writers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace taskfold::report {

namespace {

// A row never goes over to the next page: a cell of more text would run out of the first. JSON and CSV hold all of it.
constexpr std::size_t kMostBytesOfCell = 400;
// longtable measures a caption on one line, which TeX doesn't let grow over 5.7 metres.
constexpr std::size_t kMostBytesOfCaption = 800;

// pdfLaTeX stops at a character that its fonts lack; here it shows a question mark instead, in these tables alone.
constexpr const char* kUnknownCharacters = "\\makeatletter\\ifdefined\\UTFviii@undefined@err\\def\\UTFviii@undefined@err#1{\\textbf{?}}\\fi\\makeatother\n"
                                           "\\def\\TextSymbolUnavailable#1{\\textbf{?}}\n";

// The head of a column of numbers has a line for each word.
std::string headOf(const std::string& head, bool number)
{
    std::string text = texEscaped(head);
    if (!number || text.find(' ') == std::string::npos)
        return text;
    for (std::size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 2))
        if (text[at + 1] != '/' && text[at + 1] != '\\')  // signs stay with their word
            text.replace(at, 1, "\\\\");
    return "\\shortstack[r]{" + text + "}";
}

std::size_t longestWord(const std::string& text)
{
    std::size_t longest = 0;
    for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1) {
        to = text.find(' ', from);
        longest = std::max(longest, std::min(to, text.size()) - from);
    }
    return longest;
}

// Letters of the longest cell, between the two.
double lettersOf(const TableBlock& table, std::size_t column, double least, double most)
{
    std::size_t longest = column < table.head.size() ? longestWord(table.head[column]) : 0;
    for (const auto& row : table.rows)
        longest = std::max(longest, column < row.size() ? row[column].size() : 0);
    return std::clamp(static_cast<double>(longest), least, most);
}

// Wide tables in small print. Numbers take what they need; words share the rest of the line by the root of their length, so that long
// names break and short ones don't. Measured in article: a letter takes 0.0085 of the line, the space between two columns 0.018.
std::string columnsOf(const TableBlock& table)
{
    const auto isNumber = [&](std::size_t i) { return i < table.numbers.size() && table.numbers[i]; };
    double left = 1, weights = 0;
    for (std::size_t i = 0; i < table.head.size(); ++i) {
        left -= isNumber(i) ? 0.018 + 0.0085 * lettersOf(table, i, 4, 30) : 0.018;
        weights += isNumber(i) ? 0 : std::sqrt(lettersOf(table, i, 8, 200));
    }
    std::string columns;
    for (std::size_t i = 0; i < table.head.size(); ++i) {
        char text[64] = "r";
        if (!isNumber(i))
            std::snprintf(text, sizeof text, ">{\\raggedright\\arraybackslash}p{%.3f\\linewidth}",
                std::max(0.06, left * std::sqrt(lettersOf(table, i, 8, 200)) / weights));
        columns += text;
    }
    return columns;
}

std::string rowOf(const std::vector<std::string>& cells)
{
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i)
        text += (i > 0 ? " & " : "") + texEscaped(cut(cells[i], kMostBytesOfCell));
    return text + " \\\\\n";
}

std::string texOf(const TableBlock& table)
{
    std::string text = "{\\tiny\\setlength{\\tabcolsep}{3pt}\n\\begin{longtable}{" + columnsOf(table) + "}\n";
    if (!table.caption.empty())
        text += "\\caption[]{" + texEscaped(cut(table.caption, kMostBytesOfCaption)) + "}\\\\\n";
    std::string head;
    for (std::size_t i = 0; i < table.head.size(); ++i)
        head += (i > 0 ? " & " : "") + headOf(table.head[i], i < table.numbers.size() && table.numbers[i]);
    text += "\\toprule\n" + head + " \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n";
    for (const auto& row : table.rows)
        text += rowOf(row);
    return text + "\\end{longtable}}\n\n";
}

}  // namespace

std::string texReport(const ReportData& data)
{
    std::string text = "% " + texEscaped(data.program) + ". For XeLaTeX or LuaLaTeX: \\usepackage{booktabs,longtable,array,fontspec}\n"
                       "% and, for Chinese, \\usepackage{ctex} or another package that brings such a font. pdfLaTeX shows ? for what its fonts lack.\n"
                       "\\begingroup\n"
        + std::string(kUnknownCharacters);
    for (const Block& block : blocksOf(data)) {
        if (const auto* table = std::get_if<TableBlock>(&block))
            text += texOf(*table);
        else if (const auto* statement = std::get_if<Statement>(&block))
            text += "\\noindent\\textbf{" + texEscaped(statement->text) + "}\\par\n\n";
        else if (const auto* warning = std::get_if<Warning>(&block))
            text += "\\noindent\\textit{" + texEscaped(warning->text) + "}\\par\n\n";
    }
    return text + "\\endgroup\n";
}

}  // namespace taskfold::report
