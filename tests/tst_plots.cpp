#include "support/samples.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/histogram.h"
#include "widgets/plots/labelbars.h"
#include "widgets/plots/overlap.h"
#include "widgets/plots/volumebars.h"

#include <QHelpEvent>
#include <QImage>
#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolTip>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

/// The plot as it looks once it has drawn what was asked of it.
QImage picture(QWidget& plot)
{
    const auto* drawn = qobject_cast<Plot*>(&plot);
    if (!QTest::qWaitFor([=] { return !drawn || drawn->isDrawn(); }))
        qFatal("never drawn");
    return plot.grab().toImage();
}

std::vector<VolumeLine> lines(const std::vector<TaskVolume>& tasks)
{
    return volumeLines(tasks, Split::Train, VolumeOrder::Volume);
}

int pixelsOf(const QImage& image, const QColor& colour)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y).rgb() == colour.rgb();
    return count;
}

}  // namespace

class PlotsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        theme::apply(*qApp);
        theme::setScheme(theme::Scheme::Light);
    }

    void drawsABarForEachTask()
    {
        VolumeBars bars;
        bars.resize(700, 400);
        bars.show(lines({}), VolumeUnit::Rows, {});
        bars.QWidget::show();
        const QImage empty = picture(bars);
        bars.show(lines(test::sampleTasks()), VolumeUnit::Rows, {});
        const QImage full = picture(bars);
        QVERIFY(empty != full);
        QVERIFY(pixelsOf(full, theme::series(0)) > 5000);
        QCOMPARE(bars.totalAt(0), 36308 + 36308 / 5.0 - 0.6);
    }

    void showsTheSmallestTaskOnALogScale()
    {
        VolumeBars bars;
        bars.resize(700, 400);
        bars.show(lines(test::sampleTasks()), VolumeUnit::Rows, {});
        bars.QWidget::show();
        const int linear = pixelsOf(picture(bars), theme::series(0));
        bars.setLogarithmic(true);
        QVERIFY(pixelsOf(picture(bars), theme::series(0)) > 2 * linear);
    }

    void scrollsThroughHundredsOfBars()
    {
        std::vector<TaskVolume> tasks;
        for (int i = 1; i <= 300; ++i)
            tasks.push_back(test::sampleTask(i, "task " + std::to_string(i), 100'000 / i));
        VolumeBars bars;
        bars.resize(700, 400);
        bars.QWidget::show();
        bars.show(lines(tasks), VolumeUnit::Rows, {});
        const QImage top = picture(bars);
        auto* scroll = bars.findChild<QScrollBar*>(u"volumeBarsScroll"_s);
        QVERIFY(scroll && scroll->isVisible());
        bars.setSelected(299);
        QCOMPARE(scroll->value(), scroll->maximum());
        QVERIFY(picture(bars) != top);
    }

    void saysWhichBarWasClicked()
    {
        VolumeBars bars;
        bars.resize(700, 400);
        bars.QWidget::show();
        bars.show(lines(test::sampleTasks()), VolumeUnit::Rows, {});
        picture(bars);
        QSignalSpy clicked(&bars, &RowBars::lineClicked);
        auto* canvas = bars.findChild<QWidget*>(u"volumeBarsCanvas"_s);
        QTest::mouseClick(canvas, Qt::LeftButton, {}, {300, 50});
        QCOMPARE(clicked.count(), 1);
        QTest::keyClick(canvas, Qt::Key_Down);
        QCOMPARE(clicked.back().front().toInt(), clicked.front().front().toInt() + 1);
    }

    void namesWhatLiesUnderThePointer()
    {
        VolumeBars bars;
        bars.resize(700, 400);
        bars.QWidget::show();
        bars.show(lines(test::sampleTasks()), VolumeUnit::Rows, {});
        picture(bars);
        auto* canvas = bars.findChild<QWidget*>(u"volumeBarsCanvas"_s);
        QHelpEvent help(QEvent::ToolTip, {300, 45}, canvas->mapToGlobal(QPoint(300, 45)));
        QApplication::sendEvent(canvas, &help);
        QTRY_VERIFY(QToolTip::text().contains(u"goemotions"_s));
        QVERIFY(QToolTip::text().contains(u"36,308"_s));
    }

    void savesAsAnyOfTheThreeFormats_data()
    {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QByteArray>("start");
        QTest::newRow("png") << u"png"_s << QByteArray("\x89PNG");
        QTest::newRow("svg") << u"svg"_s << QByteArray("<?xml");
        QTest::newRow("pdf") << u"pdf"_s << QByteArray("%PDF");
    }

    void savesAsAnyOfTheThreeFormats()
    {
        QFETCH(QString, ending);
        QFETCH(QByteArray, start);
        Histogram plot;
        plot.resize(400, 300);
        plot.show(test::sampleTask(1, "a", 5000).lengths, u"bytes"_s);
        const QTemporaryDir folder;
        const QString name = folder.filePath(u"plot."_s + ending);
        QVERIFY(plot.save(name));
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.size() > 1000);
        QVERIFY(file.read(16).startsWith(start));
    }

    void saysSoWhenItCannotSave()
    {
        Histogram plot;
        QVERIFY(!plot.save(u"/no/such/folder/plot.svg"_s));
        QVERIFY(!plot.save(u"/tmp/plot.doc"_s));
    }

    void takesTheThemesColours()
    {
        Histogram plot;
        plot.resize(400, 300);
        plot.QWidget::show();
        plot.show(test::sampleTask(1, "a", 5000).lengths, u"bytes"_s);
        const QImage light = picture(plot);
        theme::setScheme(theme::Scheme::Dark);
        const QImage dark = picture(plot);
        theme::setScheme(theme::Scheme::Light);
        QVERIFY(light.pixelColor(5, 5).lightness() > 200);
        QVERIFY(dark.pixelColor(5, 5).lightness() < 80);
    }

    void showsWhoseTrainingRowsStandInWhoseTests()
    {
        Overlap overlap;
        overlap.resize(500, 400);
        overlap.QWidget::show();
        overlap.show({{u"a"_s, u"b"_s}, {{0, 0}, {0, 0}}});
        QVERIFY(overlap.findChild<QLabel*>(u"overlapEmpty"_s)->isVisible());
        overlap.show({{u"a"_s, u"b"_s}, {{0, 3}, {0, 0}}});
        QVERIFY(pixelsOf(picture(overlap), theme::reason(Reason::Leak)) > 1000);
        QCOMPARE(overlap.accessibleDescription(), u"3 training rows of a stand in tests of b"_s);
    }

    void saysItInWordsForThoseWhoDoNotSee()
    {
        LabelBars bars;
        bars.show({{"yes", 30}, {"no", 70}});
        QCOMPARE(bars.accessibleDescription(), u"no: 70; yes: 30"_s);
        bars.show({});
        QVERIFY(bars.findChild<QLabel*>(u"labelBarsEmpty"_s)->text().contains(u"labels"_s));
    }
};

QTEST_MAIN(PlotsTest)
#include "tst_plots.moc"
