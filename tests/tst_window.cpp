#include "support/tempproject.h"

#include <QImage>
#include <QProcess>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

struct End {
    int code = -1;
    QString errors;
};

/// The window program, with settings of its own.
End run(const QTemporaryDir& folder, const QStringList& arguments)
{
    QProcess program;
    program.start(qEnvironmentVariable("PROGRAM"),
        QStringList{u"--settings"_s, folder.filePath(u"settings.ini"_s)} + arguments);
    if (!program.waitForFinished() || program.exitStatus() != QProcess::NormalExit)
        return {};
    return {program.exitCode(), QString::fromUtf8(program.readAllStandardError())};
}

}  // namespace

class WindowTest : public QObject {
    Q_OBJECT

private slots:
    void drawsItselfIntoAFileAndQuits_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << u"light"_s << false;
        QTest::newRow("dark") << u"dark"_s << true;
    }

    void drawsItselfIntoAFileAndQuits()
    {
        QFETCH(QString, scheme);
        QFETCH(bool, dark);
        const QTemporaryDir folder;
        const QString shot = folder.filePath(u"shot.png"_s);
        QCOMPARE(run(folder, {u"--scheme"_s, scheme, u"--shot"_s, shot}).code, 0);
        const QImage picture(shot);
        QCOMPARE(picture.size(), QSize(1280, 820));
        QSet<QRgb> colours;
        for (int x = 0; x < picture.width(); x += 2)
            for (int y = 0; y < picture.height(); y += 2)
                colours.insert(picture.pixel(x, y));
        QVERIFY(colours.size() > 10);
        QCOMPARE(picture.pixelColor(640, 30).lightness() < 128, dark);
    }

    void opensAProjectOnThePageThatIsNamed()
    {
        const test::TempProject project;
        QVERIFY(openProject(project.project()));
        const QTemporaryDir folder;
        const QString welcome = folder.filePath(u"welcome.png"_s);
        const QString data = folder.filePath(u"data.png"_s);
        QCOMPARE(run(folder, {u"--shot"_s, welcome}).code, 0);
        const QString path = QString::fromStdString(project.project().folder);
        QCOMPARE(run(folder, {path, u"--page"_s, u"data"_s, u"--shot"_s, data}).code, 0);
        QVERIFY(QImage(welcome) != QImage(data));
    }

    void refusesAFolderWithoutAProject()
    {
        const QTemporaryDir folder;
        const End end = run(folder, {folder.path(), u"--shot"_s, folder.filePath(u"shot.png"_s)});
        QCOMPARE(end.code, 1);
        QVERIFY2(end.errors.contains(u"holds no project"_s), qPrintable(end.errors));
    }

    void refusesAPageThatIsNotThere()
    {
        const QTemporaryDir folder;
        QCOMPARE(run(folder, {u"--page"_s, u"nowhere"_s}).code, 2);
    }

    void refusesADatabaseThatIsNone()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"project.db"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write("this is no database, whatever its name says") > 0);
        file.close();
        QCOMPARE(run(folder, {folder.path(), u"--shot"_s, folder.filePath(u"shot.png"_s)}).code, 1);
    }

    void paintsFirstWithoutLibtorch()
    {
        const QTemporaryDir folder;
        qputenv("LD_DEBUG", "files");
        const End end = run(folder, {u"--shot"_s, folder.filePath(u"shot.png"_s)});
        qunsetenv("LD_DEBUG");
        QCOMPARE(end.code, 0);
        QVERIFY(end.errors.contains(u"libQt6Widgets"_s));
        QVERIFY(!end.errors.contains(u"libtorch"_s));
    }
};

QTEST_GUILESS_MAIN(WindowTest)
#include "tst_window.moc"
