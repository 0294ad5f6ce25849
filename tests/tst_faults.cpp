#include "tests/support/intake.h"

#include <QTest>

#include <set>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::test;

namespace {

using Found = std::set<std::pair<std::int64_t, Reason>>;

// One fault: what stands in a row's place, and as what it must be found. `twin`: the row that it contradicts is named, too.
struct Fault {
    const char* name;
    QByteArray row;
    Reason reason;
    std::int64_t twin = 0;
    bool mended = false;  // told, and the row stays
};

constexpr int kRows = 30;
// The row that duplicates and conflicts are of; no fault is put in its place.
constexpr int kFirst = 1;

QByteArray text(int row)
{
    return "sentence number " + QByteArray::number(row) + (row % 3 == 0 ? " caf\xC3\xA9" : " plain");
}

QByteArray label(int row)
{
    return row % 2 == 0 ? "yes" : "no";
}

std::vector<Fault> rowFaults(const std::function<QByteArray(const QByteArray& input, const QByteArray& target)>& made)
{
    return {
        {"empty input", made("", "yes"), Reason::Empty},
        {"blank input", made("   ", "yes"), Reason::Empty},
        {"empty target", made("fine", ""), Reason::Empty},
        {"unknown label", made("fine", "perhaps"), Reason::LabelUnknown},
        {"bad utf-8", made("a \xFF b", "yes"), Reason::Encoding},
        {"overlong utf-8", made("a \xC0\xAF b", "yes"), Reason::Encoding},
        {"cut utf-8", made("a \xE2\x82 b", "yes"), Reason::Encoding},
        {"surrogate in utf-8", made("a \xED\xA0\x80 b", "yes"), Reason::Encoding},
        {"duplicate", made(text(kFirst), label(kFirst)), Reason::Duplicate},
        {"duplicate but for blanks", made("  " + text(kFirst) + " ", label(kFirst)), Reason::Duplicate},
        {"conflict", made(text(kFirst), "yes"), Reason::Conflict, kFirst},
    };
}

QByteArray jsonRow(const QByteArray& input, const QByteArray& target)
{
    return "{\"input\": \"" + input + "\", \"target\": \"" + target + "\"}";
}

std::vector<Fault> jsonFaults(bool lines)
{
    std::vector<Fault> faults = rowFaults(jsonRow);
    const std::vector<Fault> more{
        {"missing input", "{\"target\": \"yes\"}", Reason::MissingField},
        {"missing target", "{\"input\": \"x\"}", Reason::MissingField},
        {"other names", "{\"in\": \"x\", \"out\": \"yes\"}", Reason::MissingField},
        {"empty object", "{}", Reason::MissingField},
        {"null input", "{\"input\": null, \"target\": \"yes\"}", Reason::Type},
        {"null target", "{\"input\": \"x\", \"target\": null}", Reason::Type},
        {"number as input", "{\"input\": 7, \"target\": \"yes\"}", Reason::Type},
        {"boolean as input", "{\"input\": true, \"target\": \"yes\"}", Reason::Type},
        {"list as input", "{\"input\": [\"a\", \"b\"], \"target\": \"yes\"}", Reason::Type},
        {"object as input", "{\"input\": {\"a\": 1}, \"target\": \"yes\"}", Reason::Type},
        {"object as target", "{\"input\": \"x\", \"target\": {\"a\": 1}}", Reason::Type},
        {"null in a list", "{\"input\": \"x\", \"target\": [null]}", Reason::Type},
        {"empty list", "{\"input\": \"x\", \"target\": []}", Reason::Empty},
        {"controls only", "{\"input\": \"\\u0001\\u0002\", \"target\": \"yes\"}", Reason::Empty},
        {"a field twice", "{\"input\": \"x\", \"input\": \"y\", \"target\": \"yes\"}", Reason::Json},
        {"bad escape", "{\"input\": \"x\\q\", \"target\": \"yes\"}", Reason::Json},
        {"lone surrogate", "{\"input\": \"\\ud83d\", \"target\": \"yes\"}", Reason::Json},
        {"bare tab", "{\"input\": \"a\tb\", \"target\": \"yes\"}", Reason::Json},
        {"single quotes", "{'input': 'x', 'target': 'yes'}", Reason::Json},
        {"trailing comma", "{\"input\": \"x\", \"target\": \"yes\",}", Reason::Json},
        {"no comma", "{\"input\": \"x\" \"target\": \"yes\"}", Reason::Json},
        {"no colon", "{\"input\" \"x\", \"target\": \"yes\"}", Reason::Json},
        {"bad literal elsewhere", "{\"input\": \"x\", \"target\": \"yes\", \"more\": tru}", Reason::Json},
        {"NaN elsewhere", "{\"input\": \"x\", \"target\": \"yes\", \"more\": NaN}", Reason::Json, 0, true},
        {"leading zero", "{\"input\": \"x\", \"target\": \"yes\", \"more\": 01}", Reason::Json},
        {"a list", "[\"x\", \"yes\"]", Reason::Json},
        {"a text", "\"x\"", Reason::Json},
        {"a number", "12", Reason::Json},
        {"null", "null", Reason::Json},
        {"too deep", "{\"input\": \"x\", \"target\": \"yes\", \"more\": " + QByteArray(200, '[') + QByteArray(200, ']') + "}", Reason::Json},
    };
    faults.insert(faults.end(), more.begin(), more.end());
    if (lines) {
        const std::vector<Fault> own{
            {"no json", "not json", Reason::Json},
            {"cut off", "{\"input\": \"x\", \"target\": \"ye", Reason::Json},
            {"no closing brace", "{\"input\": \"x\", \"target\": \"yes\"", Reason::Json},
            {"two objects", jsonRow("x", "yes") + " " + jsonRow("y", "no"), Reason::Json},
            {"more behind it", jsonRow("x", "yes") + "}", Reason::Json},
            {"a comma behind it", jsonRow("x", "yes") + ",", Reason::Json},
        };
        faults.insert(faults.end(), own.begin(), own.end());
    }
    return faults;
}

QByteArray csvCell(const QByteArray& cell)
{
    return cell.contains(',') || cell.startsWith(' ') ? "\"" + cell + "\"" : cell;
}

std::vector<Fault> csvFaults()
{
    std::vector<Fault> faults = rowFaults([](const QByteArray& input, const QByteArray& target) { return csvCell(input) + "," + target; });
    const std::vector<Fault> more{
        {"a column too many", "x,yes,more", Reason::Ragged},
        {"a column too few", "x", Reason::Ragged},
        {"a quote never closed", "\"x,yes", Reason::Quote},
        {"text behind a quote", "\"x\" y,yes", Reason::Quote},
        {"a zero byte", QByteArray("a\0b,yes", 7), Reason::Encoding},
    };
    faults.insert(faults.end(), more.begin(), more.end());
    return faults;
}

std::vector<Fault> tsvFaults()
{
    std::vector<Fault> faults = rowFaults([](const QByteArray& input, const QByteArray& target) { return input + "\t" + target; });
    faults.push_back({"a column too many", "x\tyes\tmore", Reason::Ragged});
    faults.push_back({"a column too few", "x", Reason::Ragged});
    return faults;
}

enum Form { Lines, List, Csv, Tsv };

std::vector<Fault> faultsOf(Form form)
{
    return form == Csv ? csvFaults() : form == Tsv ? tsvFaults() : jsonFaults(form == Lines);
}

QString nameOf(Form form)
{
    return form == Lines ? u"rows.jsonl"_s : form == List ? u"rows.json"_s : form == Csv ? u"rows.csv"_s : u"rows.tsv"_s;
}

std::int64_t lineOf(Form form, int row)
{
    return form == Csv || form == Tsv ? row + 1 : row;  // a header
}

// A clean file but for the faults in some rows' places (from 1).
QByteArray fileOf(Form form, const std::map<int, QByteArray>& faults)
{
    QByteArray bytes = form == List ? "[\n" : form == Csv ? "input,target\n" : form == Tsv ? "input\ttarget\n" : "";
    for (int row = 1; row <= kRows; ++row) {
        if (faults.contains(row))
            bytes += faults.at(row);
        else
            bytes += form == Csv ? text(row) + "," + label(row) : form == Tsv ? text(row) + "\t" + label(row) : jsonRow(text(row), label(row));
        bytes += form == List && row < kRows ? ",\n" : row < kRows ? "\n" : "";
    }
    return form == List ? bytes + "\n]\n" : bytes;
}

Found foundIn(const Got& got)
{
    Found found;
    for (const RowIssue& issue : got.issues)
        found.emplace(issue.line, issue.reason);
    return found;
}

const How kHow{TaskKind::Classification, {"yes", "no"}};

QByteArray words(const Found& found)
{
    QByteArray all;
    for (const auto& [line, reason] : found)
        all += QByteArray::number(line) + ":" + QByteArray(wordOf(reason).data()) + " ";
    return all;
}

}  // namespace

/// Faults planted by script into clean files: each alone at several places, then many together.
class FaultsTest : public QObject {
    Q_OBJECT

private slots:
    void aCleanFileGivesNone_data()
    {
        QTest::addColumn<int>("form");
        for (const Form form : {Lines, List, Csv, Tsv})
            QTest::newRow(qPrintable(nameOf(form))) << int(form);
    }

    void aCleanFileGivesNone()
    {
        QFETCH(int, form);
        const Got got = readText(nameOf(Form(form)), fileOf(Form(form), {}), {}, kHow);
        QVERIFY(!got.error);
        QCOMPARE(words(foundIn(got)), QByteArray());
        QCOMPARE(got.rows.size(), std::size_t(kRows));
    }

    void eachFaultIsFoundAtItsPlace_data()
    {
        QTest::addColumn<int>("form");
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("row");
        int count = 0;
        for (const Form form : {Lines, List, Csv, Tsv}) {
            const auto faults = faultsOf(form);
            for (std::size_t i = 0; i < faults.size(); ++i)
                for (const int row : {2, 17, kRows}) {
                    QTest::addRow("%s: %s in row %d", qPrintable(nameOf(form)), faults[i].name, row) << int(form) << int(i) << row;
                    ++count;
                }
        }
        QVERIFY2(count >= 200, qPrintable(QString::number(count)));
    }

    void eachFaultIsFoundAtItsPlace()
    {
        QFETCH(int, form);
        QFETCH(int, fault);
        QFETCH(int, row);
        const Fault planted = faultsOf(Form(form)).at(std::size_t(fault));
        const Got got = readText(nameOf(Form(form)), fileOf(Form(form), {{row, planted.row}}), {}, kHow);
        QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
        Found expected{{lineOf(Form(form), row), planted.reason}};
        if (planted.twin > 0)
            expected.emplace(lineOf(Form(form), int(planted.twin)), planted.reason);
        QCOMPARE(words(foundIn(got)), words(expected));
        QCOMPARE(got.rows.size(), std::size_t(kRows) - (planted.mended ? 0 : expected.size()));
        for (const RowIssue& issue : got.issues)
            QVERIFY(!issue.file.empty());
    }

    void manyFaultsTogetherAreAllFound_data() { aCleanFileGivesNone_data(); }

    void manyFaultsTogetherAreAllFound()
    {
        QFETCH(int, form);
        const auto faults = faultsOf(Form(form));
        for (std::size_t from = 0; from < faults.size(); from += 9) {
            std::map<int, QByteArray> planted;
            Found expected;
            int row = 2;
            for (std::size_t i = from; i < std::min(from + 9, faults.size()); ++i, row += 3) {
                if (faults[i].reason == Reason::Conflict || faults[i].reason == Reason::Duplicate)
                    continue;
                planted[row] = faults[i].row;
                expected.emplace(lineOf(Form(form), row), faults[i].reason);
            }
            const Got got = readText(nameOf(Form(form)), fileOf(Form(form), planted), {}, kHow);
            QVERIFY(!got.error);
            QCOMPARE(words(foundIn(got)), words(expected));
        }
    }

    void parallelFilesOfDifferentLengthAreNamedLineByLine()
    {
        const QTemporaryDir folder;
        const auto write = [&](const QString& name, const QByteArray& bytes) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        QVERIFY(write(u"a.in"_s, "one\ntwo\nthree\nfour\n") && write(u"a.out"_s, "a\n\n"));
        ReadOptions options;
        options.partner = folder.filePath(u"a.out"_s).toStdString();
        const Result<OpenFile> file = openFile(folder.filePath(u"a.in"_s).toStdString(), options);
        QVERIFY(file);
        std::vector<std::pair<std::int64_t, Reason>> issues;
        ReadTold told;
        int records = 0;
        told.record = [&](const Record&) { ++records; };
        told.issue = [&](const RowIssue& issue) { issues.emplace_back(issue.line, issue.reason); };
        QVERIFY(readRecords(*file, told));
        QCOMPARE(records, 2);
        QVERIFY((issues == std::vector<std::pair<std::int64_t, Reason>>{{3, Reason::PairLength}, {4, Reason::PairLength}}));
    }

    void whatCantBeReadAtAllIsOneSentence()
    {
        const QTemporaryDir folder;
        QCOMPARE(openFile(folder.path().toStdString() + "/none", {}).error().code, ErrorCode::NotFound);
        QCOMPARE(openFile("/dev/null", {}).error().code, ErrorCode::InvalidInput);
        for (const auto& [name, bytes] : {std::pair(u"a.parquet"_s, QByteArray("PAR1 and nothing")), std::pair(u"a.arrow"_s, QByteArray("ARROW1\0\0rubbish", 15)),
                 std::pair(u"a.jsonl.gz"_s, QByteArray("no gzip")), std::pair(u"a.bin"_s, QByteArray(100, '\0')), std::pair(u"a.json"_s, QByteArray("{\"a\": {\"b\": 1}\n}"))}) {
            const Got got = readText(name, bytes);
            QVERIFY2(got.error || got.rows.empty(), qPrintable(name));
            if (got.error)
                QVERIFY(got.error->detail.find('\n') == std::string::npos);
        }
    }
};

QTEST_APPLESS_MAIN(FaultsTest)
#include "tst_faults.moc"
