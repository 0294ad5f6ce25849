#include "widgets/dialogs/manualdialog.h"

#include "widgets/parts/mode.h"

#include <QEvent>
#include <QFile>
#include <QListWidget>
#include <QSplitter>
#include <QTextBlock>
#include <QTextBrowser>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

ManualDialog::ManualDialog(QWidget* parent) : QDialog(parent), m_text(new QTextBrowser(this))
{
    setObjectName(u"manualDialog"_s);
    setWindowTitle(tr("Manual"));
    resize(860, 640);
    m_text->setObjectName(u"manualText"_s);
    m_text->setAccessibleName(tr("Manual"));
    m_text->setOpenExternalLinks(true);
    auto* topics = new QListWidget(this);
    topics->setObjectName(u"manualTopics"_s);
    topics->setAccessibleName(tr("Topics"));
    for (const Mode mode : kModes) {
        auto* item = new QListWidgetItem(titleOf(mode), topics);
        item->setData(Qt::UserRole, wordOf(mode));
    }
    auto* splitter = new QSplitter(this);
    splitter->addWidget(topics);
    splitter->addWidget(m_text);
    splitter->setSizes({160, 700});
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(splitter);
    load();
    connect(topics, &QListWidget::currentItemChanged, this,
        [this](const QListWidgetItem* item) { showTopic(item->data(Qt::UserRole).toString()); });
}

void ManualDialog::load()
{
    QFile file(u":/manual.md"_s);
    if (file.open(QIODevice::ReadOnly))
        m_text->setMarkdown(QString::fromUtf8(file.readAll()));
}

void ManualDialog::showTopic(const QString& topic)
{
    m_topic = topic;
    const std::optional<Mode> mode = modeOf(topic);
    if (!mode)
        return;
    // The headings are the pages' titles, in the order of the mode bar.
    int heading = -1;
    for (QTextBlock block = m_text->document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() != 2 || ++heading != static_cast<int>(*mode))
            continue;
        m_text->moveCursor(QTextCursor::End);  // so that the heading comes to the top
        m_text->setTextCursor(QTextCursor(block));
        return;
    }
}

void ManualDialog::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        load();
        showTopic(m_topic);
    }
}

}  // namespace taskfold
