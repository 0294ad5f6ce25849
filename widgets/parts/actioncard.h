#pragma once

#include <QAbstractButton>

namespace taskfold {

/// A large button with icon, title and a line of explanation.
class ActionCard : public QAbstractButton {
    Q_OBJECT

public:
    struct Words {
        QString name;  // object name
        QString icon;
        QString title;
        QString explanation;
    };

    explicit ActionCard(const Words& words, QWidget* parent = nullptr);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_icon;
    QString m_explanation;
};

}  // namespace taskfold
