#include "widgets/models/tabletext.h"

#include "widgets/models/rowmodel.h"

#include <QAbstractItemModel>
#include <QLocale>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QString plainText(const QModelIndex& cell)
{
    const QVariant plain = cell.data(TableRole::PlainRole);
    if (!plain.isValid())
        return cell.data().toString();
    if (plain.typeId() == QMetaType::Double)
        return QString::number(plain.toDouble(), 'g', QLocale::FloatingPointShortest);
    return plain.toString();
}

bool isNumber(const QString& text)
{
    bool number = false;
    QLocale::c().toDouble(text, &number);
    return number;
}

/// = + - @ and control characters start a formula in one spreadsheet or another.
QString guarded(const QString& text)
{
    constexpr auto kStarters = "=+-@\t\r\n"_L1;
    const bool starts = !text.isEmpty() && (kStarters.contains(text.front()) || text.front().isNull());
    if (!starts || isNumber(text))
        return text;
    return u'\'' + text;
}

QString quoted(QString text)
{
    const bool needed = std::any_of(text.begin(), text.end(),
        [](QChar c) { return c == u'"' || c == u',' || c == u'\n' || c == u'\r' || c == u';'; });
    return needed ? u'"' + text.replace(u'"', u"\"\""_s) + u'"' : text;
}

}  // namespace

QString tsvOf(const QModelIndexList& cells)
{
    std::map<int, std::map<int, QString>> rows;
    for (const QModelIndex& cell : cells)
        rows[cell.row()][cell.column()] = guarded(plainText(cell).simplified());
    QStringList lines;
    for (const auto& [row, columns] : rows) {
        QStringList texts;
        for (const auto& [column, text] : columns)
            texts.append(text);
        lines.append(texts.join(u'\t'));
    }
    return lines.join(u'\n');
}

QByteArray csvOf(const QAbstractItemModel& model)
{
    QString csv;
    for (int row = -1; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells.append(quoted(guarded(row < 0 ? model.headerData(column, Qt::Horizontal).toString()
                                                : plainText(model.index(row, column)))));
        csv += cells.join(u',') + u"\r\n"_s;
    }
    return csv.toUtf8();
}

}  // namespace taskfold
