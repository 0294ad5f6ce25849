#include "widgets/models/resultmodels.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::ResultModels)
};

template <typename Row>
using Columns = std::vector<Column<Row>>;

template <typename Row, typename Value>
Column<Row> number(const QString& title, Value value, int decimals, const QString& help = {})
{
    return RowModel<Row>::numberColumn(
        title, [=](const Row& row) { return numberText(value(row), decimals); },
        [=](const Row& row) { return QVariant(double(value(row))); }, help);
}

template <typename Row, typename Value>
Column<Row> count(const QString& title, Value value, const QString& help = {})
{
    return RowModel<Row>::numberColumn(
        title, [=](const Row& row) { return countText(value(row)); },
        [=](const Row& row) { return QVariant(qlonglong{value(row)}); }, help);
}

template <typename Row, typename Value>
Column<Row> points(const QString& title, Value value, bool isSigned = false, const QString& help = {})
{
    return RowModel<Row>::numberColumn(
        title, [=](const Row& row) { return isSigned ? signedPointsText(value(row)) : pointsText(value(row)); },
        [=](const Row& row) { return QVariant(100 * value(row)); }, help);
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

QString ruleText(const std::string& rule)
{
    if (rule == "harms_others")
        return Words::tr("harms others");
    if (rule == "harmed_by_others")
        return Words::tr("harmed by others");
    if (rule == "unlearnable")
        return Words::tr("not learned alone");
    return {};
}

QString byText(const std::string& by)
{
    return by == "user" ? Words::tr("you") : by == "auto" ? Words::tr("the rule") : toQt(by);
}

QString effectText(double value, double se)
{
    return Words::tr("%1 ± %2").arg(signedPointsText(value, 2), pointsText(se, 2));
}

Columns<FilterLine> filterColumns()
{
    using Row = FilterLine;
    const auto effect = [](const QString& title, auto value, auto se, const QString& help) {
        return RowModel<Row>::numberColumn(
            title, [=](const Row& row) { return row.suggestion ? effectText(value(*row.suggestion), se(*row.suggestion)) : u"–"_s; },
            [=](const Row& row) { return QVariant(row.suggestion ? value(*row.suggestion) : 0.0); }, help);
    };
    return {
        words<Row>(Words::tr("Task"), [](const Row& row) { return toQt(row.name); }),
        count<Row>(Words::tr("Rows"), [](const Row& row) { return row.rows; }, Words::tr("Training rows kept")),
        effect(
            Words::tr("To others, %"), [](const Suggestion& s) { return s.outgoing; },
            [](const Suggestion& s) { return s.outgoingSe; }, Words::tr("Mean effect of a step on this task on the others' loss; positive helps")),
        effect(
            Words::tr("From others, %"), [](const Suggestion& s) { return s.incoming; },
            [](const Suggestion& s) { return s.incomingSe; }, Words::tr("Mean effect of steps on the others on this task's loss")),
        words<Row>(Words::tr("Suggestion"), [](const Row& row) { return row.suggestion ? titleOf(row.suggestion->suggest) : u"–"_s; }),
        words<Row>(Words::tr("Rule"), [](const Row& row) { return row.suggestion ? ruleText(row.suggestion->rule) : QString(); }),
        words<Row>(Words::tr("Decision"), [](const Row& row) {
            const QString verb = titleOf(row.decision ? row.decision->verb : Verb::Keep);
            return row.decision && row.decision->pinned ? Words::tr("%1, pinned").arg(verb) : verb;
        }),
        words<Row>(Words::tr("By"), [](const Row& row) { return row.decision ? byText(row.decision->by) : QString(); }),
        words<Row>(Words::tr("Price of leaving out"), [](const Row&) { return Words::tr("1 more model"); }),
    };
}

Columns<DecisionLine> decisionColumns()
{
    using Row = DecisionLine;
    return {
        words<Row>(Words::tr("When"), [](const Row& row) { return momentText(row.decision.created); }),
        words<Row>(Words::tr("Task"), [](const Row& row) { return toQt(row.task); }),
        words<Row>(Words::tr("Decision"), [](const Row& row) { return titleOf(row.decision.verb); }),
        words<Row>(Words::tr("By"), [](const Row& row) { return byText(row.decision.by); }),
        words<Row>(Words::tr("Rule"), [](const Row& row) { return ruleText(row.decision.rule); }),
        words<Row>(Words::tr("Reason"), [](const Row& row) { return toQt(row.decision.reason); }),
    };
}

QString stageTitle(const std::string& stage)
{
    const std::optional<RunKind> kind = runKindOf(stage);
    return kind ? titleOf(*kind) : toQt(stage);
}

Columns<MixtureRow> mixtureColumns()
{
    using Row = MixtureRow;
    return {
        words<Row>(Words::tr("Stage"), [](const Row& row) { return stageTitle(row.stage); }),
        words<Row>(Words::tr("Task"), [](const Row& row) { return row.line.name.empty() ? u"–"_s : toQt(row.line.name); }),
        count<Row>(Words::tr("Rows"), [](const Row& row) { return row.line.rows; }),
        points<Row>(Words::tr("Examples, %"), [](const Row& row) { return row.line.share; }, false, Words::tr("Share of the stage's examples")),
        points<Row>(Words::tr("Tokens, %"), [](const Row& row) { return row.line.tokenShare; }, false, Words::tr("Share of the stage's tokens")),
        number<Row>(Words::tr("Epochs"), [](const Row& row) { return row.line.effectiveEpochs; }, 2, Words::tr("How often each row is seen in this stage")),
        number<Row>(Words::tr("Best epoch"), [](const Row& row) { return row.line.expectedBestEpoch; }, 2,
            Words::tr("Where its own model was best; a default where no baseline has said")),
        words<Row>(Words::tr("Note"), [](const Row& row) {
            QStringList notes;
            if (!row.skipped.empty())
                notes.append(Words::tr("skipped: %1").arg(toQt(row.skipped)));
            for (const std::string& warning : row.line.warnings)
                notes.append(toQt(warning));
            if (row.skipped.empty() && !row.line.name.empty() && !row.line.known)
                notes.append(Words::tr("best epoch is a guess"));
            return notes.join(u"; "_s);
        }),
    };
}

Columns<Finding> findingColumns()
{
    using Row = Finding;
    return {
        words<Row>(Words::tr("Weight"), [](const Row& row) { return row.blocking ? Words::tr("Error") : Words::tr("Note"); }),
        words<Row>(Words::tr("What"), [](const Row& row) { return toQt(row.what); }),
        words<Row>(Words::tr("What to do"), [](const Row& row) { return toQt(row.todo); }),
    };
}

Columns<RunLine> runColumns()
{
    using Row = RunLine;
    const auto rate = [](const Row& row) {
        return row.run.seconds > 0 ? static_cast<double>(row.run.tokens) / row.run.seconds : 0;
    };
    Column<Row> steps = RowModel<Row>::numberColumn(
        Words::tr("Steps"), [](const Row& row) { return u"%1 / %2"_s.arg(countText(row.run.steps), countText(row.run.stepsTotal)); },
        [](const Row& row) { return QVariant(qlonglong{row.run.steps}); });
    return {
        count<Row>(Words::tr("Run"), [](const Row& row) { return row.run.id.value; }),
        words<Row>(Words::tr("Stage"), [](const Row& row) { return titleOf(row.run.kind); }),
        words<Row>(Words::tr("Task"), [](const Row& row) { return row.task.empty() ? u"–"_s : toQt(row.task); }),
        words<Row>(Words::tr("Status"), [](const Row& row) { return titleOf(row.run.status); }),
        steps,
        RowModel<Row>::numberColumn(
            Words::tr("Loss"), [](const Row& row) { return row.run.loss > 0 ? numberText(row.run.loss, 4) : u"–"_s; },
            [](const Row& row) { return QVariant(row.run.loss); }),
        RowModel<Row>::numberColumn(
            Words::tr("Tokens/s"), [rate](const Row& row) { return rate(row) > 0 ? countText(std::llround(rate(row))) : u"–"_s; },
            [rate](const Row& row) { return QVariant(rate(row)); }),
        RowModel<Row>::numberColumn(
            Words::tr("Time"), [](const Row& row) { return durationText(row.run.seconds); },
            [](const Row& row) { return QVariant(row.run.seconds); }),
        count<Row>(Words::tr("Seed"), [](const Row& row) { return static_cast<std::int64_t>(row.run.seed); }),
        words<Row>(Words::tr("Note"), [](const Row& row) { return toQt(row.run.note); }),
    };
}

QString phaseText(const std::string& phase)
{
    return phase == "cooled" ? Words::tr("cooled") : phase == "capped" ? Words::tr("capped") : Words::tr("active");
}

Columns<RunTaskLine> runTaskColumns()
{
    using Row = RunTaskLine;
    return {
        words<Row>(Words::tr("Task"), [](const Row& row) { return toQt(row.name); }),
        words<Row>(Words::tr("State"), [](const Row& row) { return phaseText(row.task.phase); }),
        points<Row>(Words::tr("Best"), [](const Row& row) { return row.task.best; }, false, Words::tr("Best validation score, points")),
        count<Row>(Words::tr("At step"), [](const Row& row) { return row.task.bestStep; }),
        number<Row>(Words::tr("Epochs"), [](const Row& row) { return row.task.epochs; }, 2),
    };
}

Columns<TaskComparison> comparisonColumns()
{
    using Row = TaskComparison;
    // What can't be computed has no value: a dash, and sorted last.
    const auto known = [](double Row::*value) {
        return [=](const Row& row) { return row.verdict == Verdict::NotComputable ? std::nan("") : row.*value; };
    };
    return {
        words<Row>(Words::tr("Task"), [](const Row& row) { return toQt(row.name); }),
        words<Row>(Words::tr("Metric"), [](const Row& row) { return titleOf(row.metric); }),
        points<Row>(Words::tr("Single"), known(&Row::single)),
        points<Row>(Words::tr("Multi"), known(&Row::multi)),
        points<Row>(Words::tr("Difference"), known(&Row::difference), true),
        RowModel<Row>::numberColumn(
            Words::tr("90 % interval"),
            [](const Row& row) {
                return row.verdict == Verdict::NotComputable ? u"–"_s : Words::tr("%1 to %2").arg(signedPointsText(row.low), signedPointsText(row.high));
            },
            [=](const Row& row) { return QVariant(100 * known(&Row::low)(row)); }, Words::tr("Between its one-sided 95 % bounds")),
        points<Row>(Words::tr("Margin"), [](const Row& row) { return row.margin; }),
        words<Row>(Words::tr("Verdict"), [](const Row& row) {
            return row.note.empty() ? titleOf(row.verdict) : Words::tr("%1 (%2)").arg(titleOf(row.verdict), toQt(row.note));
        }),
        count<Row>(Words::tr("n"), [](const Row& row) { return row.n; }, Words::tr("Test rows")),
        count<Row>(Words::tr("Seeds"), [](const Row& row) { return std::int64_t{row.seeds}; }),
        count<Row>(Words::tr("Won"), [](const Row& row) { return row.won; }, Words::tr("Rows that only the one model got right")),
        count<Row>(Words::tr("Lost"), [](const Row& row) { return row.lost; }, Words::tr("Rows that only the task's own model got right")),
    };
}

QString quantityText(const std::string& key)
{
    const std::pair<const char*, QString> titles[]{{"models", Words::tr("Models")}, {"parameters", Words::tr("Parameters")}, {"bytes", Words::tr("Bytes on disk")},
        {"parameters_against_models", Words::tr("Parameters, against whole models")}, {"bytes_against_models", Words::tr("Bytes, against whole models")},
        {"parameters_against_adapters", Words::tr("Parameters, against one base with adapters")},
        {"bytes_against_adapters", Words::tr("Bytes, against one base with adapters")}, {"train_tokens", Words::tr("Training, target tokens")},
        {"train_seconds", Words::tr("Training, seconds")}, {"train_tokens_with_singles", Words::tr("Target tokens, single models included")},
        {"train_seconds_with_singles", Words::tr("Seconds, single models included")}, {"probe_seconds", Words::tr("Affinity probes, seconds")},
        {"update_tokens", Words::tr("Update of one task, target tokens")}, {"update_seconds", Words::tr("Update of one task, seconds")}};
    for (const auto& [known, title] : titles)
        if (key == known)
            return title;
    return toQt(key);
}

Columns<LedgerLine> ledgerColumns()
{
    using Row = LedgerLine;
    const auto amount = [](double value) { return countText(std::llround(value)); };
    return {
        words<Row>(Words::tr("Quantity"), [](const Row& row) { return quantityText(row.key); }),
        RowModel<Row>::numberColumn(Words::tr("Single-task models"), [=](const Row& row) { return amount(row.before); },
            [](const Row& row) { return QVariant(row.before); }),
        RowModel<Row>::numberColumn(Words::tr("Folded"), [=](const Row& row) { return amount(row.after); },
            [](const Row& row) { return QVariant(row.after); }),
        number<Row>(Words::tr("Ratio"), [](const Row& row) { return row.before > 0 ? row.after / row.before : std::nan(""); }, 3),
        words<Row>(Words::tr("How it was measured"), [](const Row& row) { return toQt(row.how); }),
    };
}

Columns<RowDifference> differenceColumns()
{
    using Row = RowDifference;
    return {
        count<Row>(Words::tr("Line"), [](const Row& row) { return row.line; }),
        words<Row>(Words::tr("Fate"), [](const Row& row) { return fateOf(row); }),
        words<Row>(Words::tr("Input"), [](const Row& row) { return toQt(row.input); }),
        words<Row>(Words::tr("Right"), [](const Row& row) { return toQt(row.target); }),
        words<Row>(Words::tr("Single"), [](const Row& row) { return toQt(row.single); }),
        words<Row>(Words::tr("Multi"), [](const Row& row) { return toQt(row.multi); }),
    };
}

template <typename Rows, typename Matches>
int indexWhere(const Rows& rows, Matches matches)
{
    const auto found = std::find_if(rows.begin(), rows.end(), matches);
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

}  // namespace

QString fateOf(const RowDifference& row)
{
    return row.multiScore > row.singleScore ? Words::tr("won") : row.multiScore < row.singleScore ? Words::tr("lost") : Words::tr("even");
}

FilterModel::FilterModel(QObject* parent) : RowModel(filterColumns(), parent) { }
DecisionModel::DecisionModel(QObject* parent) : RowModel(decisionColumns(), parent) { }
MixtureModel::MixtureModel(QObject* parent) : RowModel(mixtureColumns(), parent) { }
FindingModel::FindingModel(QObject* parent) : RowModel(findingColumns(), parent) { }
RunModel::RunModel(QObject* parent) : RowModel(runColumns(), parent) { }
RunTaskModel::RunTaskModel(QObject* parent) : RowModel(runTaskColumns(), parent) { }
ComparisonModel::ComparisonModel(QObject* parent) : RowModel(comparisonColumns(), parent) { }
LedgerModel::LedgerModel(QObject* parent) : RowModel(ledgerColumns(), parent) { }
DifferenceModel::DifferenceModel(QObject* parent) : RowModel(differenceColumns(), parent) { }

int FilterModel::indexOf(TaskId task) const
{
    return indexWhere(rows(), [=](const FilterLine& line) { return line.task == task; });
}

int RunModel::indexOf(RunId run) const
{
    return indexWhere(rows(), [=](const RunLine& line) { return line.run.id == run; });
}

int ComparisonModel::indexOf(TaskId task) const
{
    return indexWhere(rows(), [=](const TaskComparison& one) { return one.task == task; });
}

}  // namespace taskfold
