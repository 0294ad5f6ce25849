#pragma once

#include "widgets/parts/mode.h"
#include "widgets/parts/theme.h"

#include <QByteArray>
#include <QStringList>
#include <QVariant>

#include <memory>

class QSettings;

namespace taskfold {

/// What this user's windows remember between sessions. Nothing of it belongs to a project's results.
class Settings {
public:
    /// The user's own file; tests name another.
    explicit Settings(const QString& file = {});
    ~Settings();
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;

    QStringList recent() const;  // projects, newest first
    void addRecent(const QString& folder);
    void forgetRecent(const QString& folder);

    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);

    theme::Scheme scheme() const;
    void setScheme(theme::Scheme scheme);

    /// Anything small of one project: "page", "task", "dataLayout".
    QVariant ofProject(const QString& folder, const QString& name) const;
    void setOfProject(const QString& folder, const QString& name, const QVariant& value);

private:
    std::unique_ptr<QSettings> m_settings;
};

}  // namespace taskfold
