#include "app/jobs/reporting.h"
#include "engine/report/block.h"
#include "engine/report/escape.h"
#include "engine/report/words.h"
#include "engine/report/writers.h"
#include "support/hostile.h"

#include <nlohmann/json.hpp>

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <QXmlStreamReader>

#include <sys/stat.h>
#include <unistd.h>

using namespace taskfold;
using namespace taskfold::report;
using test::dataOf;
using test::hostile;

namespace {

// RFC 4180, strictly: the cells of all lines.
std::vector<std::vector<std::string>> parsedCsv(const std::string& text)
{
    std::vector<std::vector<std::string>> rows{{""}};
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
                rows.back().back() += text[i++];
            else if (c == '"')
                quoted = false;
            else
                rows.back().back() += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            rows.back().emplace_back();
        } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            rows.push_back({""});
            ++i;
        } else {
            rows.back().back() += c;
        }
    }
    rows.pop_back();
    return rows;
}

bool isFormula(const std::string& cell)
{
    const std::size_t first = cell.find_first_not_of(" \n\t\r");
    if (first == std::string::npos || std::string("=+-@|%").find(cell[first]) == std::string::npos)
        return false;
    return cell.find_first_not_of("-+0123456789.e") != std::string::npos;  // a plain number may start with a sign
}

}  // namespace

/// Reports hold whatever predictions and names hold, and stay what they are.
class ReportTest : public QObject {
    Q_OBJECT

private slots:
    // For tests/references/latex.sh, which compiles them, and for those who want to look at the pages.
    void filesAreKeptWhereTheyAreAskedFor()
    {
        const QString folder = qEnvironmentVariable("TASKFOLD_KEEP");
        if (folder.isEmpty())
            QSKIP("TASKFOLD_KEEP names no folder");
        ReportData plain = dataOf({"banking", "clinc 150", "100 % & more_names", std::string(300, 'w')});
        plain.suiteLine = "Not worse on 3 of 4 tasks \u2013 \u201Cworse\u201D on 1.";
        QVERIFY(jobs::writeReport(plain, (folder + QStringLiteral("/plain.tex")).toStdString()));
        QVERIFY(jobs::writeReport(dataOf(hostile()), (folder + QStringLiteral("/hostile.tex")).toStdString()));
        QVERIFY(jobs::writeReport(dataOf({}), (folder + QStringLiteral("/nothing.tex")).toStdString()));
        const ReportData names = dataOf({"banking77", "a_name_that_is_much_longer_than_any_column_has_room_for_and_never_ends_" + std::string(60, 'w'),
            "\u94F6\u884C\u5BA2\u6237\u610F\u56FE\u5206\u7C7B\u4EFB\u52A1", "\u05E1\u05D9\u05D5\u05D5\u05D2 \u05DB\u05D5\u05E0\u05D5\u05EA",
            "\u062A\u0635\u0646\u064A\u0641 \u0627\u0644\u0646\u0648\u0627\u064A\u0627 (1)", "\U0001F469\u200D\U0001F4BB emoji", "plain words in a name of the usual length"});
        for (const char* file : {"/names.html", "/names.md", "/names.tex", "/names.json"})
            QVERIFY(jobs::writeReport(names, (folder + QLatin1String(file)).toStdString()));
        for (const char* file : {"/hostile.html", "/hostile.md", "/hostile.json"})
            QVERIFY(jobs::writeReport(dataOf(hostile()), (folder + QLatin1String(file)).toStdString()));
        for (const char* file : {"/nothing.html", "/nothing.md"})
            QVERIFY(jobs::writeReport(dataOf({}), (folder + QLatin1String(file)).toStdString()));
    }

    void noHostileTextIsAliveInHtml()
    {
        QVERIFY(hostile().size() >= 50);
        const std::string html = htmlReport(dataOf(hostile()));
        std::size_t scripts = 0;
        for (std::size_t at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1))
            ++scripts;
        QCOMPARE(scripts, 1U);  // ours
        for (const char* alive : {"<img", "<iframe", "<base", "<svg onload", "<!--", "<![CDATA", "onerror=alert(1)>", "<style>*", "<a "})
            QVERIFY2(html.find(alive) == std::string::npos, alive);
        // Everything but ours is text: as XML the document closes what it opens.
        std::string xml = html.substr(html.find("<body>"));
        xml.resize(xml.find("</html>"));
        const std::size_t from = xml.find("<script>"), to = xml.find("</script>");
        xml.erase(from, to + 9 - from);
        QXmlStreamReader reader(QByteArray::fromStdString(xml));
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    }

    void onlyTheScriptThatThePolicyNamesCanRun()
    {
        const std::string html = htmlReport(dataOf({"a"}));
        const QByteArray hash = QCryptographicHash::hash(QByteArray(reportScript().data(), static_cast<qsizetype>(reportScript().size())),
            QCryptographicHash::Sha256).toBase64();
        QVERIFY(html.find("script-src 'sha256-" + hash.toStdString() + "'") != std::string::npos);
        QVERIFY(html.find("default-src 'none'") != std::string::npos);
        QVERIFY(html.find("<script>" + std::string(reportScript()) + "</script>") != std::string::npos);
        for (const char* maker : {"innerHTML", "outerHTML", "eval", "insertAdjacent", "document.write", "Function("})
            QVERIFY2(reportScript().find(maker) == std::string_view::npos, maker);
    }

    void whatEndsAnAttributeIsAnEntity()
    {
        QCOMPARE(htmlEscaped("\"'<>&"), std::string("&quot;&#39;&lt;&gt;&amp;"));
        QCOMPARE(xmlEscaped("\"'<>&"), std::string("&quot;&#39;&lt;&gt;&amp;"));
    }

    void noHostileTextIsAFormulaInCsv()
    {
        const ReportData data = dataOf(hostile());
        auto tables = csvTables(data);
        tables.emplace_back("tasks", csvReport(data));
        QVERIFY(tables.size() > 5);
        for (const auto& [name, text] : tables) {
            const auto rows = parsedCsv(text);
            for (const auto& row : rows) {
                QCOMPARE(row.size(), rows.front().size());
                for (const std::string& cell : row)
                    QVERIFY2(!isFormula(cell), cell.substr(0, 60).c_str());
            }
        }
        QCOMPARE(parsedCsv(csvReport(data)).size(), hostile().size() + 1);
    }

    void noHostileTextIsMarkdownOfItsOwn()
    {
        const std::string text = markdownReport(dataOf(hostile()));
        QVERIFY(text.find("<script") == std::string::npos);
        QVERIFY(text.find("<img") == std::string::npos);
        QVERIFY(text.find("](javascript") == std::string::npos);
        for (const std::string& one : hostile())
            QVERIFY(markdownEscaped(one).find('\n') == std::string::npos);
        QCOMPARE(markdownEscaped("a|b"), std::string("a\\|b"));
    }

    void noHostileTextIsACommandInLatex()
    {
        const std::string text = texReport(dataOf(hostile()));
        QVERIFY(text.find("\\input{") == std::string::npos);
        QVERIFY(text.find("\\write18") == std::string::npos);
        QCOMPARE(texEscaped("\\a{b}_ %&$#~^"), std::string("\\textbackslash{}a\\{b\\}\\_ \\%\\&\\$\\#\\textasciitilde{}\\textasciicircum{}"));
        // TeX takes minutes over a word of thousands of letters, and finds no place for one longer than its column.
        QCOMPARE(texEscaped(std::string(21, 'x')), std::string(10, 'x') + "\\penalty300{}" + std::string(10, 'x') + "\\penalty300{}x");
        QCOMPARE(texEscaped("\u4E2D\u6587"), std::string("\u4E2D\\allowbreak{}\u6587"));
        QCOMPARE(texEscaped("air_slots"), std::string("air\\_\\allowbreak{}slots"));
        QCOMPARE(texEscaped(std::string(10, 'x') + "\u0301y"), std::string(10, 'x') + "\u0301\\penalty300{}y");
        QCOMPARE(texEscaped("a--b ''"), std::string("a-{}-b '{}'"));
        QCOMPARE(texEscaped("\u22121.0 \u2026 \u22120.5"), std::string("$-$1.0 \u2026 $-$0.5"));  // pdflatex has no such sign
        std::size_t begins = 0, ends = 0;
        for (std::size_t at = text.find("\\begin{longtable}"); at != std::string::npos; at = text.find("\\begin{longtable}", at + 1))
            ++begins;
        for (std::size_t at = text.find("\\end{longtable}"); at != std::string::npos; at = text.find("\\end{longtable}", at + 1))
            ++ends;
        QVERIFY(begins > 4);
        QCOMPARE(begins, ends);
    }

    void everyFormatIsUtf8WithoutControlCharacters()
    {
        const ReportData data = dataOf(hostile());
        for (const std::string& text : {htmlReport(data), markdownReport(data), csvReport(data), texReport(data), xmlEscaped(hostile()[58])}) {
            QVERIFY(cleaned(text) == text || text.find("\u202E") == std::string::npos);
            QVERIFY(QString::fromUtf8(QByteArray::fromStdString(text)).toUtf8().toStdString() == text);
            for (const char c : text)
                QVERIFY(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t');
        }
        const auto json = nlohmann::json::parse(jobs::jsonReport(data));
        QVERIFY(json["rows"].size() == hostile().size());
        QCOMPARE(json["rows"][0]["input"].get<std::string>(), hostile()[0]);  // for programs: as it is
    }

    void theSameDataGivesTheSameBytes()
    {
        const ReportData data = dataOf({"one", "two"});
        QCOMPARE(htmlReport(data), htmlReport(data));
        QCOMPARE(jobs::jsonReport(data), jobs::jsonReport(data));
        QCOMPARE(texReport(data), texReport(data));
    }

    void noRowsOneTaskAndNothingComparedAreReports()
    {
        ReportData none = dataOf({});
        none.comparison.reset();
        for (const ReportData& data : {none, dataOf({}), dataOf({"only"})})
            for (const std::string& text : {htmlReport(data), markdownReport(data), texReport(data), documentReport(data)}) {
                QVERIFY(text.size() > 100 || &data == nullptr);
                QVERIFY2(text.find("nan") == std::string::npos && text.find("inf,") == std::string::npos, text.c_str());
            }
        QVERIFY(htmlReport(none).find("Nothing was compared yet") != std::string::npos);
    }

    void everySentenceIsSaidInChineseToo()
    {
        ReportData data = dataOf({"\u4EFB\u52A1"});
        data.language = Language::Chinese;
        data.plan = Plan{};
        data.plan->testRowsCap = data.plan->trainRowsCap = 10;
        data.comparison->suites.push_back(data.comparison->suite);
        data.comparison->fixed = "2026";
        const std::string html = htmlReport(data);
        QVERIFY(html.find("lang=\"zh\"") != std::string::npos);
        for (const char* english : {"Task by task", "Mean difference", "Verdict", "How to read this", "Rows won and lost", "Content hash", "undecided", "Suites"})
            QVERIFY2(html.find(english) == std::string::npos, english);
        data.language = Language::English;
        for (const Block& block : blocksOf(data)) {
            if (const auto* heading = std::get_if<Heading>(&block))
                QVERIFY2(isTranslated(heading->text), heading->text.c_str());
            if (const auto* table = std::get_if<TableBlock>(&block))
                for (const std::string& head : table->head)
                    QVERIFY2(head.empty() || isTranslated(head), head.c_str());
        }
        QCOMPARE(said(Language::English, "%1 models become %2: %3 % fewer models to serve.", {"%2", "1", "90.9"}),
            std::string("%2 models become 1: 90.9 % fewer models to serve."));
    }

    void aWrittenFileIsWholeOrTheOldOneStays()
    {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "report.html";
        QVERIFY(jobs::writeReport(dataOf({"a"}), file));
        const auto size = std::filesystem::file_size(file);
        ::chmod(folder.path().toStdString().c_str(), 0500);
        const bool mayWriteAnyway = ::access(folder.path().toStdString().c_str(), W_OK) == 0;
        const auto again = jobs::writeReport(dataOf({"a", "b"}), file);
        ::chmod(folder.path().toStdString().c_str(), 0700);
        if (!mayWriteAnyway) {
            QVERIFY(!again);
            QCOMPARE(std::filesystem::file_size(file), size);
        }
        QCOMPARE(jobs::writeReport(dataOf({"a"}), std::filesystem::path(folder.path().toStdString()) / "report.doc").error().code, ErrorCode::Unsupported);
        const auto taken = std::filesystem::path(folder.path().toStdString()) / "taken.html";
        std::filesystem::create_directories(taken / "inside");
        QVERIFY(!jobs::writeReport(dataOf({"a"}), taken));  // can't be renamed over a folder
        QVERIFY(std::filesystem::is_directory(taken / "inside"));
        for (const auto& entry : std::filesystem::directory_iterator(folder.path().toStdString()))
            QVERIFY2(entry.path().string().find(".part") == std::string::npos, entry.path().c_str());
    }

    void aHundredTasksAreWrittenInTime()
    {
        std::vector<std::string> names;
        for (int i = 0; i < 100; ++i)
            names.push_back("task_" + std::to_string(i));
        ReportData data = dataOf(names);
        for (TaskComparison& task : data.comparison->tasks)
            task.perSeed.assign(20, {1, RunId{1}, RunId{2}, 0.8, 0.79});
        const auto csv = [](const ReportData& of) { return csvReport(of); };
        const std::pair<const char*, std::function<std::string(const ReportData&)>> formats[]{{"html", htmlReport}, {"md", markdownReport},
            {"csv", csv}, {"tex", texReport}, {"json", jobs::jsonReport}};
        for (const auto& [format, write] : formats) {
            QElapsedTimer timer;
            timer.start();
            const std::string text = write(data);
            const qint64 taken = timer.elapsed();
            qInfo("%s of 100 tasks and 20 runs: %lld ms, %zu bytes (goal: 2000 ms)", format, static_cast<long long>(taken), text.size());
            QVERIFY2(taken < 2000, format);
            QVERIFY2(text == write(data), format);
            QVERIFY2(text.find("task_99") != std::string::npos || text.find("task\\_") != std::string::npos, format);
        }
    }
};

QTEST_GUILESS_MAIN(ReportTest)
#include "tst_report.moc"
