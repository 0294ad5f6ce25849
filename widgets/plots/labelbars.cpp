#include "widgets/plots/labelbars.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <algorithm>

namespace taskfold {

LabelBars::LabelBars(QWidget* parent) : RowBars(QStringLiteral("labelBars"), parent)
{
    setTitle(tr("Label balance"));
    setValueTitle(tr("Training rows kept"));
}

void LabelBars::show(const std::map<std::string, std::int64_t>& labels)
{
    std::vector<std::pair<std::string, std::int64_t>> sorted(labels.begin(), labels.end());
    std::stable_sort(
        sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    QStringList names, parts;
    Series series{tr("Rows"), [] { return theme::series(2); }, Qt::SolidPattern, {}};
    for (const auto& [label, count] : sorted) {
        names.append(toQt(label));
        parts.append(tr("%1: %2").arg(toQt(label), countText(count)));
        series.values.push_back(static_cast<double>(count));
    }
    setBars(names, {std::move(series)});
    setDescription(parts.join(QStringLiteral("; ")));
    setEmptyText(sorted.empty() ? tr("This task doesn't choose among labels.") : QString());
}

}  // namespace taskfold
