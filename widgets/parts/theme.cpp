#include "widgets/parts/theme.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QLabel>
#include <QPainter>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

using namespace Qt::StringLiterals;

// The resources lie in a static library: without this the linker leaves them out. (It may not stand in a
// namespace.)
static void loadResources()
{
    Q_INIT_RESOURCE(app);
}

namespace taskfold::theme {

namespace {

struct State {
    Scheme scheme = Scheme::System;
    bool systemIsDark = false;
    QApplication* application = nullptr;
};

State& state()
{
    static State state;
    return state;
}

struct Pair {
    const char* name;
    QRgb light, dark;
};

/// In the order of Tone.
constexpr std::array<Pair, 15> kTones{{
    {"window", 0xfff4f5f7, 0xff17191d},
    {"surface", 0xffffffff, 0xff1f2228},
    {"raised", 0xfff0f2f5, 0xff282c34},
    {"border", 0xffd9dde3, 0xff383d47},
    {"text", 0xff1c2128, 0xffe7eaee},
    {"muted", 0xff5c6672, 0xff9aa4b1},
    {"accent", 0xff0b66a8, 0xff5cb3ee},
    {"onAccent", 0xffffffff, 0xff0c1a26},
    {"accentSoft", 0xffdcebf7, 0xff21394d},
    {"good", 0xff00785a, 0xff35c49a},
    {"bad", 0xffb23c00, 0xffff8a4d},
    {"warning", 0xff8a5a00, 0xfff0b54a},
    {"badSoft", 0xfffdeee6, 0xff3d271c},
    {"warningSoft", 0xfffdf4e0, 0xff3a301a},
    {"grid", 0xffe6e9ed, 0xff30353e},
}};

/// Okabe and Ito, "Color Universal Design", 2008; yellow and black made readable on either ground.
constexpr std::array<std::pair<QRgb, QRgb>, 8> kSeries{{
    {0xff0072b2, 0xff4ea5dc},
    {0xffe69f00, 0xffe9a820},
    {0xff009e73, 0xff2dbb93},
    {0xffcc79a7, 0xffdc93bc},
    {0xffd55e00, 0xffee7d2b},
    {0xff56b4e9, 0xff8fd0f5},
    {0xffb8a800, 0xfff0e442},
    {0xff4d4d4d, 0xffc4c4c4},
}};

QString sheet()
{
    QFile file(u":/style.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString text = QString::fromUtf8(file.readAll());
    for (const Pair& pair : kTones)
        text.replace(u'@' + QLatin1StringView(pair.name) + u';',
            QColor(isDark() ? pair.dark : pair.light).name() + u';');
    return text.replace(u"@scheme;"_s, isDark() ? u"dark"_s : u"light"_s);
}

QPalette palette()
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Tone of) { palette.setColor(role, tone(of)); };
    set(QPalette::Window, Tone::Window);
    set(QPalette::WindowText, Tone::Text);
    set(QPalette::Base, Tone::Surface);
    set(QPalette::AlternateBase, Tone::Raised);
    set(QPalette::Text, Tone::Text);
    set(QPalette::Button, Tone::Raised);
    set(QPalette::ButtonText, Tone::Text);
    set(QPalette::BrightText, Tone::Bad);
    set(QPalette::Highlight, Tone::Accent);
    set(QPalette::HighlightedText, Tone::OnAccent);
    set(QPalette::ToolTipBase, Tone::Surface);
    set(QPalette::ToolTipText, Tone::Text);
    set(QPalette::Link, Tone::Accent);
    set(QPalette::PlaceholderText, Tone::Muted);
    set(QPalette::Mid, Tone::Border);
    set(QPalette::Midlight, Tone::Grid);
    set(QPalette::Light, Tone::Border);
    set(QPalette::Dark, Tone::Border);
    set(QPalette::Shadow, Tone::Border);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, tone(Tone::Muted));
    return palette;
}

/// A label draws its links in the colour that held when its text was set.
void refreshLinks()
{
    for (QWidget* widget : QApplication::allWidgets()) {
        auto* label = qobject_cast<QLabel*>(widget);
        if (!label || !label->text().contains(u"<a "_s))
            continue;
        const QString text = label->text();
        label->clear();
        label->setText(text);
    }
}

void restyle()
{
    State& now = state();
    if (!now.application)
        return;
    now.application->setPalette(palette());
    now.application->setStyleSheet(sheet());
    refreshLinks();
}

/// Draws the SVG anew for each size and theme, so that icons stay sharp and follow a change of scheme.
class LineIcon : public QIconEngine {
public:
    LineIcon(QString name, Tone tone) : m_name(std::move(name)), m_tone(tone) { }

    QIconEngine* clone() const override { return new LineIcon(m_name, m_tone); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        QFile file(u":/icons/%1.svg"_s.arg(m_name));
        if (!file.open(QIODevice::ReadOnly))
            return;
        QByteArray svg = file.readAll();
        const Tone shown = mode == QIcon::Disabled ? Tone::Border : m_tone;
        svg.replace("currentColor", theme::tone(shown).name().toLatin1());
        const int side = std::min(rect.width(), rect.height());
        QRect square(0, 0, side, side);
        square.moveCenter(rect.center());
        QSvgRenderer(svg).render(painter, QRectF(square));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect({}, size), mode, state);
        return pixmap;
    }

private:
    QString m_name;
    Tone m_tone;
};

}  // namespace

void apply(QApplication& application)
{
    loadResources();
    State& now = state();
    now.application = &application;
    now.systemIsDark = application.palette().color(QPalette::Window).lightness() < 128;
    application.setStyle(QStyleFactory::create(u"Fusion"_s));
    restyle();
}

void setScheme(Scheme scheme)
{
    state().scheme = scheme;
    restyle();
}

void setSystemDark(bool dark)
{
    State& now = state();
    if (std::exchange(now.systemIsDark, dark) != dark && now.scheme == Scheme::System)
        restyle();
}

Scheme scheme()
{
    return state().scheme;
}

bool isDark()
{
    const State& now = state();
    return now.scheme == Scheme::Dark || (now.scheme == Scheme::System && now.systemIsDark);
}

QColor tone(Tone tone)
{
    const Pair& pair = kTones[static_cast<std::size_t>(tone)];
    return isDark() ? pair.dark : pair.light;
}

QColor series(int index)
{
    const auto& [light, dark] = kSeries[static_cast<std::size_t>(index) % kSeries.size()];
    return isDark() ? dark : light;
}

int seriesCount()
{
    return static_cast<int>(kSeries.size());
}

QColor reason(Reason reason)
{
    switch (reason) {
    case Reason::Duplicate: return series(1);
    case Reason::NearDuplicate: return series(6);
    case Reason::Leak: return series(4);
    case Reason::Conflict: return series(3);
    case Reason::TooLong: return series(5);
    default: return series(7);  // what couldn't be read at all
    }
}

QIcon icon(const QString& name, Tone tone)
{
    return QIcon(new LineIcon(name, tone));
}

}  // namespace taskfold::theme
