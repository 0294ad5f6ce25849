#include "engine/data/csv.h"
#include "engine/data/detect.h"
#include "engine/data/parsers.h"

#include <algorithm>
#include <map>
#include <set>

namespace taskfold::data {

std::pair<std::size_t, double> columnsWith(std::string_view head, char delimiter)
{
    CsvScanner scanner(head, {delimiter, true});
    std::vector<CsvCell> cells;
    std::map<std::size_t, std::size_t> counts;
    std::size_t all = 0;
    while (!scanner.atEnd() && all < kLooked) {
        const CsvState state = scanner.next(cells);
        if (state == CsvState::Cut && all > 0 && scanner.atEnd())
            break;
        if (!isBlankText(scanner.raw())) {
            ++counts[cells.size()];
            ++all;
        }
    }
    std::pair<std::size_t, double> best{1, 0};
    for (const auto& [columns, count] : counts)
        if (static_cast<double>(count) / static_cast<double>(all) > best.second)
            best = {columns, static_cast<double>(count) / static_cast<double>(all)};
    return best;
}

bool isKnownName(std::string cell)
{
    std::transform(cell.begin(), cell.end(), cell.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* field : {"input", "target", "references", "group", "split"})
        if (std::find(namesOf(field).begin(), namesOf(field).end(), cell) != namesOf(field).end())
            return true;
    return cell == "premise" || cell == "hypothesis" || cell == "context" || cell == "id";
}

bool isNumber(std::string_view cell)
{
    return !cell.empty() && cell.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
}

namespace {

void detectDelimiter(OpenFile& file, std::string_view head)
{
    if (*file.used.format == FileFormat::Tsv && file.used.delimiter.empty()) {
        file.used.delimiter = "\t";
        return;
    }
    if (!file.used.delimiter.empty())
        return;
    std::pair<std::size_t, double> best{1, 0};
    file.used.delimiter = ",";
    for (const char candidate : {',', '\t', ';', '|', '^', '~', '\x01'}) {
        const auto found = columnsWith(head, candidate);
        if (found.first > 1 && (best.first == 1 || found.second > best.second + 0.05)) {
            best = found;
            file.used.delimiter = std::string(1, candidate);
        }
    }
    guess(file, "delimiter", file.used.delimiter == "\t" ? "tab" : file.used.delimiter, best.first > 1 ? best.second : 0.3,
        best.first > 1 ? "with it most rows have " + std::to_string(best.first) + " columns" : "no delimiter parts the rows");
}

// Whether quotes hold cells together. In files with tabs they are often letters like any other.
void detectQuotes(OpenFile& file, std::string_view head)
{
    if (file.used.quotes)
        return;
    if (file.used.delimiter != "\t") {
        file.used.quotes = true;
        return;
    }
    CsvScanner scanner(head, {'\t', true});
    std::vector<CsvCell> cells;
    std::size_t needed = 0, broken = 0;
    for (std::size_t i = 0; i < kLooked && !scanner.atEnd(); ++i) {
        broken += scanner.next(cells) == CsvState::OpenQuote ? 1 : 0;
        for (const CsvCell& cell : cells)
            needed += cell.doubled || cell.text.find_first_of("\t\n") != std::string_view::npos ? 1 : 0;
    }
    file.used.quotes = needed > 0 && broken == 0;
    if (head.find('"') != std::string_view::npos)
        guess(file, "quotes", *file.used.quotes ? "around cells" : "as letters", 0.8,
            *file.used.quotes ? "cells with tabs or quotes in them are quoted" : "no cell needs them");
}

// Records with a quote that isn't closed, or with another number of cells than the first.
std::size_t oddRecords(std::string_view head, const CsvShape& shape)
{
    CsvScanner scanner(head, shape);
    std::vector<CsvCell> cells;
    std::size_t odd = 0, columns = 0;
    for (std::size_t i = 0; i < kLooked && !scanner.atEnd(); ++i) {
        const CsvState state = scanner.next(cells);
        columns = i == 0 ? cells.size() : columns;
        odd += state == CsvState::OpenQuote || (state == CsvState::Whole && cells.size() != columns) ? 1 : 0;
    }
    return odd;
}

void detectEscapes(OpenFile& file, std::string_view head)
{
    if (file.used.escapes)
        return;
    const char delimiter = file.used.delimiter.front();
    file.used.escapes = *file.used.quotes && head.find('\\') != std::string_view::npos
        && oddRecords(head, {delimiter, true, true}) < oddRecords(head, {delimiter, true, false});
    if (*file.used.escapes)
        guess(file, "escapes", "backslash", 0.8, "with it more rows have the same columns");
}

void detectHeader(OpenFile& file, const std::vector<std::vector<std::string>>& rows)
{
    if (file.used.header || rows.empty())
        return;
    const std::vector<std::string>& first = rows.front();
    const auto say = [&](bool header, double sure, std::string why) {
        file.used.header = header;
        guess(file, "header", header ? "yes" : "no", sure, std::move(why));
    };
    if (std::any_of(first.begin(), first.end(), isKnownName))
        return say(true, 0.95, "the first row has names that columns usually have");
    bool nameLike = true, repeats = false, others = false;
    for (std::size_t c = 0; c < first.size(); ++c) {
        nameLike = nameLike && !first[c].empty() && first[c].size() <= 40 && !isNumber(first[c]) && first[c].find(' ') == std::string::npos;
        for (std::size_t r = 1; r < rows.size(); ++r) {
            if (c >= rows[r].size())
                continue;
            repeats = repeats || rows[r][c] == first[c];
            others = others || rows[r][c].find(' ') != std::string::npos || isNumber(rows[r][c]);
        }
    }
    if (repeats)
        return say(false, 0.9, "a cell of the first row stands in other rows, too");
    if (nameLike && others)
        return say(true, 0.7, "the first row's cells are single words, other rows' aren't");
    say(false, 0.6, "the first row looks like the others");
}

// Where no name says what a column is: the longest texts are the inputs, the fewest different ones of the others the targets.
void mapByLooks(OpenFile& file, const std::vector<std::vector<std::string>>& rows)
{
    if (file.columns.size() < 2 || file.used.columns.contains("input") || file.used.columns.contains("target") || rows.size() < 3)
        return;
    std::vector<std::size_t> lengths(file.columns.size());
    std::vector<std::set<std::string>> different(file.columns.size());
    for (std::size_t r = file.used.header.value_or(false) ? 1 : 0; r < rows.size(); ++r)
        for (std::size_t c = 0; c < std::min(rows[r].size(), file.columns.size()); ++c) {
            lengths[c] += rows[r][c].size();
            different[c].insert(rows[r][c]);
        }
    const auto input = static_cast<std::size_t>(std::max_element(lengths.begin(), lengths.end()) - lengths.begin());
    std::size_t target = input == 0 ? 1 : 0;
    for (std::size_t c = 0; c < file.columns.size(); ++c)
        if (c != input && lengths[c] > 0 && (lengths[target] == 0 || different[c].size() < different[target].size()))
            target = c;
    file.used.columns["input"] = file.columns[input];
    file.used.columns["target"] = file.columns[target];
    guess(file, "columns", file.columns[input] + " → " + file.columns[target], 0.5,
        "the first has the longest texts, the second " + std::to_string(different[target].size()) + " different ones in " + std::to_string(rows.size()) + " rows");
}

}  // namespace

void detectTable(OpenFile& file, std::string_view head)
{
    if (namesDelimiter(head)) {
        if (file.used.delimiter.empty()) {
            file.used.delimiter = std::string(1, head[4]);
            guess(file, "delimiter", file.used.delimiter, 1, "the first line says so");
        }
        head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);
    }
    detectDelimiter(file, head);
    detectQuotes(file, head);
    detectEscapes(file, head);
    const CsvShape shape{file.used.delimiter.front(), *file.used.quotes, *file.used.escapes};
    CsvScanner scanner(head, shape);
    std::vector<CsvCell> cells;
    std::vector<std::vector<std::string>> rows;
    while (!scanner.atEnd() && rows.size() < kLooked) {
        scanner.next(cells);
        if (rows.empty() && isBlankText(scanner.raw()))
            continue;
        std::vector<std::string> row;
        for (const CsvCell& cell : cells) {
            std::string& text = row.emplace_back(cell.text);
            if (cell.doubled)
                text.resize(textOf(cell, shape, text.data()).size());
        }
        rows.push_back(std::move(row));
    }
    detectHeader(file, rows);
    const std::vector<std::string> first = rows.empty() ? std::vector<std::string>{} : rows.front();
    for (std::size_t i = 0; i < first.size(); ++i) {
        std::string name = file.used.header.value_or(false) && !isBlankText(first[i]) ? first[i] : "column" + std::to_string(i + 1);
        if (std::find(file.columns.begin(), file.columns.end(), name) != file.columns.end())
            name += " (" + std::to_string(i + 1) + ")";
        file.columns.push_back(std::move(name));
    }
    if (!file.used.header.value_or(false) || std::none_of(first.begin(), first.end(), isKnownName))
        mapByLooks(file, rows);
}

}  // namespace taskfold::data
