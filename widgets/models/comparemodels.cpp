#include "widgets/models/comparemodels.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::CompareModels)
};

template <typename Row, typename Value>
Column<Row> count(const QString& title, Value value, const QString& help = {})
{
    return RowModel<Row>::numberColumn(
        title, [=](const Row& row) { return countText(value(row)); }, [=](const Row& row) { return QVariant(qlonglong{value(row)}); }, help);
}

template <typename Row, typename Value>
Column<Row> words(const QString& title, Value value)
{
    Column<Row> column;
    column.title = title;
    column.text = [=](const Row& row) { return excerptText(value(row)); };
    column.plain = [=](const Row& row) { return value(row); };
    column.toolTip = column.plain;
    return column;
}

QString dashed(const QString& text)
{
    return text.isEmpty() ? u"–"_s : text;
}

std::vector<Column<SuiteComparison>> suiteColumns()
{
    using Row = SuiteComparison;
    const auto points = [](const QString& title, auto value, const QString& help) {
        return RowModel<Row>::numberColumn(
            title, [=](const Row& row) { return signedPointsText(value(row)); }, [=](const Row& row) { return QVariant(100 * value(row)); }, help);
    };
    return {
        words<Row>(Words::tr("Suite"), [](const Row& row) { return row.name.empty() ? Words::tr("All tasks") : toQt(row.name); }),
        count<Row>(Words::tr("Tasks"), [](const Row& row) { return std::int64_t{row.tasks}; }),
        count<Row>(Words::tr("Not worse"), [](const Row& row) { return std::int64_t{row.notWorse}; }, Words::tr("The better ones among them")),
        count<Row>(Words::tr("Worse"), [](const Row& row) { return std::int64_t{row.worse}; }),
        count<Row>(Words::tr("Undecided"), [](const Row& row) { return std::int64_t{row.undecided}; }),
        count<Row>(Words::tr("Not computable"), [](const Row& row) { return std::int64_t{row.notComputable}; }),
        points(Words::tr("Mean difference"), [](const Row& row) { return row.meanDifference; }, Words::tr("Points, over the suite's tasks")),
        RowModel<Row>::numberColumn(
            Words::tr("90 % interval"),
            [](const Row& row) { return Words::tr("%1 to %2").arg(signedPointsText(row.low), signedPointsText(row.high)); },
            [](const Row& row) { return QVariant(100 * row.low); }, Words::tr("Between its one-sided 95 % bounds")),
        RowModel<Row>::numberColumn(
            Words::tr("Margin"), [](const Row& row) { return pointsText(row.margin); }, [](const Row& row) { return QVariant(100 * row.margin); }),
        words<Row>(Words::tr("Verdict on the mean"), [](const Row& row) { return titleOf(row.verdict); }),
    };
}

std::vector<Column<SettingLine>> settingColumns()
{
    using Row = SettingLine;
    return {
        words<Row>(Words::tr("Setting"), [](const Row& row) { return toQt(row.key); }),
        words<Row>(Words::tr("Baseline"), [](const Row& row) { return dashed(toQt(row.baseline)); }),
        words<Row>(Words::tr("Candidate"), [](const Row& row) { return dashed(toQt(row.candidate)); }),
        words<Row>(Words::tr("Differs"), [](const Row& row) { return row.differs() ? Words::tr("yes") : Words::tr("no"); }),
    };
}

QString planTitle(const RunSummary& one)
{
    return one.run.device == "imported" ? Words::tr("%1 (imported)").arg(toQt(one.run.note)) : dashed(toQt(one.plan));
}

std::vector<Column<PivotRow>> pivotColumns()
{
    using Row = PivotRow;
    Column<Row> run = count<Row>(Words::tr("Run"), [](const Row& row) { return row.summary->run.id.value; });
    run.search = [](const Row& row) { return toQt(row.summary->words); };
    return {
        run,
        words<Row>(Words::tr("Plan"), [](const Row& row) { return planTitle(*row.summary); }),
        words<Row>(Words::tr("Stage"), [](const Row& row) { return titleOf(row.summary->run.kind); }),
        words<Row>(Words::tr("Task"), [](const Row& row) { return dashed(toQt(row.summary->task)); }),
        count<Row>(Words::tr("Seed"), [](const Row& row) { return static_cast<std::int64_t>(row.summary->run.seed); }),
        words<Row>(Words::tr("Status"), [](const Row& row) { return titleOf(row.summary->run.status); }),
    };
}

std::vector<double> valuesOf(const RunSummary& run, const std::vector<TaskName>& tasks, const std::map<TaskId, double>& baseline)
{
    std::vector<double> values{std::nan("")};
    double sum = 0;
    int count = 0;
    for (const TaskName& task : tasks) {
        const auto score = run.scores.find(task.id);
        const auto before = baseline.find(task.id);
        const bool known = score != run.scores.end() && (baseline.empty() || before != baseline.end());
        values.push_back(known ? score->second.value - (baseline.empty() ? 0 : before->second) : std::nan(""));
        sum += known ? values.back() : 0;
        count += known ? 1 : 0;
    }
    if (count > 0)
        values.front() = sum / count;
    return values;
}

}  // namespace

SuiteModel::SuiteModel(QObject* parent) : RowModel(suiteColumns(), parent) { }
SettingModel::SettingModel(QObject* parent) : RowModel(settingColumns(), parent) { }
PivotModel::PivotModel(QObject* parent) : RowModel(pivotColumns(), parent) { }

void PivotModel::show(
    const std::vector<TaskName>& tasks, const std::vector<const RunSummary*>& runs, const std::map<TaskId, double>& baseline)
{
    const auto column = [signedValues = !baseline.empty()](const QString& title, std::size_t place, const QString& help) {
        return numberColumn(
            title,
            [=](const PivotRow& row) {
                const double value = row.values[place];
                return std::isnan(value) ? QString() : signedValues ? signedPointsText(value) : pointsText(value);
            },
            [=](const PivotRow& row) { return QVariant(100 * row.values[place]); }, help);
    };
    std::vector<Column> columns = pivotColumns();
    columns.push_back(column(Words::tr("Mean"), 0, Words::tr("Over the tasks that the run answered, points")));
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const QString name = toQt(tasks[i].name);
        columns.push_back(column(excerptText(name, 40), i + 1, Words::tr("%1: test score, points").arg(excerptText(name, 400))));
    }
    std::vector<PivotRow> rows;
    rows.reserve(runs.size());
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        rows.push_back({*run, valuesOf(**run, tasks, baseline)});
    reset(std::move(columns), std::move(rows));
}

QString searchWords(const RunSummary& one)
{
    const Run& run = one.run;
    return QStringList{QString::number(run.id.value), planTitle(one), titleOf(run.kind), toQt(one.task), Words::tr("seed %1").arg(run.seed),
        titleOf(run.status), toQt(run.note)}
        .join(u' ');
}

QString runTitle(const RunSummary& run)
{
    return Words::tr("Run %1 (%2, seed %3, %4)").arg(run.run.id.value).arg(titleOf(run.run.kind)).arg(run.run.seed).arg(excerptText(planTitle(run), 40));
}

QString baselineTitle(const std::string& baseline)
{
    if (baseline.empty() || baseline == "single")
        return Words::tr("single-task models");
    if (baseline.starts_with("imported:"))
        return Words::tr("%1 (imported)").arg(toQt(baseline.substr(9)));
    return Words::tr("run %1").arg(toQt(baseline));
}

QString countsText(const SuiteComparison& suite)
{
    QString text = Words::tr("Not worse on %1 of %2 tasks, worse on %3, undecided on %4").arg(suite.notWorse).arg(suite.tasks).arg(suite.worse).arg(suite.undecided);
    if (suite.notComputable > 0)
        text += Words::tr(", not computable on %1").arg(suite.notComputable);
    return text + u'.';
}

}  // namespace taskfold
