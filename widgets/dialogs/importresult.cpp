#include "widgets/dialogs/importresult.h"

#include "widgets/models/issuemodel.h"
#include "widgets/models/previewmodel.h"
#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

ImportProgress::ImportProgress(QWidget* parent) : QWidget(parent), m_phase(new QLabel(this)), m_bar(new QProgressBar(this))
{
    m_phase->setObjectName(u"importPhase"_s);
    m_phase->setAlignment(Qt::AlignCenter);
    m_bar->setObjectName(u"importProgress"_s);
    m_bar->setAccessibleName(tr("Progress of the import"));
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(420);
    auto* layout = new QVBoxLayout(this);
    layout->addStretch();
    layout->addWidget(m_phase);
    layout->addWidget(m_bar, 0, Qt::AlignCenter);
    layout->addStretch();
}

void ImportProgress::start()
{
    m_phase->setText(tr("Starting…"));
    m_bar->setRange(0, 0);
}

void ImportProgress::show(qint64 done, qint64 total, const QString& phase)
{
    constexpr int kParts = 1000;
    m_phase->setText(phase);
    m_bar->setRange(0, total > 0 ? kParts : 0);
    if (total > 0)
        m_bar->setValue(static_cast<int>(kParts * done / total));
}

ImportResult::ImportResult(QWidget* parent)
    : QWidget(parent)
    , m_text(new QLabel(this))
    , m_model(new SummaryModel(this))
    , m_lines(new DataTable(u"summary"_s, this))
    , m_exampleModel(new IssueModel(this))
    , m_examples(new DataTable(u"examples"_s, this))
{
    m_text->setObjectName(u"summaryText"_s);
    m_text->setProperty("heading", true);
    m_lines->setTitle(tr("What was imported"));
    m_lines->setModel(m_model);
    m_examples->setTitle(tr("Examples of rows with issues"));
    m_examples->setPlaceholder(tr("Filter the examples"));
    m_examples->setModel(m_exampleModel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(10);
    layout->addWidget(m_text);
    layout->addWidget(m_lines, 3);
    layout->addWidget(m_examples, 2);
}

void ImportResult::show(const ImportSummary& summary)
{
    std::int64_t in = 0, kept = 0;
    for (const ImportLine& line : summary.lines) {
        in += line.rowsIn;
        kept += line.rowsKept;
    }
    m_text->setText(tr("%1 of %2 rows were kept.").arg(countText(kept), countText(in)));
    m_model->show(summary);
    m_lines->fitColumns(200);
    m_exampleModel->setRows(summary.examples);
    m_examples->fitColumns(260);
    m_examples->setVisible(!summary.examples.empty());
}

}  // namespace taskfold
