#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/writers.h"

#include <algorithm>
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

// Wide tables in small print; a column of words takes its share of the line, so that long names break.
std::string columnsOf(const TableBlock& table)
{
    std::size_t words = 0;
    for (std::size_t i = 0; i < table.head.size(); ++i)
        words += i < table.numbers.size() && table.numbers[i] ? 0U : 1U;
    const double numbers = 0.075 * static_cast<double>(table.head.size() - words);
    const double share = words == 0 ? 0 : std::max(0.08, (0.96 - numbers) / static_cast<double>(words) - 0.02);
    std::string columns;
    for (std::size_t i = 0; i < table.head.size(); ++i) {
        char text[64] = "r";
        if (!(i < table.numbers.size() && table.numbers[i]))
            std::snprintf(text, sizeof text, ">{\\raggedright\\arraybackslash}p{%.3f\\linewidth}", share);
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
    text += "\\toprule\n" + rowOf(table.head) + "\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n";
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
