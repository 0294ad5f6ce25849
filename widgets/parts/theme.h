#pragma once

#include "engine/core/issue.h"

#include <QColor>
#include <QIcon>
#include <QString>

class QApplication;

/// How everything looks: light or dark as the system says, colours that colour-blind people can tell apart.
/// When it changes, every widget gets a QEvent::PaletteChange.
namespace taskfold::theme {

enum class Scheme { System, Light, Dark };

enum class Tone {
    Window,  // behind everything
    Surface,  // cards, tables, plots
    Raised,  // headings of tables, buttons
    Border,
    Text,
    Muted,  // text of second rank
    Accent,
    OnAccent,  // text on the accent
    AccentSoft,  // behind what is chosen
    Good,
    Bad,
    Warning,
    BadSoft,
    WarningSoft,
    Grid,
};

/// Sets style, palette, font sizes and style sheet. Call it once, before the first widget is shown.
void apply(QApplication& application);
void setScheme(Scheme scheme);
Scheme scheme();
/// What the desktop says it prefers; asked for and followed by SystemScheme.
void setSystemDark(bool dark);
bool isDark();

QColor tone(Tone tone);

/// Colours of curves and bars, told apart by colour-blind people too (Okabe and Ito 2008); they repeat after
/// eight.
QColor series(int index);
int seriesCount();
/// The colour of rows that were left out for this reason.
QColor reason(Reason reason);

/// A line icon of resources/icons in this tone, sharp on every screen: "data", "plan", ...
QIcon icon(const QString& name, Tone tone = Tone::Text);

}  // namespace taskfold::theme
