#include "engine/data/cleaning.h"
#include "engine/data/encoding.h"
#include "engine/data/reader.h"
#include "engine/data/splitting.h"
#include "engine/data/taskfile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

struct Got {
    std::vector<RawRow> rows;
    std::vector<RowIssue> issues;
    ReadOptions used;
    std::optional<Error> error;
};

Got readText(const QString& name, const QByteArray& bytes, const ReadOptions& options = {})
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("no file");
    file.close();
    Got got;
    const Result<OpenFile> opened = openFile(file.fileName().toStdString(), options);
    if (!opened) {
        got.error = opened.error();
        return got;
    }
    got.used = opened->used;
    ReadTold told;
    told.record = [&](const Record& record) {
        if (auto row = rowOf(record, opened->used.columns, "f", got.issues))
            got.rows.push_back(*row);
    };
    told.issue = [&](RowIssue issue) { got.issues.push_back(std::move(issue)); };
    const Result<void> read = readRecords(*opened, "f", told);
    if (!read)
        got.error = read.error();
    return got;
}

std::vector<Reason> reasons(const Got& got)
{
    std::vector<Reason> all;
    for (const RowIssue& issue : got.issues)
        all.push_back(issue.reason);
    return all;
}

RawRow raw(std::int64_t line, const std::string& input, const std::string& target)
{
    return {"f", {line, input, target, {}, {}}, {}, input};
}

Task task(TaskKind kind, std::vector<std::string> labels = {})
{
    Task made;
    made.kind = kind;
    made.labels = std::move(labels);
    return made;
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
        QCOMPARE(got.rows[1].row.line, 7);
        QCOMPARE(got.rows[1].row.target, std::string("3"));
        QCOMPARE(reasons(got), (std::vector{Reason::MissingField, Reason::Json, Reason::Empty, Reason::Type}));
        QCOMPARE(got.issues[1].line, 3);
        QCOMPARE(got.issues[0].field, std::string("target"));
    }

    void anArrayGivenForLinesIsReadAllTheSame()
    {
        const Got got = readText(u"a.jsonl"_s, "[{\"text\": \"one\", \"label\": \"a\"},\n {\"text\": \"two\", \"label\": \"b\"}]");
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[1].row.input, std::string("two"));
        QCOMPARE(got.used.format, std::optional(FileFormat::Json));
    }

    void tablesKeepQuotesCommasAndLineEndsInCells()
    {
        const Got got = readText(u"a.csv"_s, "text,label\n\"one, \"\"two\"\"\nthree\",a\nfour,b\n");
        QCOMPARE(got.rows.size(), 2U);
        QCOMPARE(got.rows[0].row.input, std::string("one, \"two\"\nthree"));
        QCOMPARE(got.rows[1].row.line, 4);
    }

    void raggedRowsAndOpenQuotesSpoilOnlyThemselves()
    {
        const Got got = readText(u"a.csv"_s, "text,label\none,a,b\n\"two,a\nthree,b\n");
        QCOMPARE(got.rows.size(), 1U);
        QCOMPARE(got.rows[0].row.input, std::string("three"));
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
        QCOMPARE(got.rows[0].row.input, std::string("premise: p\nhypothesis: h"));
    }

    void encodingsAreReadAndBrokenBytesNamed()
    {
        QCOMPARE(readText(u"a.csv"_s, "\xEF\xBB\xBFtext,label\none,a\n").rows.size(), 1U);
        const QByteArray utf16 = QByteArray("\xFF\xFE", 2)
            + QByteArray(reinterpret_cast<const char*>(u"text,label\nüber,a\n"), 17 * 2);
        QCOMPARE(readText(u"a.csv"_s, utf16).rows.at(0).row.input, std::string("über"));
        ReadOptions latin;
        latin.encoding = "latin-1";
        QCOMPARE(readText(u"a.csv"_s, "text,label\n\xFC" "ber,a\n", latin).rows.at(0).row.input, std::string("über"));
        const Got broken = readText(u"a.jsonl"_s, "{\"input\": \"\xFF\", \"target\": \"a\"}\n{\"input\": \"b\", \"target\": \"a\"}\n");
        QCOMPARE(broken.rows.size(), 1U);
        QCOMPARE(reasons(broken), std::vector{Reason::Encoding});
    }

    void whatIsNoTextIsRefusedInOneSentence()
    {
        const Got got = readText(u"a.csv"_s, QByteArray("PK\x03\x04\0\0\0\0", 8));
        QVERIFY(got.error);
        QVERIFY(got.error->detail.find("isn't text") != std::string::npos);
        QCOMPARE(openFile("/nowhere/at/all", {}).error().code, ErrorCode::NotFound);
    }

    void textsAreNormalisedButKeepTheirCase()
    {
        QCOMPARE(normalised("  Cafe\xCC\x81\r\nB\x01 "), std::string("Caf\xC3\xA9\nB"));
    }

    void labelsAreBroughtToTheirSpellingOrNamed()
    {
        std::vector<RawRow> rows{raw(1, "x", "Yes"), raw(2, "y", "perhaps")};
        std::vector<RowIssue> issues;
        checkLabels(task(TaskKind::Classification, {"yes", "no"}), rows, issues);
        QCOMPARE(rows.size(), 1U);
        QCOMPARE(rows[0].row.target, std::string("yes"));
        QCOMPARE(issues.size(), 2U);
        QCOMPARE(issues[0].action, IssueAction::Fixed);
        QCOMPARE(issues[1].reason, Reason::LabelUnknown);
    }

    void duplicatesGoAndConflictsFollowTheMajority()
    {
        std::vector<RawRow> rows{raw(1, "x", "a"), raw(2, "x", "a"), raw(3, "x", "b"), raw(4, "y", "a"), raw(5, "y", "b"), raw(6, "z", "a")};
        std::vector<RowIssue> issues;
        deduplicate(task(TaskKind::Classification, {"a", "b"}), rows, issues);
        QCOMPARE(rows.size(), 2U);  // x once, z; the tie of y is left out altogether
        QCOMPARE(rows[0].row.target, std::string("a"));
        QCOMPARE(rows[1].row.input, std::string("z"));
        QCOMPARE(issues.size(), 4U);
    }

    void furtherTargetsOfAGenerationBecomeReferences()
    {
        std::vector<RawRow> rows{raw(1, "x", "a"), raw(2, "x", "b"), raw(3, "x", "a")};
        std::vector<RowIssue> issues;
        deduplicate(task(TaskKind::Generation), rows, issues);
        QCOMPARE(rows.size(), 1U);
        QCOMPARE(rows[0].row.references, std::vector<std::string>{"b"});
    }

    void splittingKeepsSharesGroupsAndRepeatsItself()
    {
        std::vector<RawRow> rows;
        for (int i = 0; i < 1000; ++i)
            rows.push_back(raw(i + 1, "row " + std::to_string(i), i % 4 == 0 ? "a" : "b"));
        const auto one = splitUp(task(TaskKind::Classification, {"a", "b"}), rows);
        const auto again = splitUp(task(TaskKind::Classification, {"a", "b"}), rows);
        QCOMPARE(one.at(Split::Train).size(), 800U);
        QCOMPARE(one.at(Split::Test).size(), 100U);
        QCOMPARE(one.at(Split::Test).front().row.line, again.at(Split::Test).front().row.line);
        for (RawRow& row : rows)
            row.row.group = "group " + std::to_string(row.row.line % 50);
        std::map<std::string, std::set<Split>> where;
        for (const auto& [split, part] : splitUp(task(TaskKind::Generation), rows))
            for (const RawRow& row : part)
                where[row.row.group].insert(split);
        for (const auto& [group, splits] : where)
            QCOMPARE(splits.size(), 1U);
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
