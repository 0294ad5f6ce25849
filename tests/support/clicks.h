#pragma once

#include "widgets/parts/datatable.h"

#include <QAbstractButton>
#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

/// What a person's hands do, by object name, in whichever window is open.
namespace taskfold::test {

/// The visible widget of that name, or null.
template <typename Widget>
Widget* visible(const QString& name)
{
    for (QWidget* window : QApplication::topLevelWidgets())
        for (Widget* widget : window->findChildren<Widget*>(name))
            if (widget->isVisible())
                return widget;
    return nullptr;
}

/// Waits until the button can be clicked, and clicks it. False: it never could.
inline bool click(const QString& name, int patience = 5000)
{
    const auto ready = [&] {
        const auto* button = visible<QAbstractButton>(name);
        return button && button->isEnabled();
    };
    if (!QTest::qWaitFor(ready, patience))
        return false;
    QTest::mouseClick(visible<QAbstractButton>(name), Qt::LeftButton);
    return true;
}

inline bool clickTab(const QString& name, int tab)
{
    const auto* tabs = visible<QTabWidget>(name);
    if (!tabs)
        return false;
    QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {}, tabs->tabBar()->tabRect(tab).center());
    return true;
}

/// Types over what stands in the field.
inline bool type(const QString& name, const QString& text)
{
    auto* field = visible<QLineEdit>(name);
    if (!field)
        return false;
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
    return true;
}

inline bool set(const QString& name, double value)
{
    auto* box = visible<QAbstractSpinBox>(name);
    if (!box)
        return false;
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, QString::number(value));
    QTest::keyClick(box, Qt::Key_Tab);
    return true;
}

/// The rows of a visible table as text, cells between bars.
inline QStringList lines(const QString& table)
{
    const auto* view = visible<QTableView>(table + QStringLiteral("View"));
    QStringList found;
    for (int row = 0; view && row < view->model()->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < view->model()->columnCount(); ++column)
            cells.append(view->model()->index(row, column).data().toString());
        found.append(cells.join(QStringLiteral(" | ")));
    }
    return found;
}

/// Clicks the first row whose cells hold the text.
inline bool clickRow(const QString& table, const QString& text)
{
    auto* view = visible<QTableView>(table + QStringLiteral("View"));
    const QStringList all = lines(table);
    for (int row = 0; row < all.size(); ++row) {
        if (!all[row].contains(text))
            continue;
        const QModelIndex cell = view->model()->index(row, 0);
        view->scrollTo(cell);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(cell).center());
        return true;
    }
    return false;
}

}  // namespace taskfold::test
