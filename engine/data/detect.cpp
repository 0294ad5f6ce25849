#include "engine/data/detect.h"

#include "engine/data/csv.h"
#include "engine/data/parsers.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace taskfold::data {

namespace {

constexpr std::size_t kLooked = 200;  // lines or records

std::string_view firstLine(std::string_view text)
{
    LineWalk lines(text);
    std::string_view line;
    while (lines.next(line))
        if (!isBlankText(line))
            return line;
    return {};
}

// Columns that most of the first records have with this delimiter, and the share that has as many.
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

bool namesColumns(std::string_view line, char delimiter)
{
    CsvScanner scanner(line, {delimiter, true});
    std::vector<CsvCell> cells;
    scanner.next(cells);
    return std::any_of(cells.begin(), cells.end(), [](const CsvCell& cell) { return isKnownName(std::string(cell.text)); });
}

}  // namespace

double conllShare(std::string_view head)
{
    LineWalk lines(head);
    std::string_view line;
    std::size_t all = 0, fit = 0, blank = 0;
    while (all < kLooked * 5 && lines.next(line)) {
        if (isBlankText(line)) {
            ++blank;
            continue;
        }
        ++all;
        const std::size_t at = line.find_last_of(" \t");
        if (at == std::string_view::npos || at == 0)
            continue;
        const std::string_view tag = line.substr(at + 1);
        const bool typed = tag.size() > 2 && tag[1] == '-' && std::string_view("BIESLUM").find(tag[0]) != std::string_view::npos;
        fit += tag == "O" || typed ? 1 : 0;
    }
    return all >= 2 && (blank > 0 || all < 50) ? static_cast<double>(fit) / static_cast<double>(all) : 0;
}

void detectFormat(OpenFile& file, std::string_view head, bool)
{
    if (file.used.format)
        return;
    const std::optional<FileFormat> named = formatOfName(file.path);
    const std::size_t first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const char start = first == std::string_view::npos ? ' ' : head[first];
    const bool mayBeJson = !named || *named == FileFormat::JsonLines || *named == FileFormat::Json;
    if (mayBeJson && (start == '[' || start == '{')) {
        file.used.format = jsonForm(file, head, start);
        return;
    }
    const double tags = !mayBeJson || !named ? conllShare(head) : 0;
    if (named != FileFormat::Csv && tags > 0.8) {
        file.used.format = FileFormat::Conll;
        return guess(file, "format", "conll", tags, "its lines end in tags of BIO or BIOES");
    }
    if (mayBeJson && named) {
        for (const char delimiter : {'\t', ',', ';'}) {
            const auto found = columnsWith(head, delimiter);
            if (found.first < 2 || found.second < 0.95)
                continue;
            file.used.format = delimiter == '\t' ? FileFormat::Tsv : FileFormat::Csv;
            return guess(file, "format", std::string(wordOf(*file.used.format)), 0.7, "its name says " + std::string(wordOf(*named)) + ", but its lines are a table's");
        }
    }
    if (named && *named != FileFormat::Text) {
        file.used.format = *named;
        return guess(file, "format", std::string(wordOf(*named)), 0.9, "its name says so");
    }
    const auto tabs = columnsWith(head, '\t');
    if (tabs.first > 1 && tabs.second > 0.9) {
        file.used.format = FileFormat::Tsv;
        return guess(file, "format", "tsv", 0.8, "tabs part each line into " + std::to_string(tabs.first) + " columns");
    }
    const auto bars = columnsWith(head, '|');
    if (bars.first > 1 && bars.second > 0.95 && namesColumns(firstLine(head), '|')) {
        file.used.format = FileFormat::Csv;
        return guess(file, "format", "csv", 0.7, "bars part each line into " + std::to_string(bars.first) + " columns");
    }
    const auto commas = columnsWith(head, firstLine(head).find(';') != std::string_view::npos ? ';' : ',');
    if (!named && commas.first > 1 && commas.second > 0.9) {
        file.used.format = FileFormat::Csv;
        return guess(file, "format", "csv", 0.7, "each line has " + std::to_string(commas.first) + " columns");
    }
    file.used.format = FileFormat::Text;
    guess(file, "format", "txt", named ? 0.9 : 0.5, named ? "its name says so" : "nothing else fits");
}

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
    CsvScanner scanner(head, {file.used.delimiter.front(), *file.used.quotes});
    std::vector<CsvCell> cells;
    std::vector<std::vector<std::string>> rows;
    while (!scanner.atEnd() && rows.size() < kLooked) {
        scanner.next(cells);
        if (rows.empty() && isBlankText(scanner.raw()))
            continue;
        std::vector<std::string> row;
        for (const CsvCell& cell : cells)
            row.push_back(cell.doubled ? undoubled(cell.text) : std::string(cell.text));
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

void detectConll(OpenFile& file, std::string_view head)
{
    file.columns = {"text", "slots", "tokens"};
    if (file.used.tokenColumn && file.used.tagColumn)
        return;
    // CoNLL-U and its kin number their tokens in the first column.
    LineWalk lines(head);
    std::string_view line;
    std::size_t all = 0, numbered = 0;
    while (all < kLooked && lines.next(line)) {
        if (isBlankText(line) || line.starts_with("#"))
            continue;
        ++all;
        numbered += isNumber(line.substr(0, line.find_first_of(" \t"))) && std::count(line.begin(), line.end(), '\t') + std::count(line.begin(), line.end(), ' ') > 1 ? 1 : 0;
    }
    const bool second = all > 0 && numbered * 10 > all * 9;
    if (!file.used.tokenColumn)
        file.used.tokenColumn = second ? 2 : 1;
    guess(file, "token column", std::to_string(*file.used.tokenColumn), 0.9, second ? "the first column counts tokens" : "the first column holds words");
}

}  // namespace taskfold::data
