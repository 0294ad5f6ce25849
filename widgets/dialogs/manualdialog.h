#pragma once

#include <QDialog>

class QTextBrowser;

namespace taskfold {

/// The manual, opened at the topic that was asked for. It needs no network.
class ManualDialog : public QDialog {
    Q_OBJECT

public:
    explicit ManualDialog(QWidget* parent = nullptr);

    /// "data", "filter", ...: a page's word
    void showTopic(const QString& topic);

protected:
    void changeEvent(QEvent* event) override;

private:
    void load();

    QString m_topic;
    QTextBrowser* m_text;
};

}  // namespace taskfold
