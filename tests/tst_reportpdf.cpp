#include "app/gui/reportfigures.h"
#include "engine/report/block.h"
#include "engine/report/writers.h"
#include "support/hostile.h"
#include "widgets/models/text.h"
#include "widgets/parts/pdf.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::dataOf;
using test::hostile;

namespace {

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int pagesOf(const QByteArray& pdf)
{
    return static_cast<int>(pdf.count("/Type /Page\n"));
}

}  // namespace

/// The report on paper.
class ReportPdfTest : public QObject {
    Q_OBJECT

private slots:
    void theSameReportGivesTheSameBytesAndItsOwnDate()
    {
        const report::ReportData data = dataOf({"one", "two"});
        const QByteArray first = written(data, u"first.pdf"_s);
        QVERIFY(first.startsWith("%PDF"));
        QTest::qWait(1100);  // the clock that would be written shows another second
        QCOMPARE(written(data, u"second.pdf"_s), first);
        QVERIFY(first.contains("/CreationDate (D:20260101000000"));
    }

    void noHostileTextActsInPdf()
    {
        QVERIFY(hostile().size() >= 50);
        const QByteArray pdf = written(dataOf(hostile()), u"hostile.pdf"_s);
        QVERIFY(pagesOf(pdf) > 3);
        for (const char* alive : {"/JavaScript", "/JS", "/Launch", "/URI", "/OpenAction", "/EmbeddedFile", "/AA ", "/SubmitForm", "/RichMedia"})
            QVERIFY2(!pdf.contains(alive), alive);
        QCOMPARE(pdf.count("%%EOF"), 1);
    }

    void figuresAreDrawnAsVectors()
    {
        const QByteArray pdf = written(dataOf({"one", "two", "three"}), u"figures.pdf"_s);
        QVERIFY(!pdf.contains("/Subtype /Image"));
        QVERIFY(!figuresOf(dataOf({"one"})).empty());
    }

    void contentsNameTheRightPages()
    {
        const QString reader = QStandardPaths::findExecutable(u"pdftotext"_s);
        if (reader.isEmpty())
            QSKIP("pdftotext isn't installed (package poppler-utils)");
        std::vector<std::string> names;
        for (int i = 0; i < 60; ++i)
            names.push_back("task number " + std::to_string(i));
        const report::ReportData data = dataOf(names);
        written(data, u"contents.pdf"_s);
        QProcess program;
        program.start(reader, {u"-layout"_s, m_folder.filePath(u"contents.pdf"_s), u"-"_s});
        QVERIFY(program.waitForFinished());
        const QStringList pages = QString::fromUtf8(program.readAllStandardOutput()).split(u'\f');
        int found = 0;
        for (const report::Block& block : report::blocksOf(data)) {
            const auto* heading = std::get_if<report::Heading>(&block);
            if (!heading)
                continue;
            const QRegularExpression line(u"^\\s*%1\\s+(\\d+)\\s*$"_s.arg(QRegularExpression::escape(toQt(heading->text))), QRegularExpression::MultilineOption);
            const QRegularExpressionMatch match = line.match(pages.front());
            QVERIFY2(match.hasMatch(), heading->text.c_str());
            const int page = match.captured(1).toInt();
            QVERIFY2(page >= 1 && page < pages.size(), heading->text.c_str());
            const QRegularExpression alone(u"^\\s*%1\\s*$"_s.arg(QRegularExpression::escape(toQt(heading->text))), QRegularExpression::MultilineOption);
            QVERIFY2(alone.match(pages[page - 1]).hasMatch(), heading->text.c_str());
            ++found;
        }
        QVERIFY(found >= 5);
        QVERIFY(pages[1].contains(u"2 / "_s + QString::number(pages.size() - 1)));  // and each page says its number
    }

    void noRowsOneTaskAndNothingComparedArePages()
    {
        report::ReportData none = dataOf({});
        none.comparison.reset();
        for (const report::ReportData& data : {none, dataOf({}), dataOf({"only"})})
            QVERIFY(pagesOf(written(data, u"small.pdf"_s)) >= 1);
    }

    void aHundredTasksAndTwentyRunsAreWrittenInTime()
    {
        std::vector<std::string> names;
        for (int i = 0; i < 100; ++i)
            names.push_back("task_" + std::to_string(i));
        report::ReportData data = dataOf(names);
        for (TaskComparison& task : data.comparison->tasks)
            task.perSeed.assign(20, {1, RunId{1}, RunId{2}, 0.8, 0.79});
        QElapsedTimer timer;
        timer.start();
        const QByteArray pdf = written(data, u"large.pdf"_s);
        const qint64 taken = timer.elapsed();
        qInfo("pdf of 100 tasks and 20 runs: %lld ms, %d pages (goal: 2000 ms)", static_cast<long long>(taken), pagesOf(pdf));
        QVERIFY(taken < 10000);  // the goal is printed beside it: a busy machine takes longer
    }

    void anInterruptedExportLeavesTheOldFile()
    {
        const report::ReportData data = dataOf({"one"});
        const QByteArray before = written(data, u"kept.pdf"_s);
        QVERIFY(QDir(m_folder.path()).mkdir(u"kept.pdf.part"_s));  // what is written beside can't be
        QVERIFY(!writePdf(m_folder.filePath(u"kept.pdf"_s), toQt(report::documentReport(data)), figuresOf(data), {}));
        QCOMPARE(bytesOf(m_folder.filePath(u"kept.pdf"_s)), before);
    }

    // For those who want to look at the pages.
    void filesAreKeptWhereTheyAreAskedFor()
    {
        const QString folder = qEnvironmentVariable("TASKFOLD_KEEP");
        if (folder.isEmpty())
            QSKIP("TASKFOLD_KEEP names no folder");
        const report::ReportData names = dataOf({"banking77", "a_name_that_is_much_longer_than_any_column_has_room_for_and_never_ends_" + std::string(60, 'w'),
            "\u94F6\u884C\u5BA2\u6237\u610F\u56FE\u5206\u7C7B\u4EFB\u52A1", "\u05E1\u05D9\u05D5\u05D5\u05D2 \u05DB\u05D5\u05E0\u05D5\u05EA",
            "\u062A\u0635\u0646\u064A\u0641 \u0627\u0644\u0646\u0648\u0627\u064A\u0627 (1)"});
        for (const auto& [name, data] : {std::pair{u"/names.pdf"_s, names}, {u"/hostile.pdf"_s, dataOf(hostile())}, {u"/nothing.pdf"_s, dataOf({})}})
            QVERIFY(writePdf(folder + name, toQt(report::documentReport(data)), figuresOf(data), {toQt(data.title), toQt(data.created)}));
    }

private:
    static Figures figuresOf(const report::ReportData& data) { return reportFigures(data); }

    QByteArray written(const report::ReportData& data, const QString& name)
    {
        const QString file = m_folder.filePath(name);
        const Result<void> done = writePdf(file, toQt(report::documentReport(data)), figuresOf(data), {toQt(data.title), toQt(data.created)});
        return done ? bytesOf(file) : QByteArray();
    }

    QTemporaryDir m_folder;
};

QTEST_MAIN(ReportPdfTest)
#include "tst_reportpdf.moc"
