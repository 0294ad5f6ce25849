#pragma once

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QStringList>
#include <QTextEdit>
#include <QWidget>

namespace taskfold::test {

/// Controls that a screen reader or a test can't name. Those that Qt puts inside its own ones don't count.
inline QStringList namelessControls(const QWidget& widget)
{
    using namespace Qt::StringLiterals;
    QStringList found;
    for (const QWidget* control : widget.findChildren<QWidget*>()) {
        const bool counts = qobject_cast<const QAbstractButton*>(control)
            || qobject_cast<const QComboBox*>(control) || qobject_cast<const QLineEdit*>(control)
            || qobject_cast<const QAbstractSpinBox*>(control)
            || qobject_cast<const QAbstractItemView*>(control) || qobject_cast<const QTextEdit*>(control);
        const QWidget* parent = control->parentWidget();
        const bool inner = control->objectName().startsWith(u"qt_"_s)
            || qobject_cast<const QComboBox*>(parent) || qobject_cast<const QAbstractSpinBox*>(parent)
            || qobject_cast<const QLineEdit*>(parent) || qobject_cast<const QAbstractItemView*>(parent)
            || parent->inherits("QComboBoxPrivateContainer") || parent->inherits("QTabBar")
            || control->inherits("QHeaderView") || parent->inherits("QMenuBar");
        if (counts && !inner && (control->objectName().isEmpty() || control->accessibleName().isEmpty()))
            found.append(u"%1 \"%2\" in %3"_s.arg(QString::fromLatin1(control->metaObject()->className()),
                control->objectName(), parent->objectName()));
    }
    return found;
}

}  // namespace taskfold::test
