#include "widgets/plots/volumebars.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <algorithm>

namespace taskfold {

namespace {

QColor colourOf(Fate fate)
{
    switch (fate) {
    case Fate::Kept: return theme::series(0);
    case Fate::Duplicate: return theme::reason(Reason::Duplicate);
    case Fate::Leak: return theme::reason(Reason::Leak);
    case Fate::Conflict: return theme::reason(Reason::Conflict);
    case Fate::Invalid: return theme::reason(Reason::Json);
    case Fate::TooLong: return theme::reason(Reason::TooLong);
    }
    return {};
}

Qt::BrushStyle patternOf(Fate fate)
{
    switch (fate) {
    case Fate::Kept: return Qt::SolidPattern;
    case Fate::Duplicate: return Qt::Dense3Pattern;
    case Fate::Leak: return Qt::BDiagPattern;
    case Fate::Conflict: return Qt::DiagCrossPattern;
    case Fate::Invalid: return Qt::FDiagPattern;
    case Fate::TooLong: return Qt::Dense5Pattern;
    }
    return Qt::SolidPattern;
}

RowBars::Series seriesOf(Fate fate, const std::vector<VolumeLine>& lines)
{
    RowBars::Series series{titleOf(fate), [fate] { return colourOf(fate); }, patternOf(fate), {}};
    for (const VolumeLine& line : lines)
        series.values.push_back(static_cast<double>(line.count(fate)));
    return series;
}

bool isEmpty(const RowBars::Series& series)
{
    return std::all_of(series.values.begin(), series.values.end(), [](double value) { return value == 0; });
}

}  // namespace

VolumeBars::VolumeBars(QWidget* parent) : RowBars(QStringLiteral("volumeBars"), parent)
{
    setTitle(tr("Volume per task"));
}

void VolumeBars::show(const std::vector<VolumeLine>& lines, VolumeUnit unit, const QString& unitName)
{
    QStringList names;
    for (const VolumeLine& line : lines)
        names.append(line.name);
    std::vector<Series> series;
    if (unit == VolumeUnit::Tokens) {
        series.push_back({tr("Kept"), [] { return colourOf(Fate::Kept); }, Qt::SolidPattern, {}});
        for (const VolumeLine& line : lines)
            series.front().values.push_back(static_cast<double>(line.tokens));
    } else {
        for (const Fate fate : kFates)
            if (Series one = seriesOf(fate, lines); fate == Fate::Kept || !isEmpty(one))
                series.push_back(std::move(one));
    }
    setValueTitle(unit == VolumeUnit::Rows ? tr("Rows") : unitName);
    setBars(names, std::move(series));
    describe(lines);
}

void VolumeBars::describe(const std::vector<VolumeLine>& lines)
{
    QStringList parts;
    for (const VolumeLine& line : lines)
        parts.append(tr("%1: %2 of %3 rows kept")
                         .arg(line.name, countText(line.count(Fate::Kept)), countText(line.imported)));
    setDescription(parts.join(QStringLiteral("; ")));
}

}  // namespace taskfold
