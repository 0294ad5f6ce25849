#pragma once

#include "engine/core/error.h"

#include <QFrame>

class QLabel;
class QToolButton;

namespace taskfold {

/// One failure or warning, in place, with a fold for the details. Hidden until there is something to say.
class ErrorBanner : public QFrame {
    Q_OBJECT

public:
    explicit ErrorBanner(QWidget* parent = nullptr);

    void showError(const Error& error);
    /// Not a failure: what the user should know.
    void showNotice(const QString& text, const QString& detail = {});
    void clear();

    QString text() const;
    QString detail() const;

protected:
    void changeEvent(QEvent* event) override;

private:
    enum class Look { Error, Notice };

    void build();
    void show(Look look, const QString& text, const QString& detail);

    void paintIcon();

    Look m_look = Look::Error;
    QLabel* m_icon;
    QLabel* m_text;
    QLabel* m_detail;
    QToolButton* m_fold;
};

}  // namespace taskfold
