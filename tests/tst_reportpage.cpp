#include "app/gui/reportcontroller.h"
#include "app/jobs/comparing.h"
#include "support/clicks.h"
#include "support/names.h"
#include "support/shot.h"
#include "support/trained.h"
#include "widgets/pages/reportpage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::click;

namespace {

/// A project in which the common model was compared with the single-task models, then with itself.
class Opened {
public:
    Opened()
        : m_settings(QString::fromStdString((m_trained.project().folder / "settings.ini").string()))
        , m_session{m_trained.project(), m_trained.database(), m_background, m_undo, m_settings, m_news}
    {
        for (const char* name : {"colour", "copy"}) {
            m_trained.answer(m_trained.run(RunKind::Baseline, 1, name), 0, 0, 1000, {}, name);
            m_trained.answer(m_trained.run(RunKind::Stage3), 3, 0, 1000, {}, name);
        }
        const RunId candidate = m_trained.run(RunKind::Stage3);
        for (const std::string& baseline : {std::string("single"), std::to_string(candidate.value)})
            if (!jobs::compareRuns(m_trained.project(), candidate, baseline, {}))
                qFatal("not compared");
        new ReportController(page, m_session);
        page.resize(1200, 800);
        page.show();
    }

    ~Opened()
    {
        if (!QTest::qWaitFor([this] { return m_background.isIdle(); }, 20000))
            qWarning("work goes on");
    }

    QString text() const { return page.findChild<QTextBrowser*>(u"reportPreview"_s)->toPlainText(); }

    bool choose(const QString& list, int at)
    {
        auto* box = test::visible<QComboBox>(list);
        if (!box)
            return false;
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Home);
        for (int i = 0; i < at; ++i)
            QTest::keyClick(box, Qt::Key_Down);
        return box->currentIndex() == at;
    }

    /// By the keyboard: a click in a box's middle may lie behind its words.
    static bool toggle(const QString& name)
    {
        auto* check = test::visible<QCheckBox>(name);
        if (!check)
            return false;
        const bool before = check->isChecked();
        check->setFocus();
        QTest::keyClick(check, Qt::Key_Space);
        return check->isChecked() != before;
    }

    ReportPage page;

private:
    test::Trained m_trained;
    Background m_background;
    QUndoStack m_undo;
    Settings m_settings;
    News m_news;
    Session m_session;
};

}  // namespace

/// The Report page, as a person uses it.
class ReportPageTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp); }

    void thePreviewFollowsWhatIsChosen()
    {
        Opened opened;
        QTRY_VERIFY(opened.text().contains(u"Task by task"_s));
        QVERIFY(opened.text().contains(u"against run"_s));  // the newest: with itself
        QVERIFY(opened.choose(u"reportComparison"_s, 2));
        QTRY_VERIFY(opened.text().contains(u"against the single-task models"_s));
        QVERIFY(opened.choose(u"reportLanguage"_s, 1));
        QTRY_VERIFY(opened.text().contains(u"逐任务结果"_s));
        QVERIFY(!opened.text().contains(u"Task by task"_s));
        QVERIFY(opened.toggle(u"section_tasks"_s));
        QTRY_VERIFY(!opened.text().contains(u"逐任务结果"_s));
        QVERIFY(test::type(u"reportTitle"_s, u"<b>What we won</b>"_s));
        QTRY_VERIFY(opened.text().startsWith(u"<b>What we won</b>"_s));
        QCOMPARE(test::namelessControls(opened.page), QStringList());
        test::shot(opened.page, u"report-page"_s);
    }

    void nothingChosenIsNoSection()
    {
        Opened opened;
        QTRY_VERIFY(opened.text().contains(u"Task by task"_s));
        for (const QCheckBox* check : opened.page.findChildren<QCheckBox*>())
            QVERIFY(opened.toggle(check->objectName()));
        QTRY_VERIFY(!opened.text().contains(u"Task by task"_s));
        QVERIFY(!opened.text().contains(u"How to read this"_s));
    }

    void everyFormatIsWrittenWithTheChosenOptions()
    {
        Opened opened;
        QTRY_VERIFY(opened.text().contains(u"Task by task"_s));
        QVERIFY(test::type(u"reportTitle"_s, u"What we won"_s));
        QVERIFY(opened.toggle(u"section_data"_s));
        const QTemporaryDir folder;
        for (const QString& format : {u"html"_s, u"pdf"_s, u"csv"_s, u"md"_s, u"tex"_s, u"json"_s}) {
            const QString name = folder.filePath(u"report."_s + format);
            ask::nameNext({name});
            QVERIFY2(click(u"export_"_s + format), qPrintable(format));
            QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(name).size() > 200, 20000);
            QFile file(name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            if (format == u"html" || format == u"md")
                QVERIFY(bytes.contains("What we won") && !bytes.contains("Content hash"));
            if (format == u"pdf")
                QVERIFY(bytes.startsWith("%PDF") && bytes.contains("%%EOF"));
        }
    }
};

QTEST_MAIN(ReportPageTest)
#include "tst_reportpage.moc"
