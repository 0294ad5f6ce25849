#include "app/gui/application.h"
#include "app/gui/openedproject.h"
#include "app/jobs/check.h"
#include "app/jobs/mappingfile.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/data/rowstore.h"
#include "support/clicks.h"
#include "support/smallproject.h"
#include "support/startedwindow.h"
#include "widgets/parts/ask.h"

#include <QAction>
#include <QPlainTextEdit>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;

/// Edits of a project's state in the window, with the mouse, taken back and made again.
class DataUndoTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_application = test::started(m_folder);
        QVERIFY(m_application);
        m_application->openProject(QString::fromStdString(m_small.project().folder.string()));
        QTRY_VERIFY(m_application->opened() != nullptr);
        QVERIFY(click(u"dataMode"_s));
        QTRY_COMPARE(test::lines(u"tasks"_s).size(), 2);
    }

    void propertiesOfATaskComeBack()
    {
        const Task before = task();
        edit(u"Ann"_s, 2.5, u"Which colour is it?"_s);
        QTRY_COMPARE(task().owner, std::string("Ann"));
        const Task first = task();
        QCOMPARE(first.margin, 0.025);
        QCOMPARE(first.instruction, std::string("Which colour is it?"));
        edit(u"Bea"_s, 3, u"Name the colour."_s);
        QTRY_COMPARE(task().owner, std::string("Bea"));
        const Task second = task();
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task() == first);
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task() == before);
        QVERIFY(!action("undoAction")->isEnabled());
        QVERIFY(trigger("redoAction"));
        QTRY_VERIFY(task() == first);
        QVERIFY(trigger("redoAction"));
        QTRY_VERIFY(task() == second);
        QVERIFY(trigger("undoAction"));
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task() == before);
    }

    // The dialog shows what is true now, not what was undone.
    void whatWasTakenBackIsNoLongerShown()
    {
        edit(u"Cid"_s, 4, u"?"_s);
        QTRY_COMPARE(task().owner, std::string("Cid"));
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task().owner.empty());
        QVERIFY(test::clickRow(u"tasks"_s, u"colour"_s));
        QVERIFY(click(u"taskProperties"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"taskOwner"_s) != nullptr);
        QCOMPARE(test::visible<QLineEdit>(u"taskOwner"_s)->text(), QString());
        QVERIFY(click(u"taskCancel"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"taskOwner"_s) == nullptr);
    }

    void mergedLabelsComeApartAgain()
    {
        const std::map<std::string, int> before = targets();
        QCOMPARE(before, (std::map<std::string, int>{{"blue", 16}, {"green", 16}, {"red", 16}}));
        const std::vector<std::string> labels = task().labels;
        QVERIFY(test::clickRow(u"tasks"_s, u"colour"_s));
        QVERIFY(click(u"taskMergeLabels"_s));
        QTRY_VERIFY(test::visible<QTableWidget>(u"labelTable"_s) != nullptr);
        auto* table = test::visible<QTableWidget>(u"labelTable"_s);
        QCOMPARE(table->rowCount(), 3);
        for (int row = 0; row < 3; ++row)
            if (table->item(row, 0)->text() != u"red"_s)
                QTest::mouseClick(table->viewport(), Qt::LeftButton, row == 0 ? Qt::NoModifier : Qt::ControlModifier, table->visualItemRect(table->item(row, 0)).center());
        QVERIFY(click(u"labelMerge"_s));
        QVERIFY(click(u"labelUse"_s));
        QTRY_COMPARE(task().labels.size(), 2U);
        const std::map<std::string, int> merged = targets();
        QCOMPARE(merged.size(), 2U);
        QCOMPARE(merged.at("red"), 16);
        for (const auto& [label, rows] : merged)
            if (label != "red")
                QCOMPARE(rows, 32);
        QCOMPARE(mapped().size(), 1U);  // whoever reads the files the same way gets the same rows
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task().labels == labels);
        QCOMPARE(targets(), before);
        QVERIFY(mapped().empty());
        QVERIFY(trigger("redoAction"));
        QTRY_COMPARE(task().labels.size(), 2U);
        QCOMPARE(targets(), merged);
        QVERIFY(trigger("undoAction"));
        QTRY_VERIFY(task().labels == labels);
        QVERIFY(QTest::qWaitFor([this] { return m_application->background().isIdle(); }));
        const auto problems = jobs::checkProject(m_small.project(), {});
        QVERIFY(problems && problems->empty());
    }

    void aTaskThatIsGoneTakesItsEditsWithIt()
    {
        edit(u"Dan"_s, 1, u"!"_s);
        QTRY_COMPARE(task().owner, std::string("Dan"));
        QVERIFY(test::clickRow(u"tasks"_s, u"copy"_s));
        ask::answerNext(0);
        QVERIFY(click(u"taskRemove"_s));
        QTRY_COMPARE(test::lines(u"tasks"_s).size(), 1);
        QTRY_VERIFY(!action("undoAction")->isEnabled());
        QCOMPARE(task().owner, std::string("Dan"));
    }

    void cleanupTestCase()
    {
        QVERIFY(QTest::qWaitFor([this] { return m_application->background().isIdle(); }));
        m_application.reset();
    }

private:
    Task task() const
    {
        const auto connection = openExisting(m_small.project());
        return *db::TaskRepository(**connection).byName("colour");
    }

    // How many training rows have which target.
    std::map<std::string, int> targets() const
    {
        const auto connection = openExisting(m_small.project());
        const auto version = db::DatasetRepository(**connection).newest(task().id)->at(Split::Train);
        const auto rows = data::readRows(m_small.project().rows(), version.hash);
        std::map<std::string, int> counts;
        for (const Row& row : *rows)
            ++counts[row.target];
        return counts;
    }

    // What the task's mapping makes of labels.
    std::map<std::string, std::string> mapped() const
    {
        jobs::ImportSource source;
        const auto mapping = jobs::mappingOfTask(m_small.project(), "colour");
        if (!mapping || !jobs::useMapping(*mapping, source))
            qFatal("no mapping");
        return source.labels;
    }

    void edit(const QString& owner, double margin, const QString& instruction)
    {
        QVERIFY(test::clickRow(u"tasks"_s, u"colour"_s));
        QVERIFY(click(u"taskProperties"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"taskOwner"_s) != nullptr);
        QVERIFY(test::type(u"taskOwner"_s, owner));
        QVERIFY(test::set(u"taskMargin"_s, margin));
        auto* words = test::visible<QPlainTextEdit>(u"taskInstruction"_s);
        words->selectAll();
        QTest::keyClicks(words, instruction);
        QVERIFY(click(u"taskSave"_s));
        QTRY_VERIFY(test::visible<QLineEdit>(u"taskOwner"_s) == nullptr);
    }

    QAction* action(const char* name) const { return m_application->window().findChild<QAction*>(QString::fromLatin1(name)); }

    bool trigger(const char* name) const
    {
        QAction* found = action(name);
        if (!found || !found->isEnabled())
            return false;
        found->trigger();
        return true;
    }

    QTemporaryDir m_folder;
    test::SmallProject m_small;
    std::unique_ptr<Application> m_application;
};

QTEST_MAIN(DataUndoTest)
#include "tst_dataundo.moc"
