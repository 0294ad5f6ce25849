#include "app/gui/settings.h"

#include <QCryptographicHash>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kRecent = 12;

/// A folder's name has slashes, which would become groups.
QString keyOf(const QString& folder, const QString& name)
{
    const QByteArray hash = QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha256).toHex();
    return u"project/%1/%2"_s.arg(QString::fromLatin1(hash.left(16)), name);
}

}  // namespace

Settings::Settings(const QString& file)
    : m_settings(file.isEmpty() ? std::make_unique<QSettings>(u"taskfold"_s, u"taskfold"_s)
                                : std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

Settings::~Settings() = default;

QStringList Settings::recent() const
{
    return m_settings->value("recent").toStringList();
}

void Settings::addRecent(const QString& folder)
{
    QStringList folders = recent();
    folders.removeAll(folder);
    folders.prepend(folder);
    m_settings->setValue("recent", folders.mid(0, kRecent));
}

void Settings::forgetRecent(const QString& folder)
{
    QStringList folders = recent();
    folders.removeAll(folder);
    m_settings->setValue("recent", folders);
}

QByteArray Settings::geometry() const
{
    return m_settings->value("geometry").toByteArray();
}

void Settings::setGeometry(const QByteArray& geometry)
{
    m_settings->setValue("geometry", geometry);
}

theme::Scheme Settings::scheme() const
{
    const QString word = m_settings->value("scheme").toString();
    return word == u"dark" ? theme::Scheme::Dark
        : word == u"light" ? theme::Scheme::Light
                           : theme::Scheme::System;
}

void Settings::setScheme(theme::Scheme scheme)
{
    m_settings->setValue("scheme",
        scheme == theme::Scheme::Dark        ? u"dark"_s
            : scheme == theme::Scheme::Light ? u"light"_s
                                             : u"system"_s);
}

QVariant Settings::ofProject(const QString& folder, const QString& name) const
{
    return m_settings->value(keyOf(folder, name));
}

void Settings::setOfProject(const QString& folder, const QString& name, const QVariant& value)
{
    m_settings->setValue(keyOf(folder, name), value);
}

}  // namespace taskfold
