#include "support/names.h"
#include "support/shot.h"
#include "widgets/dialogs/importdialog.h"
#include "widgets/dialogs/projectdialog.h"
#include "widgets/dialogs/taskdialog.h"
#include "widgets/parts/ask.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

template <typename Widget>
Widget* child(QWidget& parent, const QString& name)
{
    auto* found = parent.findChild<Widget*>(name);
    if (!found)
        qFatal("no %s here", qPrintable(name));
    return found;
}

void click(QWidget& parent, const QString& name)
{
    QTest::mouseClick(child<QAbstractButton>(parent, name), Qt::LeftButton);
}

/// As a user chooses an entry: it tells who listens.
void choose(QWidget& parent, const QString& name, const QVariant& data)
{
    auto* box = child<QComboBox>(parent, name);
    box->setCurrentIndex(box->findData(data));
    emit box->activated(box->currentIndex());
}

ImportPreview preview()
{
    ImportPreview preview;
    preview.files = {{u"/data/qa/train.csv"_s, u"qa"_s, Split::Train, 120'000},
        {u"/data/qa/test.csv"_s, u"qa"_s, Split::Test, 9'000}};
    preview.file = u"/data/qa/train.csv"_s;
    preview.used
        = {u"csv"_s, u"utf-8"_s, u","_s, true, {{u"input"_s, u"question"_s}, {u"target"_s, u"answer"_s}}};
    preview.columns = {u"question"_s, u"answer"_s, u"source"_s};
    preview.rows = {{2, {u"Where is my card?"_s, u"card arrival"_s, u"chat"_s}, {}},
        {3, {u""_s, u"card arrival"_s, u"chat"_s}, u"input: empty"_s},
        {4, {u"Is it late?"_s, u"card arrival"_s, u"mail"_s}, {}}};
    return preview;
}

}  // namespace

class ImportDialogTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp); }

    void namesEveryControl()
    {
        QCOMPARE(test::namelessControls(ImportDialog()), QStringList());
        QCOMPARE(test::namelessControls(TaskDialog({})), QStringList());
        QCOMPARE(test::namelessControls(ProjectDialog({u"New"_s, {}, {}, u"Create"_s}, {})), QStringList());
    }

    void asksForAPreviewOfWhatWasAdded()
    {
        ImportDialog dialog;
        QSignalSpy wanted(&dialog, &ImportDialog::previewWanted);
        dialog.addPaths({u"/data/qa"_s});
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().at(1).value<ImportItem>().path, u"/data/qa"_s);
    }

    void takesFilesThatTheUserChooses()
    {
        ImportDialog dialog;
        dialog.show();
        QVERIFY(!child<QAbstractButton>(dialog, u"importStart"_s)->isEnabled());
        ask::nameNext({u"/data/a.jsonl"_s, u"/data/b.csv"_s});
        click(dialog, u"importAddFiles"_s);
        QCOMPARE(child<QTreeWidget>(dialog, u"importFiles"_s)->topLevelItemCount(), 2);
        QVERIFY(child<QAbstractButton>(dialog, u"importStart"_s)->isEnabled());
        click(dialog, u"importRemove"_s);
        QCOMPARE(dialog.form().items.size(), 1U);
        QCOMPARE(dialog.form().items.front().path, u"/data/b.csv"_s);
    }

    void marksBadRowsAndNamesWhatWasDetected()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        dialog.showPreview(1, preview());
        const auto* model = child<QTableView>(dialog, u"previewView"_s)->model();
        QCOMPARE(model->rowCount(), 3);
        QCOMPARE(model->headerData(2, Qt::Horizontal).toString(), u"question → Input"_s);
        QCOMPARE(model->index(1, 1).data().toString(), u"input: empty"_s);
        QCOMPARE(child<QLabel>(dialog, u"previewNote"_s)->text(),
            u"train.csv: 1 of the first 3 rows have a problem"_s);
        QCOMPARE(child<QComboBox>(dialog, u"importFormat"_s)->currentText(), u"Auto: CSV"_s);
        QCOMPARE(child<QTreeWidget>(dialog, u"importFiles"_s)->topLevelItem(0)->childCount(), 2);
        test::shot(dialog, u"import"_s);
    }

    void readsAgainAtEveryChange()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        dialog.showPreview(1, preview());
        QSignalSpy wanted(&dialog, &ImportDialog::previewWanted);
        choose(dialog, u"importDelimiter"_s, u";"_s);
        QTRY_COMPARE(wanted.count(), 1);
        QCOMPARE(wanted.back().at(1).value<ImportItem>().settings.delimiter, u";"_s);
        choose(dialog, u"importColumn_target"_s, u"source"_s);
        QTRY_COMPARE(wanted.count(), 2);
        QCOMPARE(wanted.back().at(1).value<ImportItem>().settings.columns.at(u"target"_s), u"source"_s);
        choose(dialog, u"importEncoding"_s, u"latin-1"_s);
        QTRY_COMPARE(wanted.count(), 3);
        QCOMPARE(wanted.back().at(1).value<ImportItem>().settings.encoding, u"latin-1"_s);
    }

    void takesExpressionsNestedFieldsAndListsOfRows()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        ImportPreview nested = preview();
        nested.fields = {{u"answers[].text"_s, u"because"_s}};
        nested.lists = {u"data"_s, u"data.rows"_s};
        nested.why[u"format"_s] = u"90 % sure: its name says so"_s;
        nested.problem = u"no column is known to be the target"_s;
        dialog.showPreview(1, nested);
        QCOMPARE(child<QLabel>(dialog, u"previewNote"_s)->text(), nested.problem);
        QCOMPARE(child<QComboBox>(dialog, u"importFormat"_s)->toolTip(), nested.why[u"format"_s]);
        QSignalSpy wanted(&dialog, &ImportDialog::previewWanted);
        choose(dialog, u"importColumn_target"_s, u"answers[].text"_s);
        choose(dialog, u"importRows"_s, u"data.rows"_s);
        auto* input = child<QComboBox>(dialog, u"importColumn_input"_s);
        input->lineEdit()->selectAll();
        QTest::keyClicks(input->lineEdit(), u"{context}: {question}"_s);
        QTRY_VERIFY(!wanted.isEmpty() && wanted.back().at(1).value<ImportItem>().settings.columns.contains(u"input"_s));
        QTRY_COMPARE(dialog.form().items.front().settings.columns.at(u"input"_s), u"{context}: {question}"_s);
        const ImportItem item = dialog.form().items.front();
        QCOMPARE(item.settings.columns.at(u"input"_s), u"{context}: {question}"_s);
        QCOMPARE(item.settings.columns.at(u"target"_s), u"answers[].text"_s);
        QCOMPARE(item.settings.rows, u"data.rows"_s);
    }

    void fieldsAreGivenByButtonByDraggingAndJoined()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        ImportPreview nested = preview();
        nested.fields = {{u"context"_s, u"A text"_s}, {u"qas"_s, u"[{…}]"_s}, {u"qas[].question"_s, u"Why?"_s}, {u"label"_s, u"yes"_s}};
        dialog.showPreview(1, nested);
        auto* tree = child<QTreeWidget>(dialog, u"importFields"_s);
        QCOMPARE(tree->topLevelItemCount(), 3);
        QCOMPARE(tree->topLevelItem(1)->child(0)->text(0), u"question"_s);  // below its list
        QVERIFY(!child<QAbstractButton>(dialog, u"importFieldTo_input"_s)->isEnabled());
        tree->topLevelItem(0)->setSelected(true);
        tree->topLevelItem(1)->child(0)->setSelected(true);
        click(dialog, u"importFieldTo_input"_s);
        QCOMPARE(dialog.form().items.front().settings.columns.at(u"input"_s), u"context+qas[].question"_s);
        // As a drag ends: over the field's box.
        auto* target = child<QComboBox>(dialog, u"importColumn_target"_s);
        QMimeData data;
        data.setText(u"label"_s);
        QDragEnterEvent enter(QPoint(4, 4), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target->lineEdit(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(4, 4), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target->lineEdit(), &drop);
        QCOMPARE(dialog.form().items.front().settings.columns.at(u"target"_s), u"label"_s);
        QCOMPARE(target->currentText(), u"label"_s);
        test::shot(dialog, u"import-fields"_s);
    }

    void whatAnExpressionMakesIsShownAndWhatTheRowsLookLike()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        ImportPreview made = preview();
        made.used.columns[u"input"_s] = u"{question} ({source})"_s;
        made.rows[0].input = u"Where is my card? (chat)"_s;
        made.kind = u"Looks like classification (90 % sure: 3 labels)"_s;
        dialog.showPreview(1, made);
        const auto* model = child<QTableView>(dialog, u"previewView"_s)->model();
        QCOMPARE(model->headerData(2, Qt::Horizontal).toString(), u"Input (made)"_s);
        QCOMPARE(model->index(0, 2).data().toString(), u"Where is my card? (chat)"_s);
        QCOMPARE(child<QLabel>(dialog, u"importGuess"_s)->text(), made.kind);
    }

    void aMappingIsTakenFromATaskOrAFileAndSaved()
    {
        ImportDialog dialog;
        dialog.setTaskNames({u"banking"_s});
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        dialog.showPreview(1, preview());
        QSignalSpy ofTask(&dialog, &ImportDialog::mappingOfTaskWanted), inFile(&dialog, &ImportDialog::mappingInFileWanted);
        choose(dialog, u"importMapping"_s, u"banking"_s);
        QCOMPARE(ofTask.front().front().toString(), u"banking"_s);
        ask::nameNext({u"/data/mapping.json"_s});
        choose(dialog, u"importMapping"_s, u"\n"_s);
        QCOMPARE(inFile.front().front().toString(), u"/data/mapping.json"_s);
        QSignalSpy wanted(&dialog, &ImportDialog::previewWanted);
        ReadSettings settings;
        settings.format = u"csv"_s;
        settings.quotes = false;
        settings.columns = {{u"input"_s, u"question"_s}, {u"target"_s, u"words(answer, 0=no, 1=yes)"_s}};
        dialog.useMapping(settings, {{u"no"_s, u"never"_s}});
        const ImportItem item = wanted.back().at(1).value<ImportItem>();
        QCOMPARE(item.settings, settings);
        QCOMPARE(item.labels.at(u"no"_s), u"never"_s);
        QCOMPARE(child<QComboBox>(dialog, u"importColumn_target"_s)->currentText(), u"words(answer, 0=no, 1=yes)"_s);
        choose(dialog, u"importSplit"_s, static_cast<int>(Split::Test));  // what the form doesn't show stays
        QCOMPARE(dialog.form().items.front().settings.quotes, std::optional(false));
        QSignalSpy saved(&dialog, &ImportDialog::mappingSaveWanted);
        ask::nameNext({u"/data/saved.json"_s});
        click(dialog, u"importMappingSave"_s);
        QCOMPARE(saved.front().at(2).toString(), u"/data/saved.json"_s);
    }

    void labelsAreRenamedAndMerged()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        QVERIFY(!child<QAbstractButton>(dialog, u"importLabels"_s)->isEnabled());
        dialog.showPreview(1, preview());
        QSignalSpy wanted(&dialog, &ImportDialog::labelsWanted);
        click(dialog, u"importLabels"_s);
        QCOMPARE(wanted.count(), 1);
        dialog.editLabels({{u"card arrival"_s, 90}, {u"card late"_s, 10}, {u"other"_s, 4}}, {u"card arrival"_s, u"misc"_s});
        auto* labels = dialog.findChild<QDialog*>(u"labelDialog"_s);
        QVERIFY(labels);
        QCOMPARE(test::namelessControls(*labels), QStringList());
        auto* table = child<QTableWidget>(*labels, u"labelTable"_s);
        QVERIFY(child<QLabel>(*labels, u"labelNote"_s)->text().contains(u"card late, other"_s));  // the task has neither
        table->item(0, 0)->setSelected(true);
        table->item(1, 0)->setSelected(true);
        click(*labels, u"labelMerge"_s);
        table->item(2, 2)->setText(u"misc"_s);
        QVERIFY(child<QLabel>(*labels, u"labelNote"_s)->text().startsWith(u"3 labels become 2."_s));
        test::shot(*labels, u"labels"_s);
        click(*labels, u"labelUse"_s);
        const std::map<QString, QString> expected{{u"card late"_s, u"card arrival"_s}, {u"other"_s, u"misc"_s}};
        QCOMPARE(dialog.form().items.front().labels, expected);
    }

    void saysWhatChangedAgainstTheVersionBefore()
    {
        ImportDialog dialog;
        dialog.show();
        ImportLine line{u"qa"_s, u"Training"_s, 1000, 950, {}};
        line.changed = RowsChanged{30, 10, 920};
        dialog.showSummary({{line}, {}});
        const auto* model = child<QTableView>(dialog, u"summaryView"_s)->model();
        QCOMPARE(model->headerData(4, Qt::Horizontal).toString(), u"New"_s);
        QCOMPARE(model->index(0, 4).data().toString(), u"30"_s);
        QCOMPARE(model->index(0, 5).data().toString(), u"10"_s);
    }

    void leavesOutAnAnswerThatComesTooLate()
    {
        ImportDialog dialog;
        dialog.addPaths({u"/data/qa"_s});
        QSignalSpy wanted(&dialog, &ImportDialog::previewWanted);
        choose(dialog, u"importFormat"_s, u"tsv"_s);
        QTRY_COMPARE(wanted.count(), 1);
        dialog.showPreview(1, preview());
        QCOMPARE(child<QTableView>(dialog, u"previewView"_s)->model()->rowCount(), 0);
        dialog.showPreview(2, preview());
        QCOMPARE(child<QTableView>(dialog, u"previewView"_s)->model()->rowCount(), 3);
    }

    void showsWhatBecameOfTheRows()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        QSignalSpy wanted(&dialog, &ImportDialog::importRequested);
        click(dialog, u"importStart"_s);
        QCOMPARE(wanted.count(), 1);
        dialog.showRunning();
        dialog.showProgress(3, 10, u"reading qa/train.csv"_s);
        QCOMPARE(child<QLabel>(dialog, u"importPhase"_s)->text(), u"reading qa/train.csv"_s);
        dialog.showSummary(
            {{{u"qa"_s, u"Training"_s, 1000, 950, {{Reason::Duplicate, 40}, {Reason::Empty, 10}}}},
                {{"/data/qa/train.csv", 3, "input", Reason::Empty, IssueAction::Quarantined, ",card arrival",
                    ""}}});
        QCOMPARE(child<QLabel>(dialog, u"summaryText"_s)->text(), u"950 of 1,000 rows were kept."_s);
        const auto* model = child<QTableView>(dialog, u"summaryView"_s)->model();
        QCOMPARE(model->headerData(5, Qt::Horizontal).toString(), u"Duplicate"_s);
        QCOMPARE(model->index(0, 5).data().toString(), u"40"_s);
        test::shot(dialog, u"import-summary"_s);
    }

    void comesBackWithTheReasonWhenTheImportFails()
    {
        ImportDialog dialog;
        dialog.show();
        dialog.addPaths({u"/data/qa"_s});
        dialog.showRunning();
        QSignalSpy cancelled(&dialog, &ImportDialog::cancelRequested);
        click(dialog, u"importCancel"_s);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(dialog.isVisible());
        dialog.showFailure({ErrorCode::InvalidInput, "train.csv, line 3: a quote is missing"});
        QVERIFY(child<QAbstractButton>(dialog, u"importStart"_s)->isVisible());
        QVERIFY(child<QLabel>(dialog, u"errorText"_s)->isVisible());
        QCOMPARE(child<QLabel>(dialog, u"errorDetail"_s)->text(), u"train.csv, line 3: a quote is missing"_s);
    }

    void changesATasksProperties()
    {
        Task task;
        task.name = "qa";
        task.kind = TaskKind::Classification;
        task.labels = {"yes", "no"};
        TaskDialog dialog(task);
        dialog.show();
        test::shot(dialog, u"task"_s);
        QSignalSpy saved(&dialog, &TaskDialog::saveRequested);
        child<QDoubleSpinBox>(dialog, u"taskMargin"_s)->setValue(2.5);
        child<QLineEdit>(dialog, u"taskOwner"_s)->setText(u"Ann"_s);
        click(dialog, u"taskSave"_s);
        const Task now = saved.front().front().value<Task>();
        QCOMPARE(now.margin, 0.025);
        QCOMPARE(now.owner, std::string("Ann"));
        QCOMPARE(now.labels, task.labels);
    }

    void refusesALabelThatStandsThereTwice()
    {
        TaskDialog dialog({});
        dialog.show();
        child<QPlainTextEdit>(dialog, u"taskLabels"_s)->setPlainText(u"yes\nno\nyes"_s);
        QVERIFY(!child<QAbstractButton>(dialog, u"taskSave"_s)->isEnabled());
        QVERIFY(child<QLabel>(dialog, u"taskProblem"_s)->isVisible());
    }

    void makesNoProjectOverSomethingElse()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath(u"taken/rows"_s));
        ProjectDialog dialog({u"New project"_s, u"Where?"_s, u"taken"_s, u"Create"_s}, folder.path());
        dialog.show();
        QVERIFY(!child<QAbstractButton>(dialog, u"projectCreate"_s)->isEnabled());
        child<QLineEdit>(dialog, u"projectName"_s)->setText(u"free"_s);
        QSignalSpy chosen(&dialog, &ProjectDialog::folderChosen);
        test::shot(dialog, u"project"_s);
        click(dialog, u"projectCreate"_s);
        QCOMPARE(chosen.front().front().toString(), folder.filePath(u"free"_s));
    }
};

QTEST_MAIN(ImportDialogTest)
#include "tst_importdialog.moc"
