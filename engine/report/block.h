#pragma once

#include "engine/report/reportdata.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A report as a list of blocks, which every format writes its own way.
namespace taskfold::report {

struct Heading {
    std::string text;
    int level = 2;
};

struct Paragraph {
    std::string text;
};

/// Words that stand out: the verdict.
struct Statement {
    std::string text;
};

/// What a reader must know before he believes the numbers.
struct Warning {
    std::string text;
};

struct TableBlock {
    std::string key;  // names the table's file: tasks, ledger, ...
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> numbers;  // by column: aligned to the right
    std::string caption;
};

enum class FigureKind { Forest, Bars, Scatter, Slopes, ByVolume, ByAffinity, Reliability, Volume };
std::string_view wordOf(FigureKind kind);
const std::vector<FigureKind>& allFigures();

struct Figure {
    FigureKind kind = FigureKind::Forest;
    std::string caption;
};

using Block = std::variant<Heading, Paragraph, Statement, Warning, TableBlock, Figure>;

std::vector<Block> blocksOf(const ReportData& data);

/// For paper: a line a task with all its seeds, where the table of seeds would go over many pages.
TableBlock seedsOnPaper(const ReportData& data, const TableBlock& seeds);

/// The figure as SVG, without colours of its own but for classes: a, b, line, text, muted. Empty: nothing to draw.
std::string svgOf(FigureKind kind, const ReportData& data);
/// On paper a figure of many tasks goes over several pages: how many parts it has, and one of them.
std::size_t partsOf(FigureKind kind, const ReportData& data);
std::string svgOf(FigureKind kind, const ReportData& data, std::size_t part);
/// What the part is called in documents: "forest", "forest-2".
std::string nameOf(FigureKind kind, std::size_t part);

/// A fraction of 1 in points: "83.4"; signed: "+1.2".
std::string pointsOf(double fraction);
std::string signedPointsOf(double fraction);
std::string wordsOf(Verdict verdict);
/// 1,234,567; with three digits where it is small.
std::string amountOf(double value);

}  // namespace taskfold::report
