#include "widgets/parts/modebar.h"

#include "widgets/parts/theme.h"

#include <QButtonGroup>
#include <QKeySequence>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

ModeBar::ModeBar(QWidget* parent) : QWidget(parent), m_group(new QButtonGroup(this))
{
    setObjectName(u"modeBar"_s);
    setAccessibleName(tr("Pages"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 10, 8, 10);
    layout->setSpacing(4);
    for (const Mode mode : kModes) {
        auto* button = new QToolButton(this);
        const QKeySequence keys(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(mode)));
        button->setObjectName(wordOf(mode) + u"Mode"_s);
        button->setText(titleOf(mode));
        button->setAccessibleName(titleOf(mode));
        button->setToolTip(tr("%1 (%2)").arg(titleOf(mode), keys.toString(QKeySequence::NativeText)));
        button->setIcon(theme::icon(wordOf(mode)));
        button->setIconSize({22, 22});
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setCheckable(true);
        button->setShortcut(keys);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_group->addButton(button, static_cast<int>(mode));
        layout->addWidget(button);
    }
    layout->addStretch();
    button(Mode::Welcome)->setChecked(true);
    connect(m_group, &QButtonGroup::idClicked, this, [this](int id) { emit chosen(static_cast<Mode>(id)); });
}

Mode ModeBar::current() const
{
    return static_cast<Mode>(m_group->checkedId());
}

void ModeBar::setCurrent(Mode mode)
{
    button(mode)->setChecked(true);
}

void ModeBar::setProjectOpen(bool open)
{
    for (const Mode mode : kModes)
        button(mode)->setEnabled(open || mode == Mode::Welcome);
}

QAbstractButton* ModeBar::button(Mode mode) const
{
    return m_group->button(static_cast<int>(mode));
}

}  // namespace taskfold
