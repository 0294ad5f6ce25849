#include "support/names.h"
#include "support/shot.h"
#include "widgets/dialogs/basedialog.h"
#include "widgets/dialogs/exportdialog.h"
#include "widgets/pages/planpage.h"
#include "widgets/pages/runspage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/errorbanner.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QUrl>

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

bool isEnabled(QWidget& parent, const QString& name)
{
    return child<QAbstractButton>(parent, name)->isEnabled();
}

QString text(QWidget& parent, const QString& name)
{
    return child<QLabel>(parent, name)->text();
}

BaseFacts facts()
{
    BaseFacts facts;
    facts.path = u"/models/smol.gguf"_s;
    facts.name = u"smol"_s;
    facts.family = u"Llama"_s;
    facts.storedAs = u"Q4_1"_s;
    facts.licence = u"apache-2.0"_s;
    facts.parameters = 134'515'008;
    facts.bytes = 98'362'432;
    facts.context = 8192;
    facts.vocabulary = 49'152;
    facts.copied = true;
    facts.fullMib = 13'019;
    facts.fullBf16Mib = 8686;
    facts.loraMib = 6708;
    return facts;
}

}  // namespace

/// A base model is looked at before it is registered; a run's model leaves by a dialog.
class BaseDialogTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp); }

    void namesEveryControl()
    {
        QCOMPARE(test::namelessControls(BaseDialog()), QStringList());
        QCOMPARE(test::namelessControls(ExportDialog(u"run 1"_s, true)), QStringList());
    }

    void showsWhatItIsBeforeItIsAdded()
    {
        BaseDialog dialog;
        QSignalSpy wanted(&dialog, &BaseDialog::previewWanted), added(&dialog, &BaseDialog::addRequested);
        dialog.show();
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));
        ask::nameNext({u"/models/smol.gguf"_s});
        click(dialog, u"baseFile"_s);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().front().toString(), u"/models/smol.gguf"_s);
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));  // nothing is known yet
        dialog.showFacts(u"/models/smol.gguf"_s, facts());
        QCOMPARE(text(dialog, u"baseFamily"_s), u"Llama"_s);
        QCOMPARE(text(dialog, u"baseParameters"_s), QLocale().toString(134'515'008));
        QVERIFY(text(dialog, u"baseContext"_s).contains(QLocale().toString(8192)));
        QVERIFY(text(dialog, u"baseVocabulary"_s).contains(QLocale().toString(49'152)));
        QVERIFY(text(dialog, u"baseStored"_s).contains(u"Q4_1"_s));
        QCOMPARE(text(dialog, u"baseLicence"_s), u"apache-2.0"_s);
        QVERIFY(text(dialog, u"baseFullMemory"_s).contains(u"12.7 GiB"_s));
        QVERIFY(text(dialog, u"baseBf16Memory"_s) != text(dialog, u"baseFullMemory"_s));
        QVERIFY(text(dialog, u"baseLoraMemory"_s).contains(u"6.6 GiB"_s));
        test::shot(dialog, u"basemodel"_s);
        child<QLineEdit>(dialog, u"baseName"_s)->clear();
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));
        QTest::keyClicks(child<QLineEdit>(dialog, u"baseName"_s), u"mine"_s);
        click(dialog, u"baseAdd"_s);
        QCOMPARE(added.count(), 1);
        QCOMPARE(added.front().at(0).toString(), u"/models/smol.gguf"_s);
        QCOMPARE(added.front().at(1).toString(), u"mine"_s);
    }

    void anAnswerToAnEarlierPathIsLeftOut()
    {
        BaseDialog dialog;
        dialog.setPath(u"/models/a"_s);
        dialog.setPath(u"/models/b"_s);
        dialog.showFacts(u"/models/a"_s, facts());
        QCOMPARE(text(dialog, u"baseFamily"_s), u"–"_s);
        dialog.showProblem(u"/models/a"_s, {ErrorCode::InvalidInput, "old"});
        QVERIFY(child<ErrorBanner>(dialog, {})->isHidden());
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));
    }

    void aModelThatCanNotBeUsedIsSaidAndNotAdded()
    {
        BaseDialog dialog;
        dialog.show();
        dialog.setPath(u"/models/a"_s);
        dialog.showFacts(u"/models/a"_s, facts());
        QVERIFY(isEnabled(dialog, u"baseAdd"_s));
        dialog.setPath(u"/models/b"_s);
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));
        dialog.showProblem(u"/models/b"_s, {ErrorCode::Unsupported, "model_type \"mamba\""});
        auto* banner = child<ErrorBanner>(dialog, {});
        QVERIFY(banner->isVisible());
        QVERIFY((banner->text() + banner->detail()).contains(u"mamba"_s));
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s));
    }

    void aDroppedFolderIsLookedAt()
    {
        BaseDialog dialog;
        dialog.show();
        QSignalSpy wanted(&dialog, &BaseDialog::previewWanted);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(u"/models/folder"_s)});
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&dialog, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&dialog, &drop);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().front().toString(), u"/models/folder"_s);
    }

    void escapeStopsTheWorkAndLeavesTheForm()
    {
        BaseDialog dialog;
        dialog.show();
        dialog.setPath(u"/models/smol.gguf"_s);
        dialog.showFacts(u"/models/smol.gguf"_s, facts());
        QSignalSpy cancelled(&dialog, &BaseDialog::cancelRequested);
        dialog.showRunning();
        QVERIFY(child<QProgressBar>(dialog, u"baseProgress"_s)->isVisible());
        QVERIFY(!isEnabled(dialog, u"baseAdd"_s) && !isEnabled(dialog, u"baseFile"_s));
        dialog.showProgress(1, 2, u"unpacking"_s);
        QCOMPARE(child<QProgressBar>(dialog, u"baseProgress"_s)->value(), 500);
        click(dialog, u"baseCancel"_s);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(dialog.isVisible());
        dialog.showStopped();
        QVERIFY(isEnabled(dialog, u"baseAdd"_s));
        click(dialog, u"baseCancel"_s);
        QVERIFY(!dialog.isVisible());
    }

    void anExportIsChosen()
    {
        ExportDialog dialog(u"run 7"_s, false);
        QSignalSpy wanted(&dialog, &ExportDialog::exportRequested);
        dialog.show();
        auto* format = child<QComboBox>(dialog, u"exportFormat"_s);
        QCOMPARE(format->findData(u"adapter:"_s), -1);
        format->setCurrentIndex(format->findData(u"gguf:q8_0"_s));
        child<QSpinBox>(dialog, u"exportRows"_s)->setValue(20);
        QCOMPARE(dialog.form().rows, 20);
        click(dialog, u"exportStart"_s);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(!dialog.isVisible());
        ExportDialog other(u"run 8"_s, true);
        auto* formats = child<QComboBox>(other, u"exportFormat"_s);
        formats->setCurrentIndex(formats->findData(u"adapter:"_s));
        QCOMPARE(other.form().format, u"adapter"_s);
        QVERIFY(other.form().type.isEmpty());
    }

    void thePagesAskForBoth()
    {
        PlanPage plan;
        plan.setAnyTasks(true);
        QSignalSpy base(&plan, &PlanPage::addBaseRequested);
        plan.show();
        click(plan, u"planAddBase"_s);
        QCOMPARE(base.count(), 1);
        RunsPage runs;
        QSignalSpy wanted(&runs, &RunsPage::exportRequested);
        runs.show();
        Run run;
        run.id = RunId{3};
        run.status = RunStatus::Running;
        runs.showRuns({run}, {});
        runs.selectRun(RunId{3});
        QVERIFY(!isEnabled(runs, u"exportRun"_s));
        run.status = RunStatus::Completed;
        run.checkpoint = "runs/3/checkpoints/step-1";
        runs.showRuns({run}, {});
        runs.selectRun(RunId{3});
        QVERIFY(isEnabled(runs, u"exportRun"_s));
        click(runs, u"exportRun"_s);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front().front().value<RunId>(), RunId{3});
    }
};

QTEST_MAIN(BaseDialogTest)
#include "tst_basedialog.moc"
