#include "widgets/pages/reportpage.h"

#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextBrowser>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

ReportPage::ReportPage(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLineEdit(this))
    , m_language(nullptr)
    , m_comparison(nullptr)
    , m_preview(new QTextBrowser(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState(
          {u"report"_s, tr("A report tells the task owners what was won and lost. It needs a comparison first."), tr("To Compare"), u"report"_s}, this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"reportPage"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(250);
    connect(&m_pause, &QTimer::timeout, this, &ReportPage::changed);
    connect(m_empty, &EmptyState::requested, this, &ReportPage::compareRequested);
    connect(m_empty, &EmptyState::manualRequested, this, &ReportPage::manualRequested);
}

QWidget* ReportPage::buildHead()
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Report"), this, layout);
    const std::vector<std::pair<QString, QString>> formats{
        {u"json"_s, tr("JSON…")}, {u"tex"_s, tr("LaTeX…")}, {u"csv"_s, tr("CSV…")}, {u"md"_s, tr("Markdown…")}, {u"html"_s, tr("HTML…")}, {u"pdf"_s, tr("PDF…")}};
    for (const auto& [format, text] : formats) {
        QPushButton* button = namedButton(u"export_"_s + format, text, head, format == u"pdf");
        button->setAccessibleName(tr("Export as %1").arg(text));
        layout->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, format = format] { emit exportRequested(format); });
    }
    return head;
}

QWidget* ReportPage::buildSettings()
{
    auto* box = new QWidget(this);
    m_title->setObjectName(u"reportTitle"_s);
    m_title->setAccessibleName(tr("Title of the report"));
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 8, 0);
    layout->addWidget(new QLabel(tr("Title"), box));
    layout->addWidget(m_title);
    layout->addSpacing(10);
    layout->addWidget(new QLabel(tr("Comparison"), box));
    m_comparison = chooser(u"reportComparison"_s, tr("Comparison"), box);
    layout->addWidget(m_comparison);
    layout->addSpacing(10);
    layout->addWidget(new QLabel(tr("Language"), box));
    m_language = chooser(u"reportLanguage"_s, tr("Language of the report"), box);
    m_language->addItem(u"English"_s, u"en"_s);
    m_language->addItem(u"中文"_s, u"zh"_s);
    layout->addWidget(m_language);
    layout->addSpacing(10);
    layout->addWidget(new QLabel(tr("Sections"), box));
    const std::vector<std::pair<QString, QString>> sections{{u"summary"_s, tr("Verdict")}, {u"tasks"_s, tr("Task by task")},
        {u"ledger"_s, tr("What one model saves")}, {u"filter"_s, tr("Filter decisions")}, {u"rows"_s, tr("Rows won and lost")},
        {u"data"_s, tr("Data and hashes")}, {u"plan"_s, tr("Plan")}, {u"runs"_s, tr("Runs and machine")}, {u"method"_s, tr("How to read this")}};
    for (const auto& [word, title] : sections) {
        auto* check = new QCheckBox(title, box);
        check->setObjectName(u"section_"_s + word);
        check->setAccessibleName(title);
        check->setChecked(true);
        layout->addWidget(check);
        m_sections.emplace_back(word, check);
        connect(check, &QCheckBox::toggled, &m_pause, qOverload<>(&QTimer::start));
    }
    layout->addStretch();
    connect(m_title, &QLineEdit::textEdited, &m_pause, qOverload<>(&QTimer::start));
    return box;
}

QComboBox* ReportPage::chooser(const QString& name, const QString& title, QWidget* box)
{
    auto* made = new QComboBox(box);
    made->setObjectName(name);
    made->setAccessibleName(title);
    made->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(made, &QComboBox::activated, &m_pause, qOverload<>(&QTimer::start));
    return made;
}

QWidget* ReportPage::buildContent()
{
    m_preview->setObjectName(u"reportPreview"_s);
    m_preview->setAccessibleName(tr("Preview of the report"));
    m_preview->setOpenLinks(false);
    // It is paper: dark on white whatever the window's colours are.
    m_preview->setStyleSheet(u"QTextBrowser { background: white; color: #1b2430; padding: 18px; }"_s);
    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->addWidget(buildSettings());
    columns->addWidget(m_preview);
    columns->setChildrenCollapsible(false);
    columns->setStretchFactor(1, 1);
    columns->setSizes({250, 900});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(columns, 1);
    return content;
}

QString ReportPage::title() const
{
    return m_title->text().trimmed();
}

QStringList ReportPage::sections() const
{
    QStringList chosen;
    for (const auto& [word, check] : m_sections)
        if (check->isChecked())
            chosen.append(word);
    return chosen;
}

QString ReportPage::language() const
{
    return m_language->currentData().toString();
}

qint64 ReportPage::comparison() const
{
    return m_comparison->currentData().toLongLong();
}

void ReportPage::setComparisons(const std::vector<std::pair<qint64, QString>>& comparisons)
{
    const qint64 before = comparison();
    m_comparison->clear();
    m_comparison->addItem(tr("The newest"), qint64{0});
    for (const auto& [number, title] : comparisons)
        m_comparison->addItem(title, number);
    m_comparison->setCurrentIndex(std::max(0, m_comparison->findData(before)));
}

void ReportPage::setTitle(const QString& title)
{
    m_title->setText(title);
}

void ReportPage::setAnyComparison(bool any)
{
    m_stack->setCurrentIndex(any ? 1 : 0);
}

void ReportPage::showPreview(const QString& html, const Figures& figures)
{
    const int place = m_preview->verticalScrollBar()->value();
    fillDocument(*m_preview->document(), html, figures);
    m_preview->verticalScrollBar()->setValue(place);
}

void ReportPage::showWritten(const QString& file)
{
    m_banner->showNotice(tr("Wrote %1.").arg(file));
}

void ReportPage::showError(const Error& error)
{
    m_banner->showError(error);
}

}  // namespace taskfold
