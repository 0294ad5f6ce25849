#pragma once

#include "app/gui/application.h"
#include "widgets/parts/theme.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace taskfold::test {

/// The program with its window shown and settings of its own. Null: the window never came.
inline std::unique_ptr<Application> started(const QTemporaryDir& folder, Options options = {})
{
    theme::apply(*qApp);
    options.settings = folder.filePath(QStringLiteral("settings.ini"));
    auto application = std::make_unique<Application>(options);
    application->start();
    if (!QTest::qWaitForWindowExposed(&application->window()))
        return nullptr;
    return application;
}

}  // namespace taskfold::test
