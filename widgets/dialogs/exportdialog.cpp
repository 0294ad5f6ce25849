#include "widgets/dialogs/exportdialog.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace taskfold {

ExportDialog::ExportDialog(const QString& run, bool adapter, QWidget* parent)
    : QDialog(parent)
    , m_format(new QComboBox(this))
    , m_rows(new QSpinBox(this))
{
    setObjectName(u"exportDialog"_s);
    setWindowTitle(tr("Export model"));
    setMinimumWidth(520);
    build(run, adapter);
}

void ExportDialog::build(const QString& run, bool adapter)
{
    auto* words = new QLabel(tr("The model of %1 for servers. What is written is read again and scored beside the tested model; where a "
                                "task falls by more than its margin, nothing leaves the project.")
                                 .arg(run),
        this);
    words->setWordWrap(true);
    words->setProperty("muted", true);
    m_format->setObjectName(u"exportFormat"_s);
    m_format->setAccessibleName(tr("Format"));
    m_format->addItem(tr("Hugging Face folder, fp32"), u"hf:f32"_s);
    m_format->addItem(tr("Hugging Face folder, bf16"), u"hf:bf16"_s);
    m_format->addItem(tr("Hugging Face folder, fp16"), u"hf:f16"_s);
    m_format->addItem(tr("GGUF file, F16"), u"gguf:f16"_s);
    m_format->addItem(tr("GGUF file, BF16"), u"gguf:bf16"_s);
    m_format->addItem(tr("GGUF file, Q8_0"), u"gguf:q8_0"_s);
    if (adapter)
        m_format->addItem(tr("The adapter alone"), u"adapter:"_s);
    m_rows->setObjectName(u"exportRows"_s);
    m_rows->setAccessibleName(tr("Rows of each task to score it on"));
    m_rows->setRange(1, 1'000'000);
    m_rows->setValue(64);
    auto* go = new QPushButton(tr("Export…"), this);
    go->setObjectName(u"exportStart"_s);
    go->setAccessibleName(tr("Export…"));
    go->setProperty("main", true);
    go->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"exportCancel"_s);
    cancel->setAccessibleName(tr("Cancel"));
    cancel->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(go);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setVerticalSpacing(12);
    form->addRow(words);
    form->addRow(tr("Format"), m_format);
    form->addRow(tr("Rows of each task to score it on"), m_rows);
    form->addRow(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(go, &QPushButton::clicked, this, [this] {
        emit exportRequested(this->form());
        accept();
    });
}

ExportForm ExportDialog::form() const
{
    const QStringList parts = m_format->currentData().toString().split(u':');
    return {parts.front(), parts.back(), m_rows->value()};
}

}  // namespace taskfold
