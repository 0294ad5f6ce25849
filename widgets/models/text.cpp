#include "widgets/models/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::Words)
};

/// The C locale groups no digits, which no person wants to read.
QLocale locale()
{
    const QLocale user;
    return user.language() == QLocale::C ? QLocale(QLocale::English, QLocale::UnitedStates) : user;
}

QString dash()
{
    return u"–"_s;
}

QString minusSigned(QString text)
{
    return text.replace(u'-', u'−');
}

}  // namespace

QString toQt(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string toStd(const QString& text)
{
    return text.toStdString();
}

QString countText(std::int64_t number)
{
    return locale().toString(qlonglong{number});
}

QString countedText(std::int64_t number, const QString& one, const QString& many)
{
    return (number == 1 ? one : many).arg(countText(number));
}

QString shortCountText(double number)
{
    constexpr std::array<const char*, 4> kUnits{"", "k", "M", "G"};
    std::size_t unit = 0;
    while (std::abs(number) >= 999.5 && unit + 1 < kUnits.size()) {
        number /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 || std::abs(number) >= 99.95 ? 0 : 1;
    QString text = locale().toString(number, 'f', decimals);
    const QString zero = QString(locale().decimalPoint()) + u'0';
    if (text.endsWith(zero))
        text.chop(zero.size());
    return text + QLatin1StringView(kUnits[unit]);
}

QString numberText(double number, int decimals)
{
    return std::isfinite(number) ? locale().toString(number, 'f', decimals) : dash();
}

QString briefText(double number, int digits)
{
    return std::isfinite(number) ? locale().toString(number, 'g', digits) : dash();
}

QString percentText(double fraction, int decimals)
{
    return std::isfinite(fraction) ? Words::tr("%1 %").arg(locale().toString(100 * fraction, 'f', decimals))
                                   : dash();
}

QString pointsText(double fraction, int decimals)
{
    return std::isfinite(fraction) ? minusSigned(locale().toString(100 * fraction, 'f', decimals)) : dash();
}

QString signedPointsText(double fraction, int decimals)
{
    if (!std::isfinite(fraction))
        return dash();
    const double scale = std::pow(10, decimals);
    const double rounded = std::round(100 * fraction * scale) / scale;
    const QString text = locale().toString(std::abs(rounded), 'f', decimals);
    return rounded > 0 ? u'+' + text : rounded < 0 ? u'−' + text : text;
}

QString ratioText(double ratio)
{
    if (!std::isfinite(ratio) || ratio <= 0)
        return dash();
    return Words::tr("%1 : 1").arg(locale().toString(ratio, 'f', ratio < 10 ? 1 : 0));
}

QString bytesText(std::int64_t bytes)
{
    return locale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString durationText(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0)
        return dash();
    if (seconds < 10)
        return Words::tr("%1 s").arg(locale().toString(seconds, 'f', 1));
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60)
        return Words::tr("%1 s").arg(whole);
    if (whole < 3600)
        return Words::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QChar(u'0'));
    if (whole < 2 * 86400)
        return Words::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QChar(u'0'));
    return Words::tr("%1 days").arg(locale().toString(seconds / 86400, 'f', 1));
}

QString momentText(const std::string& utc)
{
    const QDateTime moment = QDateTime::fromString(toQt(utc), Qt::ISODate);
    return moment.isValid() ? moment.toLocalTime().toString(u"yyyy-MM-dd HH:mm"_s) : toQt(utc);
}

QString excerptText(const QString& text, int characters)
{
    const QString line = text.left(4 * qsizetype{characters}).simplified();
    return line.size() <= characters ? line : line.left(characters - 1) + u'…';
}

}  // namespace taskfold
