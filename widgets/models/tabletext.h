#pragma once

#include <QByteArray>
#include <QModelIndexList>
#include <QString>

class QAbstractItemModel;

namespace taskfold {

/// The chosen cells as spreadsheets take them from the clipboard: rows by line, cells by tab.
QString tsvOf(const QModelIndexList& cells);

/// The whole table with its headings, as RFC 4180. A cell that a spreadsheet would run as a formula gets a '
/// before it.
QByteArray csvOf(const QAbstractItemModel& model);

}  // namespace taskfold
