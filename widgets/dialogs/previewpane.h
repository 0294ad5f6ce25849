#pragma once

#include "widgets/models/importvalues.h"

#include <QWidget>

class QLabel;

namespace taskfold {

class DataTable;
class FieldTree;
class PreviewModel;

/// The first rows of a file as they are set to be read, bad ones marked, beside the fields that they have.
class PreviewPane : public QWidget {
    Q_OBJECT

public:
    explicit PreviewPane(QWidget* parent = nullptr);

    void showReading();
    void show(const ImportPreview& preview);
    void clear();
    using QWidget::show;

signals:
    /// The user gave the row's field an expression.
    void given(const QString& field, const QString& expression);

private:
    QString noteOn(const ImportPreview& preview) const;

    PreviewModel* m_model;
    DataTable* m_table;
    FieldTree* m_fields;
    QLabel* m_note;
};

}  // namespace taskfold
