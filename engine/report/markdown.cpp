#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/writers.h"

namespace taskfold::report {

namespace {

struct Markdown {
    std::string operator()(const Heading& heading) const { return "## " + markdownEscaped(heading.text) + "\n\n"; }
    std::string operator()(const Paragraph& paragraph) const { return markdownEscaped(paragraph.text) + "\n\n"; }
    std::string operator()(const Statement& statement) const { return "**" + markdownEscaped(statement.text) + "**\n\n"; }
    std::string operator()(const Warning& warning) const { return "> ⚠ " + markdownEscaped(warning.text) + "\n\n"; }
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

}  // namespace

std::string markdownReport(const ReportData& data)
{
    std::string text = "# " + markdownEscaped(data.title) + "\n\n" + markdownEscaped(data.project + " · " + data.created + " · " + data.program) + "\n\n";
    for (const Block& block : blocksOf(data))
        text += std::visit(Markdown{}, block);
    return text;
}

}  // namespace taskfold::report
