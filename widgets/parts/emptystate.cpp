#include "widgets/parts/emptystate.h"

#include "widgets/parts/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

EmptyState::EmptyState(const Words& words, QWidget* parent)
    : QWidget(parent)
    , m_iconName(words.icon)
    , m_icon(new QLabel(this))
    , m_sentence(new QLabel(words.sentence, this))
    , m_button(new QPushButton(words.button, this))
{
    m_icon->setAlignment(Qt::AlignCenter);
    m_sentence->setObjectName(u"emptySentence"_s);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setFixedWidth(420);
    m_button->setObjectName(u"emptyButton"_s);
    m_button->setAccessibleName(words.button);
    m_button->setProperty("main", true);
    m_button->setVisible(!words.button.isEmpty());
    auto* manual = new QLabel(
        u"<a href=\"%1\">%2</a>"_s.arg(words.manualTopic, tr("Read about it in the manual")), this);
    manual->setObjectName(u"emptyManual"_s);
    manual->setAccessibleName(tr("Read about it in the manual"));
    manual->setTextInteractionFlags(Qt::LinksAccessibleByKeyboard | Qt::LinksAccessibleByMouse);
    manual->setAlignment(Qt::AlignCenter);

    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(14);
    layout->addStretch(2);
    layout->addWidget(m_icon, 0, Qt::AlignCenter);
    layout->addWidget(m_sentence, 0, Qt::AlignCenter);
    layout->addWidget(m_button, 0, Qt::AlignCenter);
    layout->addWidget(manual, 0, Qt::AlignCenter);
    layout->addStretch(3);
    paintIcon();
    connect(m_button, &QPushButton::clicked, this, &EmptyState::requested);
    connect(manual, &QLabel::linkActivated, this, &EmptyState::manualRequested);
}

void EmptyState::setSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
}

void EmptyState::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintIcon();
}

void EmptyState::paintIcon()
{
    m_icon->setPixmap(theme::icon(m_iconName, theme::Tone::Muted).pixmap(QSize(56, 56), devicePixelRatio()));
}

}  // namespace taskfold
