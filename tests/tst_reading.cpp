#include "engine/data/encoding.h"
#include "engine/data/mapping.h"
#include "engine/data/reader.h"
#include "engine/data/taskfile.h"
#include "tests/support/intake.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;
using namespace taskfold::test;

namespace {

std::vector<Reason> reasons(const Got& got)
{
    std::vector<Reason> all;
    for (const RowIssue& issue : got.issues)
        all.push_back(issue.reason);
    return all;
}

}  // namespace

class ReadingTest : public QObject {
    Q_OBJECT

private slots:
    void jsonLinesGiveRowsAndEveryBadOneItsReason()
    {
        const Got got = readText(u"a.jsonl"_s, "{\"input\": \"one\", \"target\": \"a\"}\n"
                                               "{\"input\": \"two\"}\n"
                                               "not json\n"
                                               "\n"
                                               "{\"input\": \"\", \"target\": \"a\"}\n"
                                               "{\"input\": 7, \"target\": \"a\"}\n"
                                               "{\"input\": \"three\", \"target\": 3}\n");
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[1].line, 7);
        QCOMPARE(got.rows[1].target, std::string("3"));
        QCOMPARE(reasons(got), (std::vector{Reason::MissingField, Reason::Json, Reason::Empty, Reason::Type}));
        QCOMPARE(got.issues[1].line, 3);
        QCOMPARE(got.issues[0].field, std::string("target"));
    }

    void anArrayGivenForLinesIsReadAllTheSame()
    {
        const Got got = readText(u"a.jsonl"_s, "[{\"text\": \"one\", \"label\": \"a\"},\n {\"text\": \"two\", \"label\": \"b\"}]");
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[1].input, std::string("two"));
        QCOMPARE(got.used.format, std::optional(FileFormat::Json));
    }

    void tablesKeepQuotesCommasAndLineEndsInCells()
    {
        const Got got = readText(u"a.csv"_s, "text,label\n\"one, \"\"two\"\"\nthree\",a\nfour,b\n");
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[0].input, std::string("one, \"two\"\nthree"));
        QCOMPARE(got.rows[1].line, 4);
    }

    void raggedRowsAndOpenQuotesSpoilOnlyThemselves()
    {
        const Got got = readText(u"a.csv"_s, "text,label\none,a,b\n\"two,a\nthree,b\n");
        QCOMPARE(got.rows.size(), 1U);
        QCOMPARE(got.rows[0].input, std::string("three"));
        QCOMPARE(reasons(got), (std::vector{Reason::Ragged, Reason::Quote}));
    }

    void delimiterAndMissingHeaderAreDetected()
    {
        const Got got = readText(u"a.csv"_s, "guten tag;gruss\nauf wiedersehen;gruss\n");
        QCOMPARE(got.used.delimiter, std::string(";"));
        QCOMPARE(got.used.header, std::optional(false));
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(readText(u"a.tsv"_s, "input\ttarget\none\ta\n").rows.size(), 1U);
    }

    void columnsAreMappedAndJoined()
    {
        ReadOptions options;
        options.columns = {{"input", "premise+hypothesis"}, {"target", "gold"}};
        const Got got = readText(u"a.jsonl"_s, R"({"premise": "p", "hypothesis": "h", "gold": "yes"})", options);
        QCOMPARE(got.rows.size(), 1U);
        QCOMPARE(got.rows[0].input, std::string("premise: p\nhypothesis: h"));
    }

    void encodingsAreReadAndBrokenBytesNamed()
    {
        QCOMPARE(readText(u"a.csv"_s, "\xEF\xBB\xBFtext,label\none,a\n").rows.size(), 1U);
        const QByteArray utf16 = QByteArray("\xFF\xFE", 2)
            + QByteArray(reinterpret_cast<const char*>(u"text,label\nüber,a\n"), 17 * 2);
        QCOMPARE(readText(u"a.csv"_s, utf16).rows.at(0).input, std::string("über"));
        ReadOptions latin;
        latin.encoding = "latin-1";
        QCOMPARE(readText(u"a.csv"_s, "text,label\n\xFC" "ber,a\n", latin).rows.at(0).input, std::string("über"));
        const Got broken = readText(u"a.jsonl"_s, "{\"input\": \"\xFF\", \"target\": \"a\"}\n{\"input\": \"b\", \"target\": \"a\"}\n");
        QCOMPARE(broken.rows.size(), 1U);
        QCOMPARE(reasons(broken), std::vector{Reason::Encoding});
    }

    void whatIsNoTextIsRefusedInOneSentence()
    {
        const Got got = readText(u"a.csv"_s, QByteArray("PK\x03\x04\0\0\0\0", 8));
        QVERIFY(got.error);
        QVERIFY(got.error->detail.find("Excel workbook") != std::string::npos);
        const Got zeros = readText(u"b.csv"_s, QByteArray(100, '\0'));
        QVERIFY(zeros.error && zeros.error->detail.find("isn't text") != std::string::npos);
        QCOMPARE(openFile("/nowhere/at/all", {}).error().code, ErrorCode::NotFound);
    }

    void textsAreNormalisedButKeepTheirCase()
    {
        QCOMPARE(normalised("  Cafe\xCC\x81\r\nB\x01 "), std::string("Caf\xC3\xA9\nB"));
    }

    void nfcIsTheSameAsIcusForEveryCharacter()
    {
        const auto utf8 = [](char32_t code) { return QString::fromUcs4(&code, 1).toUtf8().toStdString(); };
        for (char32_t code = 0xA0; code < 0x20000; ++code) {
            if ((code >= 0xD800 && code < 0xE000) || QChar::category(code) == QChar::Other_NotAssigned)
                continue;
            for (const std::string& text : {"x" + utf8(code) + "x", "a" + utf8(code) + utf8(0x301) + "z", utf8(0x304B) + utf8(code) + utf8(0x3099) + "z"}) {
                const std::string expected = QString::fromStdString(text).normalized(QString::NormalizationForm_C).toUtf8().toStdString();
                if (normalised(text) != expected)
                    QFAIL(qPrintable(u"U+%1"_s.arg(uint(code), 0, 16)));
            }
        }
    }

    void labelsAreBroughtToTheirSpellingOrNamed()
    {
        const Got got = readText(u"a.csv"_s, "text,label\nx,Yes\ny,perhaps\n", {}, {TaskKind::Classification, {"yes", "no"}});
        QCOMPARE(got.rows.size(), 1U);
        QCOMPARE(got.rows[0].target, std::string("yes"));
        QCOMPARE(got.issues.size(), 2U);
        QCOMPARE(got.issues[0].action, IssueAction::Fixed);
        QCOMPARE(got.issues[1].reason, Reason::LabelUnknown);
        QCOMPARE(got.issues[1].line, 3);
    }

    void duplicatesGoAndConflictsFollowTheMajority()
    {
        const Got got = readText(u"a.csv"_s, "text,label\nx,a\nx,a\nx,b\ny,a\ny,b\nz,a\n", {}, {TaskKind::Classification, {"a", "b"}});
        QCOMPARE(got.rows.size(), 2U);  // x once, z; the tie of y is left out altogether
        QCOMPARE(got.rows[0].target, std::string("a"));
        QCOMPARE(got.rows[1].input, std::string("z"));
        QCOMPARE(got.issues.size(), 4U);
        QCOMPARE(got.issues[1].detail, std::string("line 2 has the same input and most rows say “a”"));
    }

    void furtherTargetsOfAGenerationBecomeReferences()
    {
        const Got got = readText(u"a.csv"_s, "text,label\nx,a\nx,b\nx,a\n", {}, {TaskKind::Generation, {}});
        QCOMPARE(got.rows.size(), 1U);
        QCOMPARE(got.rows[0].references, std::vector<std::string>{"b"});
        QCOMPARE(reasons(got), (std::vector{Reason::Conflict, Reason::Duplicate}));
    }

    void splittingKeepsSharesGroupsAndRepeatsItself()
    {
        QByteArray lines, grouped;
        for (int i = 0; i < 1000; ++i) {
            lines += QByteArray("row ") + QByteArray::number(i) + (i % 4 == 0 ? "\ta\n" : "\tb\n");
            grouped += QByteArray("row ") + QByteArray::number(i) + "\ta\tgroup " + QByteArray::number(i % 50) + "\n";
        }
        const How how{TaskKind::Classification, {"a", "b"}, std::nullopt};
        const Got one = readText(u"a.tsv"_s, "text\tlabel\n" + lines, {}, how);
        QCOMPARE(one.splits.at(Split::Train).size(), 800U);
        QCOMPARE(one.splits.at(Split::Test).size(), 100U);
        QCOMPARE(one.hash, readText(u"a.tsv"_s, "text\tlabel\n" + lines, {}, how).hash);
        std::map<std::string, std::set<Split>> where;
        const Got groups = readText(u"a.tsv"_s, "text\tlabel\tgroup\n" + grouped, {}, how);
        QCOMPARE(groups.rows.size(), 1000U);
        QVERIFY(groups.splits.size() > 1);
        for (const auto& [split, rows] : groups.splits)
            for (const Row& row : rows)
                where[row.group].insert(split);
        for (const auto& [group, splits] : where)
            QCOMPARE(splits.size(), 1U);
    }

    void threadsAndMemoryChangeNothing()
    {
        QByteArray bytes;
        for (int i = 0; i < 60000; ++i)
            bytes += "{\"input\": \"row " + QByteArray::number(i % 50000) + " of some length to fill more than one block\", \"target\": \"t"
                + QByteArray::number(i % 7) + "\"}\n" + (i % 1000 == 5 ? "broken\n" : "");
        const Got one = readText(u"a.jsonl"_s, bytes, {}, {TaskKind::Extraction, {}, std::nullopt, 1});
        const Got many = readText(u"a.jsonl"_s, bytes, {}, {TaskKind::Extraction, {}, std::nullopt, 4, 0});
        QCOMPARE(one.hash, many.hash);
        QVERIFY(one.issues == many.issues || one.issues.size() == many.issues.size());
        QCOMPARE(std::count_if(one.issues.begin(), one.issues.end(), [](const RowIssue& issue) { return issue.reason == Reason::Json; }), 60);
        std::set<std::pair<Reason, std::int64_t>> a, b;
        for (const RowIssue& issue : one.issues)
            a.emplace(issue.reason, issue.line);
        for (const RowIssue& issue : many.issues)
            b.emplace(issue.reason, issue.line);
        QVERIFY(a == b);
    }

    void theSameRowsInAnyFormHaveTheSameHash()
    {
        const Got lines = readText(u"a.jsonl"_s, "{\"input\": \"one\", \"target\": \"a\"}\n{\"input\": \"two, \\\"2\\\"\", \"target\": \"b\"}\n");
        QCOMPARE(lines.rows.size(), 2U);
        QCOMPARE(readText(u"a.json"_s, "[{\"input\": \"one\", \"target\": \"a\"},\n{\"input\": \"two, \\\"2\\\"\", \"target\": \"b\"}]").hash, lines.hash);
        QCOMPARE(readText(u"a.json"_s, "{\"version\": 1, \"data\": {\"rows\": [{\"input\": \"one\", \"target\": \"a\"}, {\"input\": \"two, \\\"2\\\"\", \"target\": \"b\"}]}}").hash, lines.hash);
        // A table's header takes a line.
        const Got table = readText(u"a.csv"_s, "input,target\none,a\n\"two, \"\"2\"\"\",b\n");
        QCOMPARE(table.rows.size(), 2U);
        QCOMPARE(table.rows[1].input, lines.rows[1].input);
    }

    void rowsInListsInListsComeWithTheFieldsAroundThem()
    {
        ReadOptions options;
        options.columns = {{"input", "{context}\\n{question}"}, {"target", "answers[].text"}};
        const Got got = readText(u"squad.json"_s,
            "{\"version\": \"1\", \"data\": [{\"title\": \"t\", \"paragraphs\": [{\"context\": \"c\", \"qas\": ["
            "{\"id\": \"1\", \"question\": \"q1\", \"answers\": [{\"text\": \"x\", \"answer_start\": 0}, {\"text\": \"y\", \"answer_start\": 0}]},"
            "{\"id\": \"2\", \"question\": \"q2\", \"answers\": [{\"text\": \"z\", \"answer_start\": 0}]}]}]}]}",
            options);
        QCOMPARE(got.used.rows, std::string("data.paragraphs.qas"));
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[0].input, std::string("c\nq1"));
        QCOMPARE(got.rows[0].references, std::vector<std::string>{"y"});
    }

    void conllBecomesSlotsInEveryScheme()
    {
        const Got bio = readText(u"a.conll"_s, "fly O\nto O\nnew B-city\nyork I-city\n\nrome B-city\nparis B-city\n");
        QCOMPARE(bio.rows.size(), 2U);
        QCOMPARE(bio.rows[0].input, std::string("fly to new york"));
        QCOMPARE(bio.rows[0].target, std::string("city: new york"));
        QCOMPARE(bio.rows[1].target, std::string("city: rome; city: paris"));
        const Got bioes = readText(u"a.txt"_s, "new B-city\nyork E-city\nrome S-city\n\nhello O\n");
        QCOMPARE(bioes.rows[0].target, std::string("city: new york; city: rome"));
        QCOMPARE(bioes.rows[1].target, std::string("none"));
        const Got broken = readText(u"a.conll"_s, "a O\nb\n\nc O\n\nd X-y\n\ne O\n");
        QCOMPARE(broken.rows.size(), 2U);
        QCOMPARE(reasons(broken), (std::vector{Reason::Ragged, Reason::Type}));
        QCOMPARE(broken.issues[0].line, 2);
    }

    void theMappingLanguageReachesEverywhere_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        QTest::newRow("field") << u"a"_s << u"1.50"_s;
        QTest::newRow("path") << u"b.c[1]"_s << u"y"_s;
        QTest::newRow("each") << u"b.c"_s << u"x|y|x"_s;
        QTest::newRow("join") << u"join(b.c, \", \")"_s << u"x, y, x"_s;
        QTest::newRow("sorted") << u"sorted(b.c)"_s << u"x; y"_s;
        QTest::newRow("first") << u"first(b.c)"_s << u"x"_s;
        QTest::newRow("words") << u"words(flag, true=ja, false=nein)"_s << u"ja"_s;
        QTest::newRow("template") << u"{a}\\n{join(b.c, \"-\")} {{x}}"_s << u"1.50\nx-y-x {x}"_s;
        QTest::newRow("lines") << u"t+a"_s << u"t: grün ist\na: 1.50"_s;
        QTest::newRow("spans") << u"spans(t, s)"_s << u"w: grün; v: ist"_s;
        QTest::newRow("named") << u"x.y"_s << u"dotted"_s;
        QTest::newRow("missing") << u"nowhere"_s << u"!missing_field"_s;
        QTest::newRow("null") << u"n"_s << u"!type"_s;
        QTest::newRow("beyond") << u"spans(t, far)"_s << u"!type"_s;
        QTest::newRow("no word") << u"words(a, 1=x)"_s << u"!label_unknown"_s;
    }

    void theMappingLanguageReachesEverywhere()
    {
        QFETCH(QString, expression);
        QFETCH(QString, expected);
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"a.jsonl"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"a\": 1.50, \"b\": {\"c\": [\"x\", \"y\", \"x\"]}, \"flag\": true, \"n\": null, \"t\": \"grün ist\", \"x.y\": \"dotted\","
                   "\"s\": [[0, 4, \"w\"], {\"start\": 5, \"end\": 8, \"label\": \"v\"}], \"far\": [[0, 40, \"w\"]]}\n");
        file.close();
        const auto opened = openFile(file.fileName().toStdString(), {});
        QVERIFY(opened);
        const auto compiled = Expression::compile(expression.toStdString());
        QVERIFY(compiled);
        QString found;
        ReadTold told;
        told.issue = [](const RowIssue&) { };
        told.record = [&](const Record& record) {
            std::vector<std::string_view> texts;
            ValueKind type{};
            if (const auto trouble = compiled->evaluate(const_cast<Record&>(record), texts, type))
                found = u"!"_s + QString::fromUtf8(wordOf(trouble->reason).data());
            for (std::size_t i = 0; i < texts.size(); ++i)
                found += (i > 0 ? u"|"_s : QString()) + QString::fromUtf8(texts[i].data(), qsizetype(texts[i].size()));
        };
        QVERIFY(readRecords(*opened, told));
        QCOMPARE(found, expected);
    }

    void expressionsThatCantBeReadAreNamed()
    {
        for (const char* wrong : {"{a", "a}", "join()", "first(a, b)", "spans(t)", "words(a, b)"})
            QVERIFY2(!Expression::compile(wrong), wrong);
    }

    void orderOfFilesOfDifferentSplitsDoesntMatterForRows()
    {
        const QByteArray a = "{\"input\": \"one\", \"target\": \"a\"}\n", b = "{\"input\": \"one\", \"target\": \"a\"}\n{\"input\": \"two\", \"target\": \"a\"}\n";
        const Got got = readFiles({{u"a.jsonl"_s, a}, {u"b.jsonl"_s, b}});
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.issues.size(), 1U);
        QVERIFY(got.issues[0].file.ends_with("b.jsonl"));
        QCOMPARE(got.issues[0].detail, std::string("the same as line 1 of a.jsonl"));
    }

    void aTaskIsGuessedFromItsTargets()
    {
        std::vector<Row> few, free, spans;
        for (int i = 0; i < 60; ++i) {
            few.push_back({i, "x", i % 2 ? "yes" : "no", {}, {}});
            free.push_back({i, "x", "sentence number " + std::to_string(i), {}, {}});
            spans.push_back({i, "x", i % 5 ? "city: rome " + std::to_string(i) : "none", {}, {}});
        }
        QCOMPARE(guessedTask("t", few).kind, TaskKind::Classification);
        QCOMPARE(guessedTask("t", few).labels.size(), 2U);
        QCOMPARE(guessedTask("t", free).kind, TaskKind::Generation);
        QCOMPARE(guessedTask("t", spans).kind, TaskKind::Extraction);
    }
};

QTEST_APPLESS_MAIN(ReadingTest)
#include "tst_reading.moc"
