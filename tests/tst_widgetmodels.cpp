#include "support/modeltext.h"
#include "support/samples.h"
#include "widgets/models/activitymodel.h"
#include "widgets/models/issuemodel.h"
#include "widgets/models/previewmodel.h"
#include "widgets/models/rowsmodel.h"
#include "widgets/models/sortfilter.h"
#include "widgets/models/tabletext.h"
#include "widgets/models/taskmodel.h"
#include "widgets/models/text.h"
#include "widgets/models/volumemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

struct Entry {
    QString text;
    double number = 0;
};

class CellModel : public RowModel<Entry> {
public:
    CellModel()
        : RowModel({{u"Text"_s, [](const Entry& cell) { return cell.text; }},
                       numberColumn(
                           u"Number"_s, [](const Entry& cell) { return numberText(cell.number, 1); },
                           [](const Entry& cell) { return cell.number; })},
            nullptr)
    {
    }
};

}  // namespace

class WidgetModelsTest : public QObject {
    Q_OBJECT

private slots:
    void showsOneRowForEveryTask()
    {
        TaskModel model;
        QAbstractItemModelTester tester(&model);
        model.setTasks({test::sampleTask(3, "banking77", 8980), test::sampleTask(8, "pubmedqa", 449)});
        QCOMPARE(test::modelText(model),
            (QStringList{u"banking77 | Generation | 8,980 | 359k | 1,796"_s,
                u"pubmedqa | Classes | 449 | 18k | 89"_s}));
        QCOMPARE(model.indexOf(TaskId{8}), 1);
        QCOMPARE(model.indexOf(TaskId{9}), -1);
    }

    void saysWhatBecameOfTheRows()
    {
        VolumeModel model;
        QAbstractItemModelTester tester(&model);
        model.setRows(volumeLines({test::sampleTask(3, "small", 100), test::sampleTask(8, "large", 1000)},
            Split::Train, VolumeOrder::Volume));
        QCOMPARE(test::modelText(model),
            (QStringList{u"large | 1,200 | 1,000 | 100 | 50 | 0 | 50 | 0 | 16.7 % | 40,000"_s,
                u"small | 120 | 100 | 10 | 5 | 0 | 5 | 0 | 16.7 % | 4,000"_s}));
    }

    void sortsNumbersAsNumbersAndNothingLast()
    {
        CellModel model;
        model.setRows(
            {{u"a10"_s, 900}, {u"a9"_s, 12000}, {u"b"_s, std::numeric_limits<double>::quiet_NaN()}});
        SortFilter sorted;
        QAbstractItemModelTester tester(&sorted);
        sorted.setSourceModel(&model);
        sorted.sort(1, Qt::DescendingOrder);
        QCOMPARE(test::modelText(sorted), (QStringList{u"a9 | 12,000.0"_s, u"a10 | 900.0"_s, u"b | –"_s}));
        sorted.sort(1, Qt::AscendingOrder);
        QCOMPARE(test::modelText(sorted), (QStringList{u"a10 | 900.0"_s, u"a9 | 12,000.0"_s, u"b | –"_s}));
        sorted.sort(0, Qt::AscendingOrder);
        QCOMPARE(test::modelText(sorted).front(), u"a9 | 12,000.0"_s);
    }

    void keepsRowsThatHoldEveryWord()
    {
        CellModel model;
        model.setRows({{u"card arrival"_s, 1}, {u"card lost"_s, 2}, {u"late arrival"_s, 3}});
        SortFilter filtered;
        filtered.setSourceModel(&model);
        filtered.setWords(u"arrival CARD"_s);
        QCOMPARE(test::modelText(filtered), QStringList{u"card arrival | 1.0"_s});
    }

    void guardsSpreadsheetsAgainstFormulas_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("cell");
        QTest::newRow("formula") << u"=1+1"_s << u"'=1+1"_s;
        QTest::newRow("at") << u"@SUM(A1)"_s << u"'@SUM(A1)"_s;
        QTest::newRow("plus") << u"+cmd|x"_s << u"'+cmd|x"_s;
        QTest::newRow("number") << u"-5.2"_s << u"-5.2"_s;
        QTest::newRow("quotes") << u"say \"hi\", you"_s << u"\"say \"\"hi\"\", you\""_s;
        QTest::newRow("lines") << u"one\ntwo"_s << u"\"one\ntwo\""_s;
        QTest::newRow("plain") << u"card arrival"_s << u"card arrival"_s;
    }

    void guardsSpreadsheetsAgainstFormulas()
    {
        QFETCH(QString, text);
        QFETCH(QString, cell);
        CellModel model;
        model.setRows({{text, 12000.5}});
        QCOMPARE(QString::fromUtf8(csvOf(model)), u"Text,Number\r\n"_s + cell + u",12000.5\r\n"_s);
    }

    void asksForEachPageOnce()
    {
        RowsModel model;
        QAbstractItemModelTester tester(&model);
        QSignalSpy wanted(&model, &PagedModelBase::pageWanted);
        model.setTotal(1'000'000);
        QCOMPARE(model.rowCount(), 1'000'000);
        QCOMPARE(model.index(999'999, 1).data().toString(), u"…"_s);
        QCOMPARE(model.index(999'998, 1).data().toString(), u"…"_s);
        QTRY_VERIFY(!wanted.isEmpty());
        const auto last = [](const QList<QVariant>& call) { return call.front().toLongLong() == 999'800; };
        QCOMPARE(std::count_if(wanted.begin(), wanted.end(), last), 1);
    }

    void keepsOnlyThePagesLastLookedAt()
    {
        RowsModel model;
        model.setTotal(100 * PagedModelBase::kPage);
        for (int page = 0; page < 60; ++page)
            model.setPage(page * PagedModelBase::kPage, std::vector<ShownRow>(PagedModelBase::kPage));
        QVERIFY(!model.row(0));
        QVERIFY(model.row(59 * PagedModelBase::kPage));
    }

    void namesTheFieldsThatColumnsBecome()
    {
        PreviewModel model;
        QAbstractItemModelTester tester(&model);
        ImportPreview preview;
        preview.columns = {u"q"_s, u"a"_s};
        preview.used.columns = {{u"input"_s, u"q"_s}};
        preview.rows = {{2, {u"why"_s, u"so"_s}, {}}, {3, {u"why"_s}, u"wrong number of columns"_s}};
        model.show(preview);
        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), u"q → Input"_s);
        QCOMPARE(test::modelText(model),
            (QStringList{u"2 |  | why | so"_s, u"3 | wrong number of columns | why | "_s}));
    }

    void listsIssuesWithTheirReasons()
    {
        IssueModel model;
        QAbstractItemModelTester tester(&model);
        model.setRows({{"/data/qa/train.csv", 1200, "target", Reason::LabelUnknown, IssueAction::Quarantined,
            "a,b", "not one of 3"}});
        QCOMPARE(test::modelText(model),
            QStringList{
                u"train.csv | 1,200 | target | Label outside the set | Quarantined | a,b | not one of 3"_s});
    }

    void followsWorkFromQueueToEnd()
    {
        ActivityModel model;
        QAbstractItemModelTester tester(&model);
        const int first = model.add(u"Import"_s);
        const int second = model.add(u"Baseline"_s);
        QCOMPARE(model.current()->id, first);
        model.start(second);
        QCOMPARE(model.current()->id, second);
        model.progress(second, 1, 4, u"step 1"_s);
        model.finish(first, Activity::State::Failed, {ErrorCode::Io, "no such file"});
        QCOMPARE(test::modelText(model),
            (QStringList{
                u"Import | Failed | Failed: no such file"_s, u"Baseline | Running | step 1 · 25 %"_s}));
        QCOMPARE(model.openCount(), 1);
        model.finish(second, Activity::State::Done);
        QVERIFY(!model.current());
        model.progress(second, 2, 4, u"too late"_s);
        QCOMPARE(model.find(second)->state, Activity::State::Done);
    }

    void writesNumbersAsPeopleReadThem()
    {
        QCOMPARE(countText(1234567), u"1,234,567"_s);
        QCOMPARE(shortCountText(999), u"999"_s);
        QCOMPARE(shortCountText(12345), u"12.3k"_s);
        QCOMPARE(shortCountText(2'000'000), u"2M"_s);
        QCOMPARE(pointsText(0.8344), u"83.4"_s);
        QCOMPARE(signedPointsText(0.0123), u"+1.2"_s);
        QCOMPARE(signedPointsText(-0.0123), u"−1.2"_s);
        QCOMPARE(signedPointsText(-0.0001), u"0.0"_s);
        QCOMPARE(percentText(0.755), u"75.5 %"_s);
        QCOMPARE(durationText(7.5), u"7.5 s"_s);
        QCOMPARE(durationText(200), u"3 min 20 s"_s);
        QCOMPARE(durationText(3905), u"1 h 05 min"_s);
        QCOMPARE(ratioText(80.9), u"81 : 1"_s);
        QCOMPARE(excerptText(u"a\n  b   c"_s), u"a b c"_s);
        QCOMPARE(excerptText(u"abcdef"_s, 4), u"abc…"_s);
        QCOMPARE(numberText(std::numeric_limits<double>::quiet_NaN()), u"–"_s);
    }
};

QTEST_MAIN(WidgetModelsTest)
#include "tst_widgetmodels.moc"
