#include "widgets/parts/pagehead.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace taskfold {

QWidget* pageHead(const QString& title, QWidget* parent, QHBoxLayout*& layout)
{
    auto* head = new QWidget(parent);
    auto* label = new QLabel(title, head);
    label->setProperty("title", true);
    layout = new QHBoxLayout(head);
    layout->setContentsMargins(2, 0, 0, 0);
    layout->addWidget(label);
    layout->addStretch();
    return head;
}

QPushButton* namedButton(const QString& name, const QString& text, QWidget* parent, bool main)
{
    auto* button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setAccessibleName(text);
    if (main)
        button->setProperty("main", true);
    return button;
}

}  // namespace taskfold
