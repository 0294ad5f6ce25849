#include "widgets/dialogs/importoptions.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSignalBlocker>

using namespace Qt::StringLiterals;

// What the form shows of a preview: what was detected, and what there is to choose from.
namespace taskfold {

void ImportOptions::showDetected(QComboBox* control, const QString& value, const QString& why)
{
    control->setItemText(0, value.isEmpty() ? tr("Detect") : tr("Auto: %1").arg(value));
    control->setItemData(0, why, Qt::ToolTipRole);
    control->setToolTip(why.isEmpty() ? control->currentText() : why);
}

void ImportOptions::showPreview(const ImportPreview& preview)
{
    const auto why = [&](const QString& what) {
        const auto found = preview.why.find(what);
        return found == preview.why.end() ? QString() : found->second;
    };
    showDetected(m_format, preview.used.format.toUpper(), why(u"format"_s));
    showDetected(m_encoding, preview.used.encoding.toUpper(), why(u"encoding"_s));
    showDetected(m_delimiter, delimiterTitle(preview.used.delimiter), why(u"delimiter"_s));
    showDetected(m_header,
        !preview.used.header       ? QString()
            : *preview.used.header ? tr("names")
                                   : tr("a row"),
        why(u"header"_s));
    showDetected(m_rows, preview.used.rows, why(u"rows"_s));
    const bool table = preview.used.format == u"csv" || preview.used.format == u"tsv";
    m_delimiter->setEnabled(table);
    m_header->setEnabled(table);
    for (const ImportFile& file : preview.files)
        if (file.path == preview.file)
            m_task->lineEdit()->setPlaceholderText(file.task);
    offerLists(preview);
    offerColumns(preview);
}

void ImportOptions::offerLists(const ImportPreview& preview)
{
    m_rows->setEnabled(!preview.lists.isEmpty());
    for (const QString& list : preview.lists)
        if (m_rows->findData(list) < 0)
            m_rows->addItem(list.isEmpty() ? tr("the file itself") : list, list);
}

void ImportOptions::offerColumns(const ImportPreview& preview)
{
    for (const auto& [field, control] : m_columns) {
        const QSignalBlocker quiet(control);
        if (control->lineEdit()->hasFocus() && control->lineEdit()->isModified())
            continue;  // the user is writing in it
        const QString now = chosenIn(control);
        const QVariant chosen = now.isEmpty() ? QVariant() : QVariant(now);
        control->clear();
        const auto used = preview.used.columns.find(field);
        control->addItem(
            used == preview.used.columns.end() ? tr("None") : tr("Auto: %1").arg(used->second));
        for (const QString& column : preview.columns)
            control->addItem(column, column);
        for (const auto& [path, sample] : preview.fields) {
            if (control->findData(path) < 0)
                control->addItem(path, path);
            control->setItemData(control->findData(path), sample, Qt::ToolTipRole);
        }
        if (chosen.isValid() && control->findData(chosen) < 0)
            control->addItem(chosen.toString(), chosen);
        control->setCurrentIndex(chosen.isValid() ? control->findData(chosen) : 0);
    }
}

}  // namespace taskfold
