#pragma once

#include <QString>

class QHBoxLayout;
class QPushButton;
class QWidget;

namespace taskfold {

/// The title of a page; its buttons go to the right end of the layout.
QWidget* pageHead(const QString& title, QWidget* parent, QHBoxLayout*& layout);

/// A button with its names; `main`: the one that a page is there for.
QPushButton* namedButton(const QString& name, const QString& text, QWidget* parent, bool main = false);

}  // namespace taskfold
