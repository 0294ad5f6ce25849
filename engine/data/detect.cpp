#include "engine/data/detect.h"

#include "engine/data/csv.h"
#include "engine/data/parsers.h"

#include <algorithm>

namespace taskfold::data {

namespace {

std::string_view firstLine(std::string_view text)
{
    LineWalk lines(text);
    std::string_view line;
    while (lines.next(line))
        if (!isBlankText(line))
            return line;
    return {};
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
    if ((!named || *named == FileFormat::Text) && head.substr(std::min(first, head.size())).starts_with(kFastTextLabel)) {
        file.used.format = FileFormat::FastText;
        return guess(file, "format", "fasttext", 0.95, "its lines begin with __label__");
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
