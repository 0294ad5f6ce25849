#pragma once

#include "widgets/parts/theme.h"

#include <QApplication>
#include <QDir>
#include <QTest>
#include <QWidget>

namespace taskfold::test {

/// Where TASKFOLD_SHOTS names a folder, draws the widget into it, light and dark, to be looked at by people.
inline void shot(QWidget& widget, const QString& name)
{
    const QString folder = qEnvironmentVariable("TASKFOLD_SHOTS");
    if (folder.isEmpty())
        return;
    for (const bool dark : {false, true}) {
        theme::setScheme(dark ? theme::Scheme::Dark : theme::Scheme::Light);
        QTest::qWait(60);  // until the plots have drawn themselves anew
        widget.grab().save(QDir(folder).filePath(
            name + (dark ? QStringLiteral("-dark.png") : QStringLiteral("-light.png"))));
    }
    theme::setScheme(theme::Scheme::Light);
}

}  // namespace taskfold::test
