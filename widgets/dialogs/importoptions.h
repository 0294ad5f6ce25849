#pragma once

#include "widgets/models/importvalues.h"

#include <QWidget>

#include <map>

class QComboBox;
class QFormLayout;
class QGridLayout;
class QLineEdit;

namespace taskfold {

/// How one file or folder is read: task, split, format and the columns' mapping. What was detected is named.
class ImportOptions : public QWidget {
    Q_OBJECT

public:
    explicit ImportOptions(QWidget* parent = nullptr);

    void setTaskNames(const QStringList& names);
    void showItem(const ImportItem& item);
    /// Names what was detected, and offers the file's columns.
    void showPreview(const ImportPreview& preview);
    /// Gives a field an expression, as if the user had written it.
    void setColumn(const QString& field, const QString& expression);
    /// The item with what is chosen here.
    ImportItem applied(ImportItem item) const;

signals:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildReading();
    void buildMapping();
    static QString delimiterTitle(const QString& delimiter);
    /// What is chosen, or typed where that is possible: an expression of the mapping language.
    static QString chosenIn(const QComboBox* box);
    QComboBox* box(const QString& name, const QString& title);
    void showDetected(QComboBox* box, const QString& value, const QString& why = {});
    void offerColumns(const ImportPreview& preview);
    void offerLists(const ImportPreview& preview);
    void followKind();

    QComboBox* m_kind;
    QComboBox* m_task;
    QComboBox* m_split;
    QComboBox* m_format;
    QComboBox* m_encoding;
    QComboBox* m_delimiter;
    QComboBox* m_header;
    QComboBox* m_rows;
    std::map<QString, QComboBox*> m_columns;
    QGridLayout* m_layout;
};

}  // namespace taskfold
