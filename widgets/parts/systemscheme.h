#pragma once

#include <QObject>

class QDBusPendingCallWatcher;
class QDBusVariant;

namespace taskfold {

/// Asks the desktop whether it prefers dark, and hears when that changes (the XDG desktop portal's Settings;
/// Qt itself knows only from 6.5 on). Does nothing where there is no session bus.
class SystemScheme : public QObject {
    Q_OBJECT

public:
    explicit SystemScheme(QObject* parent = nullptr);

private slots:
    void onChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void onAnswer(QDBusPendingCallWatcher* call);
};

}  // namespace taskfold
