#pragma once

#include "engine/core/error.h"
#include "widgets/parts/pdf.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTextBrowser;

namespace taskfold {

class EmptyState;
class ErrorBanner;

/// What the task owners are shown: its parts, a preview, and the export.
class ReportPage : public QWidget {
    Q_OBJECT

public:
    explicit ReportPage(QWidget* parent = nullptr);

    QString title() const;
    QStringList sections() const;  // the words of the chosen ones
    QString language() const;  // en or zh
    qint64 comparison() const;  // its number; 0: the newest
    /// Numbers and what they are called, the newest first; what was chosen stays chosen.
    void setComparisons(const std::vector<std::pair<qint64, QString>>& comparisons);
    void setTitle(const QString& title);
    void setAnyComparison(bool any);
    void showPreview(const QString& html, const Figures& figures);
    void showWritten(const QString& file);
    void showError(const Error& error);

signals:
    /// Title or parts are others now. Answer with showPreview.
    void changed();
    /// html, pdf, md, csv, tex or json
    void exportRequested(const QString& format);
    void compareRequested();
    void manualRequested(const QString& topic);

private:
    QWidget* buildHead();
    QWidget* buildSettings();
    QWidget* buildContent();

    QComboBox* chooser(const QString& name, const QString& title, QWidget* box);

    QLineEdit* m_title;
    QComboBox* m_language;
    QComboBox* m_comparison;
    std::vector<std::pair<QString, QCheckBox*>> m_sections;
    QTextBrowser* m_preview;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QTimer m_pause;
};

}  // namespace taskfold
