#include "app/gui/application.h"
#include "app/gui/openedproject.h"
#include "support/clicks.h"
#include "support/peak.h"
#include "support/shot.h"
#include "support/smallproject.h"
#include "support/stallwatch.h"
#include "support/startedwindow.h"
#include "widgets/parts/ask.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include <atomic>
#include <chrono>
#include <thread>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;
using test::lines;

namespace {

// Far above what a busy machine takes from the window, far below a wait for a file.
constexpr double kStall = 250;
constexpr int kPatience = 1'800'000;  // ms

struct Seen {
    double stall = 0, seconds = 0, peak = 0;  // ms, s, MiB
    double machine = 0;  // ms
};

// How long a thread that only sleeps stood still at most: what the machine does to every thread isn't the window's doing.
class Sleeper {
public:
    double longest() const { return m_longest; }

private:
    std::atomic<double> m_longest{0};
    std::jthread m_thread{[this](const std::stop_token& stop) {
        for (QElapsedTimer turn; !stop.stop_requested();) {
            turn.start();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            m_longest = std::max(m_longest.load(), static_cast<double>(turn.nsecsElapsed()) / 1e6);
        }
    }};
};

// What it took until `done`, after something was begun.
template <typename Begin, typename Done>
bool measured(const char* what, const Begin& begin, const Done& done, std::vector<Seen>& all)
{
    test::StallWatch watch;
    const Sleeper sleeper;
    QElapsedTimer timer;
    timer.start();
    begin();
    const bool is = test::turnUntil(done, kPatience);
    all.push_back({watch.longest(), static_cast<double>(timer.elapsed()) / 1000, test::mibOf("VmHWM:"), sleeper.longest()});
    qInfo("%s: %.2f s, the event loop stood still for %.1f ms at most, %.0f MiB at most until now; a thread that only sleeps for %.1f ms", what,
        all.back().seconds, all.back().stall, all.back().peak, all.back().machine);
    return is;
}

QString cell(int row, int column)
{
    const auto* view = test::visible<QTableView>(u"rowsView"_s);
    const QString text = view && row < view->model()->rowCount() ? view->model()->index(row, column).data().toString() : QString();
    return text == u"…"_s ? QString() : text;  // not there yet
}

int shownRows()
{
    const auto* view = test::visible<QTableView>(u"rowsView"_s);
    return view ? view->model()->rowCount() : 0;
}

// Generated questions, so many as the test needs where nobody names a file.
QString someRows(const QString& file)
{
    QByteArray text;
    for (int i = 0; i < 60'000; ++i)
        text += "{\"input\": \"when does the flight number " + QByteArray::number(i * 7919 % 60'000) + " leave\", \"target\": \"" + (i % 3 ? "flight" : "ticket") + "\"}\n";
    test::writeFile(file, text);
    return file;
}

}  // namespace

/// The window on a file of any size, with the mouse: import, first rows, last rows, search and sort. A file of one's own is
/// named in TASKFOLD_LARGE_FILE, and words to search in TASKFOLD_LARGE_WORDS.
class LargeFileTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_file = qEnvironmentVariable("TASKFOLD_LARGE_FILE");
        if (m_file.isEmpty())
            m_file = someRows(m_folder.filePath(u"questions.jsonl"_s));
        const QString place = QFileInfo(m_file).absoluteDir().filePath(u"largefile-project"_s);
        m_project = qEnvironmentVariableIsSet("TASKFOLD_LARGE_FILE") ? place : m_folder.filePath(u"project"_s);
        m_application = test::started(m_folder);
        QVERIFY(m_application);
        m_application->makeProject(m_project);
        QTRY_VERIFY(m_application->opened() != nullptr);
    }

    void theFileIsImported()
    {
        QVERIFY(click(u"emptyButton"_s));
        QTRY_VERIFY(test::visible<QAbstractButton>(u"importAddFiles"_s) != nullptr);
        ask::nameNext({m_file});
        QVERIFY(measured("preview", [] { click(u"importAddFiles"_s); }, [] { return !lines(u"preview"_s).isEmpty(); }, m_seen));
        QVERIFY(measured("import", [] { click(u"importStart"_s); }, [] { return !lines(u"summary"_s).isEmpty(); }, m_seen));
        QVERIFY(click(u"importCancel"_s));
    }

    void itsRowsAreBrowsedSearchedAndSorted()
    {
        QVERIFY(measured("counted", [] { }, [] { return !lines(u"tasks"_s).isEmpty(); }, m_seen));
        test::clickRow(u"tasks"_s, lines(u"tasks"_s).front().section(u" | "_s, 0, 0));
        QVERIFY(test::clickTab(u"taskTabs"_s, rowsTab()));
        QVERIFY(measured("first rows", [] { }, [] { return !cell(0, 1).isEmpty(); }, m_seen));
        const int all = shownRows();
        QVERIFY(all > 1000);
        auto* view = test::visible<QTableView>(u"rowsView"_s);
        auto* part = test::visible<QComboBox>(u"rowsPart"_s);  // of more than a million
        QVERIFY(measured("last rows",
            [&] {
                if (part)
                    QTest::keyClick(part, Qt::Key_End);
                view->verticalScrollBar()->setValue(view->verticalScrollBar()->maximum());
            },
            [&] { return !cell(shownRows() - 1, 1).isEmpty(); }, m_seen));
        if (part)
            QTest::keyClick(part, Qt::Key_Home);
        const QString count = test::visible<QLabel>(u"rowsCount"_s)->text();
        const QString words = qEnvironmentVariable("TASKFOLD_LARGE_WORDS", u"ticket 17"_s);
        QVERIFY(measured("search", [&] { test::type(u"rowsSearch"_s, words); }, [&] { return test::visible<QLabel>(u"rowsCount"_s)->text() != count && !cell(0, 1).isEmpty(); }, m_seen));
        for (int row = 0; row < std::min(5, shownRows()); ++row) {  // a cell shows but the beginning of a long text
            view->setCurrentIndex(view->model()->index(row, 1));
            for (const QString& word : words.split(u' '))
                QVERIFY2(test::visible<QTextBrowser>(u"rowText"_s)->toPlainText().contains(word, Qt::CaseInsensitive), qPrintable(cell(row, 1)));
        }
        QVERIFY(measured("all again", [] { test::visible<QLineEdit>(u"rowsSearch"_s)->clear(); }, [&] { return test::visible<QLabel>(u"rowsCount"_s)->text() == count && !cell(0, 1).isEmpty(); }, m_seen));
        const QString first = cell(0, 0);
        QVERIFY(measured("sorted by input", [] { QTest::keyClick(test::visible<QComboBox>(u"rowsOrder"_s), Qt::Key_Down); },
            [&] { return shownRows() == all && !cell(0, 1).isEmpty() && cell(0, 0) != first; }, m_seen));
        QTRY_VERIFY(!cell(20, 1).isEmpty());
        for (int row = 1; row < 20; ++row)
            QVERIFY(cell(row - 1, 1).compare(cell(row, 1), Qt::CaseInsensitive) <= 0);
        test::shot(m_application->window(), u"largefile"_s);
    }

    void nothingWasEverWaitedFor()
    {
        for (const Seen& one : m_seen)
            QVERIFY2(one.machine > kStall || one.stall < kStall, qPrintable(QString::number(one.stall)));
    }

    void cleanupTestCase()
    {
        QVERIFY(QTest::qWaitFor([this] { return m_application->background().isIdle(); }, kPatience));
        m_application.reset();
        if (qEnvironmentVariableIsSet("TASKFOLD_LARGE_FILE"))
            QDir(m_project).removeRecursively();
    }

private:
    static int rowsTab()
    {
        const auto* tabs = test::visible<QTabWidget>(u"taskTabs"_s);
        for (int i = 0; tabs && i < tabs->count(); ++i)
            if (tabs->widget(i)->findChild<QTableView*>(u"rowsView"_s))
                return i;
        return 0;
    }

    QTemporaryDir m_folder;
    QString m_file, m_project;
    std::vector<Seen> m_seen;
    std::unique_ptr<Application> m_application;
};

QTEST_MAIN(LargeFileTest)
#include "tst_largefile.moc"
