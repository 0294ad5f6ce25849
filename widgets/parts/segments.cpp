#include "widgets/parts/segments.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace taskfold {

Segments::Segments(const QString& name, const QString& title, const QStringList& choices, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    setObjectName(name);
    setAccessibleName(title);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    for (int i = 0; i < choices.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setObjectName(name + QString::number(i));
        button->setText(choices[i]);
        button->setAccessibleName(tr("%1: %2").arg(title, choices[i]));
        button->setCheckable(true);
        button->setProperty("segment", true);
        m_group->addButton(button, i);
        layout->addWidget(button);
    }
    setCurrent(0);
    connect(m_group, &QButtonGroup::idClicked, this, &Segments::chosen);
}

int Segments::current() const
{
    return m_group->checkedId();
}

void Segments::setCurrent(int index)
{
    m_group->button(index)->setChecked(true);
}

}  // namespace taskfold
