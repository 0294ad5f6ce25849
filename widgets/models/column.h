#pragma once

#include <QString>
#include <QVariant>

#include <functional>
#include <utility>

namespace taskfold {

/// What tables answer beside Qt's own roles.
enum TableRole : int {
    SortRole = Qt::UserRole,  // a number or text to sort by
    PlainRole,  // for files: numbers without grouping, texts in full
    SearchRole,  // of a row's first cell: all its words in one text, ready to be searched; else the cells are
};

/// A column of a table: everything about its cells is a function of the row.
template <typename Row>
struct Column {
    using Cell = std::function<QVariant(const Row&)>;

    QString title{};
    Cell text{};
    Cell sortKey{};  // empty: the text
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    Cell toolTip{};
    Cell accessible{};  // what a screen reader says in the text's place
    Cell plain{};  // what files get; empty: a number's sort key, else the text
    Cell decoration{};  // a colour or icon beside the text
    Cell foreground{};
    QString help{};  // tool tip of the heading
    Cell search{};  // of the first column: the row's words

    QVariant cell(const Row& row, int role) const
    {
        switch (role) {
        case Qt::DisplayRole: return text(row);
        case TableRole::SortRole: return sortKey ? sortKey(row) : text(row);
        case TableRole::PlainRole: return plainText(row);
        case TableRole::SearchRole: return ask(search, row);
        case Qt::TextAlignmentRole: return alignment.toInt();
        case Qt::ToolTipRole: return ask(toolTip, row);
        case Qt::AccessibleTextRole: return ask(accessible, row);
        case Qt::DecorationRole: return ask(decoration, row);
        case Qt::ForegroundRole: return ask(foreground, row);
        default: return {};
        }
    }

    QVariant heading(int role) const
    {
        switch (role) {
        case Qt::DisplayRole: return title;
        case Qt::ToolTipRole: return help.isEmpty() ? QVariant() : help;
        case Qt::TextAlignmentRole: return alignment.toInt();
        default: return {};
        }
    }

private:
    static QVariant ask(const Cell& cell, const Row& row) { return cell ? cell(row) : QVariant(); }

    QVariant plainText(const Row& row) const
    {
        if (plain)
            return plain(row);
        const QVariant key = ask(sortKey, row);
        const bool number = key.canConvert<double>() && key.typeId() != QMetaType::QString;
        return number && alignment.testFlag(Qt::AlignRight) ? key : text(row);
    }
};

}  // namespace taskfold
