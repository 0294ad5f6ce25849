#include "engine/data/sources.h"
#include "support/intake.h"
#include "support/packed.h"

#include <QDateTime>
#include <QStringEncoder>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

QByteArray lines(int count)
{
    QByteArray all;
    for (int i = 0; i < count; ++i)
        all += "{\"input\": \"text number " + QByteArray::number(i) + "\", \"target\": \"" + (i % 2 ? "yes" : "no") + "\"}\n";
    return all;
}

QByteArray table(int count, const char* delimiter = ",")
{
    QByteArray all = QByteArray("text") + delimiter + "label\n";
    for (int i = 0; i < count; ++i)
        all += "text number " + QByteArray::number(i) + delimiter + (i % 2 ? "yes" : "no") + "\n";
    return all;
}

// Each object over several lines.
QByteArray pretty(int count)
{
    QByteArray all;
    for (int i = 0; i < count; ++i)
        all += "{\n  \"input\": \"text number " + QByteArray::number(i) + "\",\n  \"target\": \"" + (i % 2 ? "yes" : "no") + "\"\n}\n";
    return all;
}

QByteArray sentences(const char16_t* text, const char* encoding)
{
    QByteArray all = "text,label\n";
    QStringEncoder encode(encoding);
    for (int i = 0; i < 30; ++i)
        all += encode(QStringView(text).toString().arg(i)) + (i % 2 ? ",a\n" : ",b\n");
    return all;
}

}  // namespace

/// Files as they exist in the wild, and what becomes of their rows.
class OddFilesTest : public QObject {
    Q_OBJECT

private slots:
    void aFileThatChangesBeforeItsRowsAreStoredIsRefused()
    {
        const QTemporaryDir folder;
        const auto write = [&](const QByteArray& bytes) {
            QFile file(folder.filePath(u"rows.jsonl"_s));
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size());
            QVERIFY(file.flush() && file.setFileTime(QDateTime::currentDateTime().addSecs(-bytes.count("yes")), QFileDevice::FileModificationTime));
        };
        write(lines(100));
        const auto opened = openFile(folder.filePath(u"rows.jsonl"_s).toStdString(), {});
        QVERIFY(opened);
        IntakeSettings settings;
        settings.folder = folder.filePath(u"store"_s).toStdString();
        Intake intake(settings);
        QVERIFY(intake.read(*opened, Split::Train, {}, {}));
        write(lines(100).replace("yes", "nay"));  // as many bytes, of another time
        const auto ready = intake.finish({}, {});
        QVERIFY(!ready);
        QCOMPARE(ready.error().code, ErrorCode::Io);
        QVERIFY(ready.error().detail.find("changed while it was read") != std::string::npos);
    }

    void filesOfTheWild_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("issues");
        QTest::addColumn<QString>("first");  // input and target of the first row
        const auto add = [](const char* what, const char16_t* name, const QByteArray& bytes, int rows, int issues, const char16_t* first) {
            QTest::newRow(what) << QStringView(name).toString() << bytes << rows << issues << QStringView(first).toString();
        };
        add("trailing zeros", u"a.jsonl", lines(20) + QByteArray("\0\0\0rubbish", 10), 20, 1, u"text number 0|no");
        add("line ends of both kinds", u"a.csv", table(10) + "more,yes\r\nlast,no\r\n", 12, 0, u"text number 0|no");
        add("carriage returns alone", u"a.csv", table(10).replace("\n", "\r"), 10, 0, u"text number 0|no");
        add("a spreadsheet's delimiter", u"a.csv", "sep=;\r\n" + table(10, ";"), 10, 0, u"text number 0|no");
        add("and a byte order mark", u"a.csv", "\xEF\xBB\xBFsep=;\n" + table(10, ";"), 10, 0, u"text number 0|no");
        add("bars", u"a.txt", table(10, "|"), 10, 0, u"text number 0|no");
        add("carets", u"a.csv", table(10, "^"), 10, 0, u"text number 0|no");
        add("a table called jsonl", u"a.jsonl", table(10), 10, 0, u"text number 0|no");
        add("NaN", u"a.jsonl", "{\"input\": \"x\", \"target\": \"y\", \"score\": NaN, \"low\": -Infinity, \"w\": 0.25}\n" + lines(3), 4, 1, u"x|y");
        add("NaN as a target", u"a.jsonl", "{\"input\": \"x\", \"target\": NaN}\n" + lines(3), 3, 1, u"text number 0|no");
        add("NaN in a list", u"a.json", "[{\"input\": \"x\", \"target\": \"y\",\n \"w\": [NaN]}, {\"input\": \"z\", \"target\": \"y\"}]", 2, 1, u"x|y");
        add("a field twice", u"a.jsonl", "{\"input\": \"x\", \"input\": \"y\", \"target\": \"z\"}\n" + lines(3), 3, 1, u"text number 0|no");
        add("nested too deeply", u"a.jsonl", "{\"input\": " + QByteArray(3000, '[') + QByteArray(3000, ']') + ", \"target\": \"x\"}\n" + lines(3), 3, 1, u"text number 0|no");
        add("the label first", u"a.tsv", "ham\tmessage number one here\nspam\tmessage number two here\nham\tmessage number three\nspam\ta fourth\n", 4, 0, u"message number one here|ham");
        add("names nobody knows", u"a.csv", "v1,v2\nham,message number one here\nspam,message number two\nham,a third message\n", 3, 0, u"message number one here|ham");
        add("a conversation", u"a.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}, {\"role\": \"assistant\", \"content\": \"hello\"}]}\n"
            "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": \"u\"}, {\"role\": \"assistant\", \"content\": \"a\"}]}\n", 2, 0, u"hi|hello");
        add("another kind of conversation", u"a.json", "[{\"conversations\": [{\"from\": \"human\", \"value\": \"hi\"}, {\"from\": \"gpt\", \"value\": \"hello\"}, {\"from\": \"human\", \"value\": \"bye\"}]}]", 1, 0, u"hi|hello");
        add("entities by offsets", u"a.jsonl", "{\"text\": \"Ann in Rome\", \"label\": [[0, 3, \"PER\"], [7, 11, \"LOC\"]]}\n{\"text\": \"none here\", \"label\": []}\n", 2, 0, u"Ann in Rome|PER: Ann; LOC: Rome");
        add("entities as objects", u"a.jsonl", "{\"text\": \"Ann in Rome\", \"entities\": [{\"start\": 0, \"end\": 3, \"type\": \"PER\"}]}\n", 1, 0, u"Ann in Rome|PER: Ann");
        add("questions in paragraphs", u"a.json", "{\"data\": [{\"paragraphs\": [{\"context\": \"c\", \"qas\": [{\"question\": \"q1\", \"answers\": [{\"text\": \"a1\"}]}, {\"question\": \"q2\", \"answers\": [{\"text\": \"a2\"}]}]}]}]}", 2, 0, u"c\nq1|a1");
        add("windows-1252", u"a.csv", sentences(u"\u00e9t\u00e9 \u00e0 la plage num\u00e9ro %1 tr\u00e8s beau", "ISO-8859-1"), 30, 0, u"\u00e9t\u00e9 \u00e0 la plage num\u00e9ro 0 tr\u00e8s beau|b");
        add("GB18030", u"a.csv", QByteArray("text,label\n") + QByteArray("\xD5\xE2\xCA\xC7\xB5\xDA\xD2\xBB\xB8\xF6\xBE\xE4\xD7\xD3,\xBA\xC3\n").repeated(1) + QByteArray("\xD5\xE2\xCA\xC7\xB5\xDA\xB6\xFE\xB8\xF6\xBE\xE4\xD7\xD3,\xBB\xB5\n"), 2, 0, u"\u8fd9\u662f\u7b2c\u4e00\u4e2a\u53e5\u5b50|\u597d");
        add("objects over several lines", u"a.jsonl", pretty(12), 12, 0, u"text number 0|no");
        add("one object over several lines", u"a.json", pretty(1), 1, 0, u"text number 0|no");
        add("objects over several lines, one broken", u"a.json", pretty(2) + "{\n  \"input\": nothing,\n  \"target\": \"no\"\n}\n" + pretty(2).replace("number", "of another"), 4, 1, u"text number 0|no");
        add("objects that are never closed", u"a.json", pretty(3) + "{\n \"input\": \"x\"", 3, 1, u"text number 0|no");
        add("a data frame split up", u"a.json", "{\"columns\": [\"text\", \"label\"], \"index\": [0, 1, 2], \"data\": [[\"one, [x]\", \"a\"], [\"two\", \"b\"], [\"three\", \"a\", \"b\"]]}", 2, 1, u"one, [x]|a");
        add("a data frame by columns", u"a.json", "{\"text\": {\"0\": \"one\", \"1\": \"t\\\"wo\"}, \"label\": {\"0\": \"a\", \"1\": \"b\"}, \"n\": {\"0\": 1, \"1\": null}}", 2, 0, u"one|a");
        add("a data frame by rows", u"a.json", "{\"0\": {\"text\": \"one\", \"label\": \"a\"}, \"1\": {\"text\": \"two\", \"label\": \"b\"}}", 2, 0, u"one|a");
        add("a data frame as a table", u"a.json", "{\"schema\": {\"fields\": [{\"name\": \"text\", \"type\": \"string\"}], \"pandas_version\": \"1.4.0\"}, \"data\": [{\"text\": \"one\", \"label\": \"a\"}, {\"text\": \"two\", \"label\": \"b\"}]}", 2, 0, u"one|a");
        add("a data frame as values", u"a.json", "[[\"one text here\", \"a\"], [\"two texts here\", \"b\"], [\"three of them\", \"a\"]]", 3, 0, u"one text here|a");
        add("and with names", u"a.json", "[[\"label\", \"text\"], [\"a\", \"one\"], [\"b\", \"two\"]]", 2, 0, u"one|a");
        add("columns as lists", u"a.json", "{\"text\": [\"one\", \"two\", \"three\"], \"label\": [\"a\", \"b\", \"a\"]}", 3, 0, u"one|a");
        add("columns of different lengths", u"a.json", QByteArray("{\"text\": [") + QByteArray("\"x\",").repeated(70000) + "\"y\"], \"label\": [\"a\", \"a\"]}", 1, 2, u"x|a");
        add("a list of rows over several lines", u"a.json", "{\n \"data\": [\n  {\"text\": \"one\", \"label\": \"a\"},\n  {\"text\": \"two\", \"label\": \"b\"}\n ]\n}\n", 2, 0, u"one|a");
        add("backslashes before quotes", u"a.csv", "text,label\n"
            "\"she said \\\"yes, of course\\\" then\",a\n"
            "\"a \\\\ path, two\\nlines\",b\n"
            "plain\\, with a comma,a\n"
            "\"and a \"\"doubled\"\" one\",b\n", 4, 0, u"she said \"yes, of course\" then|a");
        add("backslashes that mean nothing", u"a.csv", "text,label\n\"C:\\dir\\\",a\n\"C:\\other\",b\n", 2, 0, u"C:\\dir\\|a");
        add("fastText", u"a.txt", "__label__ham some words here\n__label__spam other words\nno label at all\n", 2, 1, u"some words here|ham");
        add("fastText with several labels", u"a.ft", "__label__b __label__a some words\n__label__c more words\n", 2, 0, u"some words|a; b");
        add("tokens and tags", u"a.jsonl", "{\"tokens\": [\"Ann\", \"Lee\", \"in\", \"Rome\"], \"ner_tags\": [\"B-PER\", \"I-PER\", \"O\", \"B-LOC\"]}\n"
            "{\"tokens\": [\"none\", \"here\"], \"ner_tags\": [\"O\", \"O\"]}\n"
            "{\"tokens\": [\"too\", \"few\"], \"ner_tags\": [\"O\"]}\n", 2, 1, u"Ann Lee in Rome|PER: Ann Lee; LOC: Rome");
        add("what a German Excel saves", u"a.csv", "\xEF\xBB\xBFsep=;\r\nText;Kategorie\r\n\"Wo ist; mein Paket?\";Versand\r\n\"Ich will \"\"Geld\"\" zur\xC3\xBC" "ck\";Zahlung\r\n", 2, 0, u"Wo ist; mein Paket?|Versand");
        add("UTF-16 with lines in cells", u"a.tsv", QByteArray("\xFF\xFE", 2) + QStringEncoder(QStringEncoder::Utf16LE, QStringEncoder::Flag::Stateless)(u"input\ttarget\r\n\"one\ntwo \"\"three\"\"\"\ta\r\nplain \u2013 dash\tb\r\n"_s), 2, 0, u"one\ntwo \"three\"|a");
        add("what Kaggle hands out", u"a.csv", ",text,target\n0,\"Our deeds, all\",1\n1,Forest fire,1\n2,I love fruits,0\n", 3, 0, u"Our deeds, all|1");
        add("CoNLL of 2003", u"a.conll", "-DOCSTART- -X- -X- O\n\n# sent_id = 1\nEU NNP B-NP B-ORG\ncall NN I-NP O\n\n-DOCSTART- -X- -X- O\n\nPeter NNP B-NP B-PER\nBlackburn NNP I-NP I-PER\n", 2, 0, u"EU call|ORG: EU");
        add("what Doccano exports", u"a.jsonl", "{\"id\": 1, \"text\": \"Ann in Rome\", \"entities\": [{\"id\": 3, \"label\": \"PER\", \"start_offset\": 0, \"end_offset\": 3}], \"relations\": []}\n"
            "{\"id\": 2, \"text\": \"none\", \"entities\": [], \"relations\": []}\n", 2, 0, u"Ann in Rome|PER: Ann");
        add("choices of Label Studio", u"a.json", "[{\"id\": 1, \"data\": {\"text\": \"My card was stolen\"}, \"annotations\": [{\"id\": 9, \"result\": [{\"from_name\": \"s\", \"type\": \"choices\", \"value\": {\"choices\": [\"lost\", \"card\"]}}]}]},"
            " {\"id\": 2, \"data\": {\"text\": \"nobody looked at it\"}, \"annotations\": []}]", 1, 1, u"My card was stolen|card; lost");
        add("spans of Label Studio", u"a.json", "[{\"id\": 1, \"data\": {\"review\": \"Ann in Rome\"}, \"annotations\": [{\"result\": [{\"type\": \"labels\", \"value\": {\"start\": 0, \"end\": 3, \"text\": \"Ann\", \"labels\": [\"PER\"]}},"
            " {\"type\": \"labels\", \"value\": {\"start\": 7, \"end\": 11, \"text\": \"Rome\", \"labels\": [\"LOC\"]}}]}]}]", 1, 0, u"Ann in Rome|PER: Ann; LOC: Rome");
        add("answers in lists", u"a.jsonl", "{\"context\": \"The Nile is a river.\", \"question\": \"What is it?\", \"answers\": {\"text\": [\"a river\", \"river\"], \"answer_start\": [12, 14]}}\n"
            "{\"context\": \"The Nile is a river.\", \"question\": \"Who drank it?\", \"answers\": {\"text\": [], \"answer_start\": []}}\n", 1, 1, u"The Nile is a river.\nWhat is it?|a river");
        add("instructions", u"a.json", "[{\"instruction\": \"Translate\", \"input\": \"cat\", \"output\": \"chat\"}, {\"instruction\": \"Name a colour\", \"input\": \"\", \"output\": \"red\"}]", 2, 0, u"Translate\ncat|chat");
        QByteArray wide, cells;
        for (int i = 0; i < 4998; ++i) {
            wide += "c" + QByteArray::number(i) + ",";
            cells += QByteArray::number(i) + ",";
        }
        add("five thousand columns", u"a.csv", wide + "text,label\n" + cells + "some words,a\n" + cells + "other words,b\n" + cells + "ragged\n", 2, 1, u"some words|a");
        add("keys twice, NaN, a comma too many, other shapes", u"a.jsonl", "{\"input\": \"a\", \"target\": \"x\", \"score\": NaN}\n{\"input\": \"b\", \"input\": \"b2\", \"target\": \"y\"}\n"
            "{\"input\": \"c\", \"target\": \"x\",}\n{\"text\": \"d\", \"label\": 1}\n{\"input\": \"g\", \"target\": null}\n[1, 2]\n{\"input\": \"i\", \"target\": 3}\n", 2, 6, u"a|x");
        add("packed without the name", u"a.jsonl", test::gzipped(lines(20)), 20, 0, u"text number 0|no");
        add("packed in two parts and padded", u"a.jsonl.gz", test::gzipped(lines(20).left(300)) + test::gzipped(lines(20).mid(300)) + QByteArray(512, '\0'), 20, 0, u"text number 0|no");
    }

    void filesOfTheWild()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(int, rows);
        QFETCH(int, issues);
        QFETCH(QString, first);
        const test::Got got = test::readText(name, bytes);
        QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
        QStringList told;
        for (const RowIssue& issue : got.issues)
            told.append(QString::fromStdString(std::to_string(issue.line) + ": " + std::string(wordOf(issue.reason)) + " " + issue.detail));
        QVERIFY2(std::ssize(got.rows) == rows, qPrintable(told.join(u'\n')));
        QVERIFY2(told.size() == issues, qPrintable(told.join(u'\n')));
        QCOMPARE(QString::fromStdString(got.rows.front().input + "|" + got.rows.front().target), first);
    }

    void aNumberingIsNeverTakenForATarget()
    {
        const test::Got got = test::readText(u"a.csv"_s, "id,text\n1,some words\n2,other words\n");
        QVERIFY(got.error && got.error->detail.find("no column is known to be the target") != std::string::npos);
    }

    void whatIsNotReadIsSaidByItsName()
    {
        for (const QString& name : {u"nlu.yml"_s, u"a.yaml"_s, u"a.xml"_s, u"make.py"_s}) {
            const test::Got got = test::readText(name, "version: 3\nnlu:\n- intent: greet\n");
            QVERIFY2(got.error && got.error->detail.find("save") != std::string::npos, qPrintable(name));
        }
    }

    void whatHoldsNoRowsIsNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("a workbook") << QByteArray("PK\x03\x04rest of it") << u"Excel"_s;
        QTest::newRow("a web page") << QByteArray("\n<!DOCTYPE html><html>404</html>") << u"web page"_s;
        QTest::newRow("a pointer") << QByteArray("version https://git-lfs.github.com/spec/v1\n") << u"Git LFS"_s;
        QTest::newRow("a pickle") << QByteArray("\x80\x04\x95rest") << u"pickle"_s;
        QTest::newRow("bzip2") << QByteArray("BZh91AY") << u"bzip2"_s;
    }

    void whatHoldsNoRowsIsNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const test::Got got = test::readText(u"a.csv"_s, bytes);
        QVERIFY(got.error);
        QCOMPARE(got.error->code, ErrorCode::InvalidInput);
        QVERIFY2(got.error->detail.find(words.toStdString()) != std::string::npos, got.error->detail.c_str());
    }

    void aFolderOfFilesWithOtherNamesIsOneTask()
    {
        const QTemporaryDir folder;
        QDir().mkpath(folder.filePath(u"my task"_s));
        for (const QString& name : {u"part one.jsonl"_s, u"part two.jsonl"_s}) {
            QFile file(folder.filePath(u"my task/"_s + name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(lines(3));
        }
        const auto found = findTasks(folder.filePath(u"my task"_s).toStdString());
        QVERIFY(found);
        QCOMPARE(found->front().name, std::string("my task"));
        QCOMPARE(found->front().files.size(), 2U);
        QCOMPARE(splitOfName("train set"), std::optional(Split::Train));
    }
};

QTEST_APPLESS_MAIN(OddFilesTest)
#include "tst_oddfiles.moc"
