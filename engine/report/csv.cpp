#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/writers.h"

#include <cmath>
#include <cstdio>

namespace taskfold::report {

namespace {

std::string number(double value)
{
    if (!std::isfinite(value))
        return {};
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

// A number as tables show it, back to what a spreadsheet reads; anything else is text.
std::string cellOf(const std::string& text, bool isNumber)
{
    std::string plain = text;
    if (isNumber) {
        std::erase(plain, ',');
        if (plain.starts_with("−"))
            plain.replace(0, 3, "-");
        else if (plain.starts_with("+"))
            plain.erase(0, 1);
        const std::size_t first = plain.starts_with('-') ? 1 : 0;
        if (first < plain.size() && plain.find_first_not_of("0123456789.", first) == std::string::npos)
            return plain;
    }
    return csvText(text);
}

std::string csvOf(const TableBlock& table)
{
    std::string text;
    for (std::size_t i = 0; i < table.head.size(); ++i)
        text += (i > 0 ? "," : "") + csvText(table.head[i]);
    text += "\r\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i > 0 ? "," : "") + cellOf(row[i], i < table.numbers.size() && table.numbers[i]);
        text += "\r\n";
    }
    return text;
}

}  // namespace

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

std::vector<std::pair<std::string, std::string>> csvTables(const ReportData& data)
{
    std::vector<std::pair<std::string, std::string>> tables;
    for (const Block& block : blocksOf(data))
        if (const auto* table = std::get_if<TableBlock>(&block); table && table->key != "tasks") {
            if (!tables.empty() && tables.back().first == table->key) {  // rows won and lost: one file for all tasks
                std::string more = csvOf(*table);
                tables.back().second += more.substr(more.find("\r\n") + 2);
                continue;
            }
            tables.emplace_back(table->key, csvOf(*table));
        }
    return tables;
}

}  // namespace taskfold::report
