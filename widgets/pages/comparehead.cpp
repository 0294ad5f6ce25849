#include "widgets/pages/comparehead.h"

#include "widgets/models/comparemodels.h"
#include "widgets/models/text.h"
#include "widgets/parts/pagehead.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::size_t kNewest = 200;  // older ones are chosen in the table of all runs

}  // namespace

bool isCandidate(const Run& run)
{
    return (run.kind == RunKind::Stage3 || run.kind == RunKind::Stage2) && run.status == RunStatus::Completed && !run.checkpoint.empty();
}

CompareHead::CompareHead(QWidget* parent) : QWidget(parent), m_overview(std::make_shared<Overview>())
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Compare"), this, layout);
    m_candidates = list(u"candidates"_s, tr("Candidate"), 290);
    m_candidates->setToolTip(tr("The multi-task run that is judged; several at once are chosen under All runs"));
    m_baselines = list(u"baselines"_s, tr("Baseline"), 210);
    m_baselines->setToolTip(tr("What the candidate is set against"));
    auto* against = new QLabel(tr("against"), head);
    against->setProperty("muted", true);
    auto* import = namedButton(u"importPredictions"_s, tr("Import predictions…"), head);
    import->setToolTip(tr("Answers of the models that are served today, as a baseline"));
    m_compare = namedButton(u"compareNow"_s, tr("Compare"), head, true);
    layout->addWidget(m_candidates);
    layout->addWidget(against);
    layout->addWidget(m_baselines);
    layout->addWidget(import);
    layout->addWidget(m_compare);
    auto* whole = new QHBoxLayout(this);
    whole->setContentsMargins({});
    whole->addWidget(head);
    for (QComboBox* one : {m_candidates, m_baselines})
        connect(one, &QComboBox::activated, this, &CompareHead::choiceChanged);
    connect(import, &QPushButton::clicked, this, &CompareHead::importRequested);
    connect(m_compare, &QPushButton::clicked, this, &CompareHead::compareRequested);
    setBusy(false);
}

QComboBox* CompareHead::list(const QString& name, const QString& title, int width)
{
    auto* made = new QComboBox(this);
    made->setObjectName(name);
    made->setAccessibleName(title);
    made->setMinimumWidth(width);
    made->setMaximumWidth(2 * width);
    made->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);  // else every item's width is measured
    made->setMinimumContentsLength(18);
    return made;
}

void CompareHead::setOverview(std::shared_ptr<const Overview> overview)
{
    const RunId candidateBefore = candidate();
    const std::string baselineBefore = baseline();
    m_overview = std::move(overview);
    std::vector<const RunSummary*> newest;
    for (auto run = m_overview->runs.rbegin(); run != m_overview->runs.rend() && newest.size() < kNewest; ++run)
        if (isCandidate(run->run))
            newest.push_back(&*run);
    const QSignalBlocker quiet(m_candidates);
    m_candidates->clear();
    for (const RunSummary* run : newest)
        m_candidates->addItem(runTitle(*run), qlonglong{run->run.id.value});
    fillBaselines(newest, m_overview->imported);
    choose(candidateBefore, baselineBefore);
    setBusy(m_busy);
}

void CompareHead::fillBaselines(const std::vector<const RunSummary*>& runs, const std::vector<std::string>& imported)
{
    const QSignalBlocker quiet(m_baselines);
    m_baselines->clear();
    m_baselines->addItem(tr("Single-task models"), u"single"_s);
    for (const std::string& name : imported)
        m_baselines->addItem(tr("%1 (imported)").arg(excerptText(toQt(name), 60)), toQt("imported:" + name));
    for (const RunSummary* run : runs)
        m_baselines->addItem(runTitle(*run), QString::number(run->run.id.value));
}

void CompareHead::choose(RunId candidate, const std::string& baseline)
{
    const auto chosen = [](QComboBox& list, const QVariant& value, const QString& title) {
        int place = list.findData(value);
        if (place < 0 && !title.isEmpty()) {
            list.addItem(title, value);
            place = list.count() - 1;
        }
        list.setCurrentIndex(place < 0 ? (list.count() > 0 ? 0 : -1) : place);
    };
    const auto titled = [&](RunId run) {
        const auto found = std::find_if(
            m_overview->runs.begin(), m_overview->runs.end(), [&](const RunSummary& one) { return run && one.run.id == run; });
        return found == m_overview->runs.end() ? QString() : runTitle(*found);
    };
    chosen(*m_candidates, qlonglong{candidate.value}, titled(candidate));
    const QString word = toQt(baseline.empty() ? "single" : baseline);
    chosen(*m_baselines, word, word.startsWith(u"imported:") ? baselineTitle(baseline) : titled(RunId{word.toLongLong()}));
}

RunId CompareHead::candidate() const
{
    return RunId{m_candidates->currentData().toLongLong()};
}

std::string CompareHead::baseline() const
{
    return toStd(m_baselines->currentData().toString());
}

bool CompareHead::canCompare() const
{
    return m_compare->isEnabled();
}

void CompareHead::setBusy(bool busy)
{
    m_busy = busy;
    m_compare->setEnabled(!busy && m_candidates->count() > 0);
}

}  // namespace taskfold
