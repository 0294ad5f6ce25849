#include "widgets/dialogs/importoptions.h"

#include "widgets/models/previewmodel.h"
#include "widgets/models/text.h"

#include <QComboBox>
#include <QDropEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalBlocker>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

enum Kind { TaskData, DomainText, GeneralText };

const QStringList& fields()
{
    static const QStringList kFields{
        u"input"_s, u"target"_s, u"references"_s, u"label"_s, u"group"_s, u"split"_s};
    return kFields;
}

void choose(QComboBox* box, const QVariant& data)
{
    const QSignalBlocker quiet(box);
    box->setCurrentIndex(std::max(0, box->findData(data)));
}

}  // namespace

QString ImportOptions::delimiterTitle(const QString& delimiter)
{
    if (delimiter == u"\t")
        return tr("Tab");
    return delimiter;
}

QString ImportOptions::chosenIn(const QComboBox* box)
{
    const QString text = box->currentText().trimmed();
    const int known = box->findText(text);
    return known >= 0 ? box->itemData(known).toString() : text;
}

ImportOptions::ImportOptions(QWidget* parent)
    : QWidget(parent)
    , m_kind(box(u"importKind"_s, tr("What it is")))
    , m_task(box(u"importTask"_s, tr("Task")))
    , m_split(box(u"importSplit"_s, tr("Split")))
    , m_format(box(u"importFormat"_s, tr("Format")))
    , m_encoding(box(u"importEncoding"_s, tr("Encoding")))
    , m_delimiter(box(u"importDelimiter"_s, tr("Delimiter")))
    , m_header(box(u"importHeader"_s, tr("First line")))
    , m_rows(box(u"importRows"_s, tr("Rows lie in")))
    , m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setHorizontalSpacing(10);
    m_layout->setVerticalSpacing(4);
    buildReading();
    buildMapping();
    followKind();
}

QComboBox* ImportOptions::box(const QString& name, const QString& title)
{
    auto* made = new QComboBox(this);
    made->setObjectName(name);
    made->setAccessibleName(title);
    made->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    made->setMinimumContentsLength(10);
    connect(made, &QComboBox::currentTextChanged, made, &QWidget::setToolTip);
    connect(made, &QComboBox::activated, this, &ImportOptions::changed);
    return made;
}

void ImportOptions::buildReading()
{
    m_kind->addItem(tr("A task's rows"), TaskData);
    m_kind->addItem(tr("Domain text for stage 0"), DomainText);
    m_kind->addItem(tr("General text for stage 0"), GeneralText);
    m_task->setEditable(true);
    m_task->lineEdit()->setPlaceholderText(tr("by its name"));
    m_task->setInsertPolicy(QComboBox::NoInsert);
    m_split->addItem(tr("By the file's name"));
    for (const Split split : {Split::Train, Split::Validation, Split::Test})
        m_split->addItem(titleOf(split), static_cast<int>(split));
    m_format->addItem(tr("Detect"));
    for (const QString& format : {u"jsonl"_s, u"json"_s, u"csv"_s, u"tsv"_s, u"conll"_s, u"parquet"_s, u"arrow"_s, u"folder"_s, u"fasttext"_s, u"txt"_s})
        m_format->addItem(format.toUpper(), format);
    m_encoding->addItem(tr("Detect"));
    for (const QString& encoding :
        {u"utf-8"_s, u"utf-16le"_s, u"utf-16be"_s, u"latin-1"_s, u"windows-1252"_s, u"gb18030"_s})
        m_encoding->addItem(encoding.toUpper(), encoding);
    m_delimiter->addItem(tr("Detect"));
    for (const QString& delimiter : {u","_s, u";"_s, u"\t"_s, u"|"_s})
        m_delimiter->addItem(delimiterTitle(delimiter), delimiter);
    m_header->addItem(tr("Detect"));
    m_header->addItem(tr("Column names"), true);
    m_header->addItem(tr("Already a row"), false);
    m_rows->addItem(tr("Detect"));

    int column = 0;
    for (QComboBox* control : {m_kind, m_task, m_split, m_format, m_encoding, m_delimiter, m_header, m_rows}) {
        auto* title = new QLabel(control->accessibleName(), this);
        title->setProperty("muted", true);
        title->setBuddy(control);
        m_layout->addWidget(title, 0, column);
        m_layout->addWidget(control, 1, column);
        m_layout->setColumnStretch(column++, 1);
    }
    connect(m_kind, &QComboBox::activated, this, &ImportOptions::followKind);
    connect(m_task->lineEdit(), &QLineEdit::textEdited, this, &ImportOptions::changed);
}

void ImportOptions::buildMapping()
{
    int column = 0;
    for (const QString& field : fields()) {
        QComboBox* control = box(u"importColumn_"_s + field, tr("Column of %1").arg(fieldTitle(field)));
        control->addItem(tr("Detect"));
        control->setEditable(true);
        control->setInsertPolicy(QComboBox::NoInsert);
        control->lineEdit()->setPlaceholderText(tr("column or expression"));
        connect(control->lineEdit(), &QLineEdit::textEdited, this, &ImportOptions::changed);
        control->setAcceptDrops(true);
        for (QObject* target : std::initializer_list<QObject*>{control, control->lineEdit()})
            target->installEventFilter(this);
        m_columns[field] = control;
        auto* title = new QLabel(fieldTitle(field), this);
        title->setProperty("muted", true);
        title->setBuddy(control);
        m_layout->addWidget(title, 2, column);
        m_layout->addWidget(control, 3, column++);
    }
}

void ImportOptions::setColumn(const QString& field, const QString& expression)
{
    const auto found = m_columns.find(field);
    if (found == m_columns.end() || expression.isEmpty())
        return;
    QComboBox* control = found->second;
    if (control->findData(expression) < 0)
        control->addItem(expression, expression);
    choose(control, expression);
    control->lineEdit()->setCursorPosition(0);  // its beginning says more than its end
    control->setToolTip(expression);
    emit changed();
}

// A field that is dropped takes the place of what stood there.
bool ImportOptions::eventFilter(QObject* watched, QEvent* event)
{
    const auto column = std::find_if(m_columns.begin(), m_columns.end(),
        [watched](const auto& one) { return one.second == watched || one.second->lineEdit() == watched; });
    if (column != m_columns.end() && (event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove || event->type() == QEvent::Drop)) {
        auto* drop = static_cast<QDropEvent*>(event);
        if (drop->mimeData()->hasText() && !drop->mimeData()->hasUrls()) {
            drop->acceptProposedAction();
            if (event->type() == QEvent::Drop)
                setColumn(column->first, drop->mimeData()->text());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ImportOptions::followKind()
{
    const bool task = m_kind->currentData().toInt() == TaskData;
    m_task->setEnabled(task);
    m_split->setEnabled(task);
    m_header->setEnabled(task);
    m_delimiter->setEnabled(task);
    for (const auto& [field, control] : m_columns)
        control->setEnabled(task);
}

void ImportOptions::setTaskNames(const QStringList& names)
{
    const QString now = m_task->currentText();
    m_task->clear();
    m_task->addItems(names);
    m_task->setCurrentText(now);
}

void ImportOptions::showItem(const ImportItem& item)
{
    choose(m_kind, item.corpus ? (item.domain ? DomainText : GeneralText) : TaskData);
    m_task->setCurrentText(item.task);
    choose(m_split, item.split ? QVariant(static_cast<int>(*item.split)) : QVariant());
    const auto text = [](const QString& value) { return value.isEmpty() ? QVariant() : QVariant(value); };
    choose(m_format, text(item.settings.format));
    choose(m_encoding, text(item.settings.encoding));
    choose(m_delimiter, text(item.settings.delimiter));
    if (!item.settings.rows.isEmpty() && m_rows->findData(item.settings.rows) < 0)
        m_rows->addItem(item.settings.rows, item.settings.rows);
    choose(m_rows, text(item.settings.rows));
    choose(m_header, item.settings.header ? QVariant(*item.settings.header) : QVariant());
    for (const auto& [field, control] : m_columns) {
        const QSignalBlocker quiet(control);
        const auto found = item.settings.columns.find(field);
        const QString column = found == item.settings.columns.end() ? QString() : found->second;
        if (!column.isEmpty() && control->findData(column) < 0)
            control->addItem(column, column);
        control->setCurrentIndex(column.isEmpty() ? 0 : control->findData(column));
    }
    followKind();
}

ImportItem ImportOptions::applied(ImportItem item) const
{
    const int kind = m_kind->currentData().toInt();
    item.corpus = kind != TaskData;
    item.domain = kind != GeneralText;
    item.task = m_task->currentText().trimmed();
    const QVariant split = m_split->currentData();
    item.split = split.isValid() ? std::optional(static_cast<Split>(split.toInt())) : std::nullopt;
    item.settings.format = m_format->currentData().toString();
    item.settings.encoding = m_encoding->currentData().toString();
    item.settings.delimiter = m_delimiter->currentData().toString();
    const QVariant header = m_header->currentData();
    item.settings.header = header.isValid() ? std::optional(header.toBool()) : std::nullopt;
    item.settings.columns.clear();
    item.settings.rows = m_rows->currentData().toString();
    for (const auto& [field, control] : m_columns)
        if (const QString column = chosenIn(control); !column.isEmpty())
            item.settings.columns[field] = column;
    return item;
}

}  // namespace taskfold
