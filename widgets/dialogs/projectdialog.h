#pragma once

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace taskfold {

/// Where a new project goes: a name and a folder. The demo asks with it too.
class ProjectDialog : public QDialog {
    Q_OBJECT

public:
    struct Words {
        QString title;
        QString explanation;
        QString name;  // proposed
        QString verb;
    };

    ProjectDialog(const Words& words, const QString& location, QWidget* parent = nullptr);

    QString folder() const;

signals:
    void folderChosen(const QString& folder);

private:
    void build(const Words& words);
    QWidget* buildPlace();
    QWidget* buildButtons(const QString& verb);
    void check();

    QLineEdit* m_name;
    QLineEdit* m_location;
    QLabel* m_result;
    QPushButton* m_create;
};

}  // namespace taskfold
