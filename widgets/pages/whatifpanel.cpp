#include "widgets/pages/whatifpanel.h"

#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"

#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

const StagePreview* stageOf(const PlanPreview& preview, const char* name)
{
    const auto found = std::find_if(preview.stages.begin(), preview.stages.end(),
        [&](const StagePreview& stage) { return stage.stage == name; });
    return found == preview.stages.end() ? nullptr : &*found;
}

QString stepsText(const PlanPreview& preview, const char* name)
{
    const StagePreview* stage = stageOf(preview, name);
    if (!stage)
        return WhatIfPanel::tr("not in the plan");
    return stage->skipped.empty() ? countText(stage->steps) : WhatIfPanel::tr("skipped");
}

QString examplesText(const PlanPreview& preview)
{
    double examples = 0;
    if (const StagePreview* stage = stageOf(preview, "stage3"))
        for (const MixtureLine& line : stage->tasks)
            examples += static_cast<double>(line.rows) * line.effectiveEpochs;
    return countText(static_cast<std::int64_t>(examples));
}

std::vector<Column<WhatIfLine>> columns()
{
    constexpr auto kRight = Qt::AlignRight | Qt::AlignVCenter;
    return {{WhatIfPanel::tr("Of the plan"), [](const WhatIfLine& line) { return line.what; }},
        {WhatIfPanel::tr("Folded in"), [](const WhatIfLine& line) { return line.kept; }, {}, kRight},
        {WhatIfPanel::tr("Left out"), [](const WhatIfLine& line) { return line.excluded; }, {}, kRight}};
}

}  // namespace

WhatIfModel::WhatIfModel(QObject* parent) : RowModel(columns(), parent) { }

WhatIfPanel::WhatIfPanel(QWidget* parent)
    : QWidget(parent)
    , m_model(new WhatIfModel(this))
    , m_table(new DataTable(u"whatIf"_s, this))
{
    m_table->setModel(m_model);
    m_table->setFilterVisible(false);
    m_table->setEmptyText(tr("Choose a task to see what leaving it out would change."));
    m_table->setStretchColumn(0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_table);
    show(std::nullopt);
}

void WhatIfPanel::show(const std::optional<WhatIf>& whatIf)
{
    if (!whatIf) {
        m_table->setTitle(tr("What if"));
        return m_model->setRows({});
    }
    const PlanPreview& kept = whatIf->kept;
    const PlanPreview& out = whatIf->excluded;
    const auto memory = [](const PlanPreview& preview) {
        return bytesText(static_cast<std::int64_t>(preview.memoryMib * 1024 * 1024));
    };
    const auto high = [](const PlanPreview& preview) {
        return countText(static_cast<std::int64_t>(preview.highResource.size()));
    };
    m_table->setTitle(tr("What if: %1").arg(toQt(whatIf->name)));
    m_model->setRows({{tr("Models to serve"), countText(whatIf->modelsKept), countText(whatIf->modelsExcluded)},
        {tr("High-resource tasks"), high(kept), high(out)},
        {tr("Steps of stage 2"), stepsText(kept, "stage2"), stepsText(out, "stage2")},
        {tr("Steps of stage 3"), stepsText(kept, "stage3"), stepsText(out, "stage3")},
        {tr("Examples of stage 3"), examplesText(kept), examplesText(out)},
        {tr("Memory, estimated"), memory(kept), memory(out)},
        {tr("Time, estimated"), durationText(kept.seconds), durationText(out.seconds)}});
    m_table->fitColumns(200);
}

}  // namespace taskfold
