#pragma once

#include <QAbstractTableModel>

namespace taskfold {

/// What a paged model says; apart from the template, since moc knows no templates.
class PagedModelBase : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kPage = 200;  // rows asked for at once

    using QAbstractTableModel::QAbstractTableModel;

signals:
    /// Rows that somebody looks at aren't there yet. Answer with setPage().
    void pageWanted(qint64 offset, qint64 limit);
};

}  // namespace taskfold
