#include "widgets/models/previewmodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::PreviewModel)
};

QString headingOf(const QString& column, const ReadSettings& used)
{
    QStringList fields;
    for (const auto& [field, from] : used.columns)
        if (from == column)
            fields.append(fieldTitle(field));
    return fields.isEmpty() ? column : Words::tr("%1 → %2").arg(column, fields.join(u", "_s));
}

RowModel<PreviewRow>::Column cellColumn(const QString& title, int cell)
{
    const auto text = [cell](const PreviewRow& row) { return row.cells.value(cell); };
    RowModel<PreviewRow>::Column column{
        title, [text](const PreviewRow& row) { return excerptText(text(row)); }};
    column.toolTip = text;
    return column;
}

}  // namespace

namespace {

// Where a field is made by an expression, what it makes is shown, too.
void addMade(std::vector<RowModel<PreviewRow>::Column>& columns, const ImportPreview& preview)
{
    const auto add = [&](const QString& field, QString PreviewRow::*text) {
        const auto used = preview.used.columns.find(field);
        if (used == preview.used.columns.end() || preview.columns.contains(used->second))
            return;
        RowModel<PreviewRow>::Column column{
            Words::tr("%1 (made)").arg(fieldTitle(field)), [text](const PreviewRow& row) { return excerptText(row.*text); }};
        column.toolTip = [text](const PreviewRow& row) { return row.*text; };
        columns.push_back(std::move(column));
    };
    add(u"input"_s, &PreviewRow::input);
    add(u"target"_s, &PreviewRow::target);
}

}  // namespace

QString fieldTitle(const QString& field)
{
    static const std::map<QString, const char*> kTitles{{u"input"_s, QT_TR_NOOP("Input")},
        {u"target"_s, QT_TR_NOOP("Target")}, {u"references"_s, QT_TR_NOOP("References")},
        {u"label"_s, QT_TR_NOOP("Label")}, {u"group"_s, QT_TR_NOOP("Group")},
        {u"split"_s, QT_TR_NOOP("Split")}};
    const auto found = kTitles.find(field);
    return found == kTitles.end() ? field : Words::tr(found->second);
}

PreviewModel::PreviewModel(QObject* parent) : RowModel({}, parent) { }

void PreviewModel::show(const ImportPreview& preview)
{
    std::vector<Column> columns{
        numberColumn(
            Words::tr("Line"), [](const PreviewRow& row) { return countText(row.line); },
            [](const PreviewRow& row) { return qlonglong{row.line}; }),
        {Words::tr("Problem"), [](const PreviewRow& row) { return row.problem; }},
    };
    columns[ProblemColumn].toolTip = [](const PreviewRow& row) { return row.problem; };
    addMade(columns, preview);
    for (int cell = 0; cell < preview.columns.size(); ++cell)
        columns.push_back(cellColumn(headingOf(preview.columns[cell], preview.used), cell));
    setRows({});
    setColumns(std::move(columns));
    setRows(preview.rows);
}

namespace {

// Against the version before.
void addChanges(std::vector<RowModel<ImportLine>::Column>& columns)
{
    const auto add = [&](const QString& title, std::int64_t RowsChanged::*count) {
        columns.push_back(RowModel<ImportLine>::numberColumn(
            title, [count](const ImportLine& line) { return line.changed ? countText((*line.changed).*count) : QString(); },
            [count](const ImportLine& line) { return line.changed ? qlonglong{(*line.changed).*count} : qlonglong{-1}; }));
    };
    add(Words::tr("New"), &RowsChanged::added);
    add(Words::tr("Gone"), &RowsChanged::removed);
    add(Words::tr("As before"), &RowsChanged::same);
}

}  // namespace

SummaryModel::SummaryModel(QObject* parent) : RowModel({}, parent) { }

void SummaryModel::show(const ImportSummary& summary)
{
    std::set<Reason> reasons;
    for (const ImportLine& line : summary.lines)
        for (const auto& [reason, count] : line.issues)
            reasons.insert(reason);
    std::vector<Column> columns{
        {Words::tr("Task"), [](const ImportLine& line) { return line.task; }},
        {Words::tr("Split"), [](const ImportLine& line) { return line.split; }},
        numberColumn(
            Words::tr("Rows in"), [](const ImportLine& line) { return countText(line.rowsIn); },
            [](const ImportLine& line) { return qlonglong{line.rowsIn}; }),
        numberColumn(
            Words::tr("Kept"), [](const ImportLine& line) { return countText(line.rowsKept); },
            [](const ImportLine& line) { return qlonglong{line.rowsKept}; }),
    };
    if (std::any_of(summary.lines.begin(), summary.lines.end(), [](const ImportLine& line) { return line.changed.has_value(); }))
        addChanges(columns);
    for (const Reason reason : reasons) {
        const auto count = [reason](const ImportLine& line) {
            const auto found = line.issues.find(reason);
            return found == line.issues.end() ? qlonglong{0} : qlonglong{found->second};
        };
        columns.push_back(numberColumn(
            titleOf(reason),
            [count](const ImportLine& line) { return count(line) ? countText(count(line)) : QString(); },
            count));
    }
    setRows({});
    setColumns(std::move(columns));
    setRows(summary.lines);
}

}  // namespace taskfold
