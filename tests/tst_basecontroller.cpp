#include "app/gui/basecontroller.h"
#include "db/baserepository.h"
#include "support/tempproject.h"
#include "widgets/dialogs/basedialog.h"
#include "widgets/parts/errorbanner.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;

/// The dialog for base models with the real jobs and a real project behind it.
class BaseControllerTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_temp = std::make_unique<test::TempProject>();
        QVERIFY(newProject(m_temp->project()));
        m_connection = *openExisting(m_temp->project());
        m_window = std::make_unique<QWidget>();
    }

    void aModelIsSeenThenAdded()
    {
        Background background;
        QUndoStack undo;
        Settings settings(QString::fromStdString((m_temp->project().folder / "settings.ini").string()));
        News news;
        QSignalSpy changed(&news, &News::basesChanged);
        BaseController controller({m_temp->project(), *m_connection, background, undo, settings, news}, m_window.get());
        controller.open(QStringLiteral(TEST_DATA "/formats/llama-spm-q8_0.gguf"));
        auto* dialog = m_window->findChild<BaseDialog*>();
        QVERIFY(dialog);
        auto* add = dialog->findChild<QAbstractButton*>(u"baseAdd"_s);
        QTRY_VERIFY(add->isEnabled());
        QCOMPARE(dialog->findChild<QLabel*>(u"baseFamily"_s)->text(), u"Llama"_s);
        QVERIFY(db::BaseRepository(*m_connection).all()->empty());  // seen is not added
        dialog->findChild<QLineEdit*>(u"baseName"_s)->setText(u"small"_s);
        QTest::mouseClick(add, Qt::LeftButton);
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(db::BaseRepository(*m_connection).byName("small")->context, 256);
        QTRY_VERIFY(!m_window->findChild<BaseDialog*>());
    }

    void aProblemIsShownInTheDialog()
    {
        Background background;
        QUndoStack undo;
        Settings settings(QString::fromStdString((m_temp->project().folder / "settings.ini").string()));
        News news;
        BaseController controller({m_temp->project(), *m_connection, background, undo, settings, news}, m_window.get());
        controller.open(QStringLiteral(TEST_DATA "/formats"));  // several files: one must be chosen
        auto* dialog = m_window->findChild<BaseDialog*>();
        auto* banner = dialog->findChild<ErrorBanner*>();
        QTRY_VERIFY(!banner->isHidden());
        QVERIFY(!dialog->findChild<QAbstractButton*>(u"baseAdd"_s)->isEnabled());
    }

private:
    std::unique_ptr<test::TempProject> m_temp;
    db::Connection m_connection;
    std::unique_ptr<QWidget> m_window;
};

QTEST_MAIN(BaseControllerTest)
#include "tst_basecontroller.moc"
