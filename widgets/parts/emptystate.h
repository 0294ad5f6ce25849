#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace taskfold {

/// What a page shows while it has nothing to show: one sentence, one main button, a link into the manual.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    struct Words {
        QString icon;  // of resources/icons
        QString sentence;
        QString button;  // empty: none
        QString manualTopic;  // a heading's anchor in the manual: "data"
    };

    explicit EmptyState(const Words& words, QWidget* parent = nullptr);

    void setSentence(const QString& sentence);
    QPushButton* button() const { return m_button; }

signals:
    void requested();
    void manualRequested(const QString& topic);

protected:
    void changeEvent(QEvent* event) override;

private:
    void paintIcon();

    QString m_iconName;
    QLabel* m_icon;
    QLabel* m_sentence;
    QPushButton* m_button;
};

}  // namespace taskfold
