#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>

#include "engine/data/sources.h"
#include "support/intake.h"

#include <QDateTime>
#include <QStringEncoder>
#include <QTemporaryDir>
#include <QTest>

#include <zip.h>
#include <zlib.h>

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

QByteArray gzipped(const QByteArray& bytes)
{
    QByteArray packed(bytes.size() + 100, '\0');
    z_stream state{};
    ::deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    state.avail_in = static_cast<uInt>(bytes.size());
    state.next_out = reinterpret_cast<Bytef*>(packed.data());
    state.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&state, Z_FINISH);
    packed.resize(static_cast<qsizetype>(state.total_out));
    ::deflateEnd(&state);
    return packed;
}

// A table as the `datasets` library writes it: labels are numbers, and its metadata says what they are called.
std::string labelled(int count)
{
    arrow::StringBuilder texts;
    arrow::Int64Builder labels;
    for (int i = 0; i < count; ++i)
        if (!texts.Append("text " + std::to_string(i)).ok() || !labels.Append(i % 2).ok())
            qFatal("no table");
    const auto words = arrow::key_value_metadata({"huggingface"},
        {R"({"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["bad, really", "good"], "_type": "ClassLabel"}}}})"});
    const auto made = arrow::Table::Make(arrow::schema({arrow::field("text", arrow::utf8()), arrow::field("label", arrow::int64())}, words), {*texts.Finish(), *labels.Finish()});
    const auto out = *arrow::io::BufferOutputStream::Create();
    const auto withSchema = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    if (!parquet::arrow::WriteTable(*made, arrow::default_memory_pool(), out, 100, parquet::default_writer_properties(), withSchema).ok())
        qFatal("no table");
    return (*out->Finish())->ToString();
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
        add("packed without the name", u"a.jsonl", gzipped(lines(20)), 20, 0, u"text number 0|no");
        add("packed in two parts and padded", u"a.jsonl.gz", gzipped(lines(20).left(300)) + gzipped(lines(20).mid(300)) + QByteArray(512, '\0'), 20, 0, u"text number 0|no");
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

    // The library's own notes lie beside the tables, in JSON.
    void aFolderOfTheDatasetsLibraryIsItsTables()
    {
        const QTemporaryDir folder;
        for (const char* split : {"train", "test"}) {
            const QString at = folder.filePath(QLatin1StringView(split));
            QDir().mkpath(at);
            for (const char* name : {"data-00000-of-00001.arrow", "dataset_info.json", "state.json"}) {
                QFile file(at + u'/' + QLatin1StringView(name));
                QVERIFY(file.open(QIODevice::WriteOnly));
                file.write("{}");
            }
        }
        QFile file(folder.filePath(u"dataset_dict.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"splits\": [\"train\", \"test\"]}");
        file.close();
        const auto tasks = findTasks(folder.path().toStdString());
        QVERIFY(tasks);
        QCOMPARE(tasks->size(), 1U);
        QCOMPARE(tasks->front().files.size(), 2U);
        for (const auto& one : tasks->front().files) {
            QCOMPARE(one.file.extension().string(), std::string(".arrow"));
            QVERIFY(one.split);
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

    void picturesInOtherColumnsAreNoReasonToRefuseRows()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(u"a.parquet"_s).toStdString();
        arrow::StringBuilder texts, labels;
        arrow::BinaryBuilder pictures;
        for (int i = 0; i < 4; ++i) {
            QVERIFY(texts.Append("text " + std::to_string(i)).ok() && labels.Append(i % 2 ? "a" : "b").ok());
            QVERIFY(pictures.Append(std::string("\x00\xFF\xFE", 3)).ok());
        }
        const auto made = arrow::Table::Make(arrow::schema({arrow::field("text", arrow::utf8()), arrow::field("label", arrow::utf8()), arrow::field("image", arrow::binary())}),
            {*texts.Finish(), *labels.Finish(), *pictures.Finish()});
        const auto out = *arrow::io::FileOutputStream::Open(path);
        QVERIFY(parquet::arrow::WriteTable(*made, arrow::default_memory_pool(), out, 100).ok() && out->Close().ok());
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const test::Got got = test::readText(u"b.parquet"_s, file.readAll());
        QCOMPARE(got.rows.size(), 4U);
        QCOMPARE(got.issues.size(), 0U);
    }

    // Tables are read in no order, so they are unpacked first; and only the columns of the mapping are read.
    void aTableInAnArchiveIsReadWithItsLabelsNames()
    {
        const QTemporaryDir folder;
        const std::string archive = folder.filePath(u"data.zip"_s).toStdString();
        const std::string bytes = labelled(300);
        int code = 0;
        zip_t* zip = ::zip_open(archive.c_str(), ZIP_CREATE, &code);
        QVERIFY(zip);
        QVERIFY(::zip_file_add(zip, "train.parquet", ::zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0) >= 0);
        QCOMPARE(::zip_close(zip), 0);
        const auto found = findTasks(archive);
        QVERIFY(found);
        QCOMPARE(found->front().files.size(), 1U);
        const Result<OpenFile> file = openFile(archive + "!/train.parquet", {});
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        QCOMPARE(QString::fromStdString(file->used.columns.at("target")), QString::fromStdString("words(label, 0=\"bad, really\", 1=\"good\")"));
        const test::Got got = test::readOpened({*file});
        QCOMPARE(got.rows.size(), 300U);
        QCOMPARE(got.rows[1].target, std::string("good"));
        QCOMPARE(got.rows[2].target, std::string("bad, really"));
        const test::Got packed = test::readText(u"train.parquet.gz"_s, gzipped(QByteArray::fromStdString(bytes)));
        QCOMPARE(packed.rows.size(), 300U);
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
