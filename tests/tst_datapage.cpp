#include "support/samples.h"
#include "support/shot.h"
#include "widgets/models/taskmodel.h"
#include "widgets/pages/datapage.h"
#include "widgets/pages/rowspanel.h"
#include "widgets/parts/ask.h"
#include "widgets/plots/overlap.h"
#include "widgets/plots/volumebars.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

template <typename Widget>
Widget* child(QWidget& parent, const char* name)
{
    auto* found = parent.findChild<Widget*>(QString::fromLatin1(name));
    if (!found)
        qFatal("no %s here", name);
    return found;
}

void click(QWidget& parent, const char* name)
{
    QTest::mouseClick(child<QAbstractButton>(parent, name), Qt::LeftButton);
}

std::vector<ShownRow> rowsFrom(qint64 offset, qint64 limit)
{
    std::vector<ShownRow> rows;
    for (qint64 i = offset; i < offset + limit; ++i) {
        ShownRow shown;
        shown.row.line = i + 1;
        shown.row.input = "input number " + std::to_string(i + 1);
        shown.row.target = "label 1";
        rows.push_back(shown);
    }
    return rows;
}

}  // namespace

class DataPageTest : public QObject {
    Q_OBJECT

private slots:
    // A view of tens of millions stands still for half a second and holds hundreds of megabytes.
    void manyRowsStandInTheTableAMillionAtATime()
    {
        DataPage page;
        page.resize(1100, 740);
        page.show();
        page.showTasks(test::sampleTasks());
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(1);
        auto* rows = page.rows();
        auto* view = child<QTableView>(page, "rowsView");
        auto* part = child<QComboBox>(page, "rowsPart");
        rows->showTotal(rows->query(), 1'000'000);
        QVERIFY(part->isHidden());
        rows->showTotal(rows->query(), 2'500'000);
        QVERIFY(!part->isHidden());
        QCOMPARE(part->count(), 3);
        QCOMPARE(view->model()->rowCount(), 1'000'000);
        rows->showRows(rows->query(), 0, rowsFrom(0, 200));
        QCOMPARE(view->model()->index(3, RowsModel::LineColumn).data().toString(), u"4"_s);
        QTest::keyClick(part, Qt::Key_End);
        QCOMPARE(part->currentIndex(), 2);
        QCOMPARE(view->model()->rowCount(), 500'000);
        rows->showRows(rows->query(), 0, rowsFrom(0, 200));  // of the part before
        QVERIFY(view->model()->index(3, RowsModel::LineColumn).data().toString() != u"4"_s);
        const QSignalSpy wanted(rows, &RowsPanel::rowsWanted);
        QCOMPARE(view->model()->index(250, RowsModel::LineColumn).data().toString(), u"…"_s);
        QTRY_VERIFY(std::any_of(wanted.begin(), wanted.end(), [](const QList<QVariant>& one) { return one.at(1).toLongLong() == 2'000'200; }));
        rows->showRows(rows->query(), 2'000'000, rowsFrom(2'000'000, 200));
        QCOMPARE(view->model()->index(3, RowsModel::LineColumn).data().toString(), u"2,000,004"_s);
        rows->showTotal(rows->query(), 12);  // another search
        QVERIFY(part->isHidden());
        QCOMPARE(view->model()->rowCount(), 12);
    }

    void initTestCase() { theme::apply(*qApp); }

    void asksForDataWhileThereIsNone()
    {
        DataPage page;
        page.resize(1100, 740);
        page.show();
        page.showTasks({});
        QSignalSpy wishes(&page, &DataPage::importRequested);
        QVERIFY(child<QLabel>(page, "emptySentence")->isVisible());
        click(page, "emptyButton");
        QCOMPARE(wishes.count(), 1);
        test::shot(page, u"data-empty"_s);
    }

    void choosesTheLargestTaskByItself()
    {
        DataPage page;
        QSignalSpy chosen(&page, &DataPage::taskSelected);
        page.showTasks(test::sampleTasks());
        QCOMPARE(page.selectedTask(), TaskId{6});
        QCOMPARE(chosen.count(), 1);
    }

    void keepsTheChosenTaskWhenTheTasksComeAgain()
    {
        DataPage page;
        page.showTasks(test::sampleTasks());
        page.selectTask(TaskId{6});
        page.showTasks(test::sampleTasks());
        QCOMPARE(page.selectedTask(), TaskId{6});
    }

    void choosesTheTaskWhoseBarIsClicked()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        page.showTasks(test::sampleTasks());
        page.selectTask(TaskId{8});
        auto* bars = child<VolumeBars>(page, "volumeBars");
        emit bars->lineClicked(0);  // the largest stands first
        QCOMPARE(page.selectedTask(), TaskId{6});
        QCOMPARE(bars->selected(), 0);
        QCOMPARE(child<QLabel>(page, "taskName")->text(), u"goemotions"_s);
    }

    void saysHowUnevenTheTasksAre()
    {
        DataPage page;
        page.showTasks(test::sampleTasks());
        QCOMPARE(child<QLabel>(page, "imbalance")->text(), u"81 : 1"_s);
        QVERIFY(child<QLabel>(page, "imbalanceNote")->text().contains(u"pubmedqa has 449"_s));
    }

    void showsThePageOfRowsThatIsLookedAt()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        QSignalSpy totals(page.rows(), &RowsPanel::totalWanted);
        page.showTasks(test::sampleTasks());
        QCOMPARE(totals.count(), 1);
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(1);

        QSignalSpy wanted(page.rows(), &RowsPanel::rowsWanted);
        const RowsQuery query = page.rows()->query();
        page.rows()->showTotal(query, 100'000);
        QTRY_COMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().at(1).toLongLong(), 0);
        page.rows()->showRows(query, 0, rowsFrom(0, PagedModelBase::kPage));
        auto* view = child<QTableView>(page, "rowsView");
        QCOMPARE(view->model()->index(3, 1).data().toString(), u"input number 4"_s);
        view->scrollTo(view->model()->index(50'000, 0));
        QTRY_VERIFY(wanted.count() >= 2);
        QVERIFY(wanted.count() <= 3);  // the page it lies in, and the one above if it is seen too
        QCOMPARE(wanted.back().at(1).toLongLong(), 50'000);
    }

    void showsTheExactTextOfTheChosenRow()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        page.showTasks(test::sampleTasks());
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(1);
        page.rows()->showTotal(page.rows()->query(), 1);
        ShownRow shown;
        shown.row = {7, "two\nlines <b>not bold</b>", "the target", {}, {}};
        page.rows()->showRows(page.rows()->query(), 0, {shown});
        auto* view = child<QTableView>(page, "rowsView");
        view->selectRow(0);
        const QString text = child<QTextBrowser>(page, "rowText")->toPlainText();
        QVERIFY(text.contains(u"two\nlines <b>not bold</b>"_s));
        QVERIFY(text.contains(u"the target"_s));
    }

    void searchesAfterTheLastKey()
    {
        DataPage page;
        page.showTasks(test::sampleTasks());
        QSignalSpy totals(page.rows(), &RowsPanel::totalWanted);
        QTest::keyClicks(child<QLineEdit>(page, "rowsSearch"), u"refund"_s);
        QTRY_COMPARE(totals.count(), 1);
        QCOMPARE(totals.front().front().value<RowsQuery>().words, u"refund"_s);
    }

    void sortsTheRowsAndWritesThemOut()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        page.showTasks(test::sampleTasks());
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(1);
        QSignalSpy totals(page.rows(), &RowsPanel::totalWanted), written(page.rows(), &RowsPanel::exportWanted);
        auto* order = child<QComboBox>(page, "rowsOrder");
        order->setCurrentIndex(order->findData(static_cast<int>(RowsOrder::Longest)));
        emit order->activated(order->currentIndex());
        QCOMPARE(totals.back().front().value<RowsQuery>().order, RowsOrder::Longest);
        ask::nameNext({u"/out/rows.parquet"_s});
        click(page, "rowsExportAll");
        QCOMPARE(written.front().at(0).value<TaskId>(), page.selectedTask());
        QCOMPARE(written.front().at(2).toString(), u"/out/rows.parquet"_s);
    }

    void asksForTheOverlapWhenSomebodyLooksAtIt()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        page.showTasks(test::sampleTasks());
        QSignalSpy wanted(&page, &DataPage::overlapWanted), issues(&page, &DataPage::issuesExportWanted);
        QVERIFY(!page.showsOverlap());
        click(page, "volumeLook2");
        QCOMPARE(wanted.count(), 1);
        QVERIFY(page.showsOverlap());
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(2);
        ask::nameNext({u"/out/issues.csv"_s});
        click(page, "issuesExportAll");
        QCOMPARE(issues.front().at(1).toString(), u"/out/issues.csv"_s);
    }

    void ignoresRowsOfAnEarlierSearch()
    {
        DataPage page;
        page.showTasks(test::sampleTasks());
        RowsQuery earlier = page.rows()->query();
        earlier.words = u"something else"_s;
        page.rows()->showTotal(earlier, 77);
        QCOMPARE(child<QTableView>(page, "rowsView")->model()->rowCount(), 0);
    }

    void listsTheIssuesAndExportsThem()
    {
        DataPage page;
        page.resize(1280, 820);
        page.show();
        page.showTasks(test::sampleTasks());
        page.selectTask(TaskId{1});
        page.showIssues(TaskId{1},
            {{"train.jsonl", 12, "target", Reason::LabelUnknown, IssueAction::Quarantined, "=cmd()",
                "not one of 3"}},
            1);
        QVERIFY(child<QTabWidget>(page, "taskTabs")->tabText(2).contains(u"1"_s));
        const QTemporaryDir folder;
        const QString name = folder.filePath(u"issues.csv"_s);
        ask::nameNext({name});
        child<QTabWidget>(page, "taskTabs")->setCurrentIndex(2);
        click(page, "issuesExport");
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString csv = QString::fromUtf8(file.readAll());
        QVERIFY2(
            csv.contains(u"train.jsonl,12,target,Label outside the set,Quarantined,'=cmd(),not one of 3"_s),
            qPrintable(csv));
    }

    void showsATextForStageZeroLikeATask()
    {
        DataPage page;
        page.resize(1100, 740);
        page.show();
        Corpus corpus;
        corpus.id = CorpusId{4};
        corpus.name = "travel talk";
        corpus.documentsIn = 12;
        corpus.documentsKept = 9;
        corpus.heldOut = 1;
        corpus.issues = {{Reason::Quality, 2}};
        TaskVolume documents;
        documents.task.id = TaskId{-4};
        documents.task.name = corpus.name;
        documents.splits[Split::Train].kept = 9;
        page.showTasks(test::sampleTasks(), {corpus}, {documents});
        const QSignalSpy selected(&page, &DataPage::taskSelected), rows(page.rows(), &RowsPanel::totalWanted);
        const QSignalSpy properties(&page, &DataPage::propertiesRequested), removed(&page, &DataPage::corpusRemoveRequested);
        page.selectTask(TaskId{-4});
        QCOMPARE(selected.last().at(0).value<TaskId>(), TaskId{-4});
        QCOMPARE(rows.last().at(0).value<RowsQuery>().task, TaskId{-4});
        QCOMPARE(child<QLabel>(page, "taskName")->text(), u"travel talk"_s);
        QVERIFY(child<QLabel>(page, "taskFacts")->text().contains(u"10 of 12 documents kept"_s));
        QCOMPARE(child<QTabWidget>(page, "taskTabs")->tabText(1), u"Documents"_s);
        QCOMPARE(child<QComboBox>(page, "rowsSplit")->count(), 2);
        QVERIFY(!child<QPushButton>(page, "taskProperties")->isVisibleTo(&page));
        page.showIssues(TaskId{-4}, {{"a.txt", 3, "text", Reason::Quality, IssueAction::Dropped, "1234", "more symbols than words"}}, 2);
        QCOMPARE(child<QTabWidget>(page, "taskTabs")->tabText(2), u"Issues (2)"_s);
        test::shot(page, u"data-corpus"_s);
        click(page, "taskRemove");
        QCOMPARE(removed.last().at(0).value<CorpusId>(), CorpusId{4});
        page.selectTask(test::sampleTasks().front().task.id);
        QCOMPARE(child<QComboBox>(page, "rowsSplit")->count(), 3);
        QVERIFY(properties.isEmpty());
    }

    void saysWhichTaskToChange()
    {
        DataPage page;
        page.showTasks(test::sampleTasks());
        page.selectTask(TaskId{3});
        QSignalSpy wishes(&page, &DataPage::propertiesRequested);
        QSignalSpy removals(&page, &DataPage::removeRequested);
        click(page, "taskProperties");
        click(page, "taskRemove");
        QCOMPARE(wishes.front().front().value<TaskId>(), TaskId{3});
        QCOMPARE(removals.front().front().value<TaskId>(), TaskId{3});
    }

    void copiesRowsForASpreadsheet()
    {
        DataPage page;
        page.resize(1200, 800);
        page.show();
        page.showTasks({test::sampleTask(8, "pubmedqa", 1449)});
        auto* view = child<QTableView>(page, "tasksView");
        view->setFocus();
        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"pubmedqa\tClassification\t1449\t57960\t289"_s);
    }

    void showsHundredsOfTasks()
    {
        DataPage page;
        page.resize(1280, 820);
        page.show();
        std::vector<TaskVolume> tasks;
        for (int i = 1; i <= 300; ++i)
            tasks.push_back(test::sampleTask(i, "task number " + std::to_string(i), 100000 / i));
        page.showTasks(tasks);
        test::shot(page, u"data-300"_s);
        page.showTasks(test::sampleTasks());
        page.selectTask(TaskId{1});
        test::shot(page, u"data-11"_s);
        click(page, "volumeScale1");
        test::shot(page, u"data-11-log"_s);
        QVERIFY(child<VolumeBars>(page, "volumeBars")->lineCount() == 11);
        OverlapMatrix matrix;
        for (const TaskVolume& task : test::sampleTasks())
            matrix.names.append(QString::fromStdString(task.task.name));
        matrix.counts.assign(11, std::vector<std::int64_t>(11));
        matrix.counts[2][2] = 120;
        matrix.counts[5][3] = 7;
        matrix.counts[9][10] = 1900;
        page.showOverlap(matrix);
        click(page, "volumeLook2");
        test::shot(page, u"data-overlap"_s);
    }
};

QTEST_MAIN(DataPageTest)
#include "tst_datapage.moc"
