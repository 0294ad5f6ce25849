#pragma once

#include <QObject>

namespace taskfold {

class Settings;
class WelcomePage;

/// Asks where, and says which project is wanted.
class WelcomeController : public QObject {
    Q_OBJECT

public:
    /// Borrows both.
    WelcomeController(WelcomePage& page, Settings& settings, QObject* parent = nullptr);

    void showRecent();
    void askForNew();
    void askForOpen();
    void askForDemo();

signals:
    void newWanted(const QString& folder);
    void openWanted(const QString& folder);
    void demoWanted(const QString& folder);
    void manualWanted(const QString& topic);

private:
    void open(const QString& folder);
    void forget(const QString& folder);

    WelcomePage& m_page;
    Settings& m_settings;
};

}  // namespace taskfold
