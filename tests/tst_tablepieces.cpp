#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/writer.h>

#include "support/intake.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <numeric>
#include <utility>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

// Rows from..to: "text number 17" and a label, between columns that nobody asks for.
std::shared_ptr<arrow::Table> rowsOf(int from, int to)
{
    arrow::Int64Builder ids;
    arrow::StringBuilder texts, notes, labels;
    for (int i = from; i < to; ++i)
        if (!ids.Append(i).ok() || !texts.Append("text number " + std::to_string(i)).ok() || !notes.Append("nobody's " + std::to_string(i)).ok()
            || !labels.Append(i % 3 ? "yes" : "no").ok())
            qFatal("no room for a row");
    const auto schema = arrow::schema({arrow::field("id", arrow::int64()), arrow::field("text", arrow::utf8()),
        arrow::field("note", arrow::utf8()), arrow::field("label", arrow::utf8())});
    return arrow::Table::Make(schema, {*ids.Finish(), *texts.Finish(), *notes.Finish(), *labels.Finish()});
}

// A file whose row groups have these sizes.
void writeParquet(const std::string& path, const QList<int>& groups)
{
    const auto out = *arrow::io::FileOutputStream::Open(path);
    auto writer = *parquet::arrow::FileWriter::Open(*rowsOf(0, 1)->schema(), arrow::default_memory_pool(), out);
    int at = 0;
    for (const int rows : groups) {
        if (!writer->WriteTable(*rowsOf(at, at + rows), std::max(rows, 1)).ok())
            qFatal("a row group can't be written");
        at += rows;
    }
    if (!writer->Close().ok() || !out->Close().ok())
        qFatal("the file can't be closed");
}

// What a Parquet file of texts may look like inside.
struct Pages {
    arrow::Compression::type packed = arrow::Compression::SNAPPY;
    bool second = false;  // pages of the second version
    bool dictionary = true;
    std::int64_t dictionaryBytes = 1 << 20;  // of more distinct texts none is made
    std::int64_t pageBytes = 1 << 20;
    bool nulls = false, required = false, large = false;
};

constexpr int kTexts = 90'000;

// A text that has to be normalised now and then, long enough that pages of both columns end at different rows.
std::string inputAt(int i)
{
    return (i % 1000 == 7 ? "caf\u00e9 " : "text ") + std::string(static_cast<std::size_t>(i % 40), 'x') + " number " + std::to_string(i);
}

std::string targetAt(int i)
{
    return "label " + std::to_string(i % 3000);
}

bool isNull(const Pages& pages, int i)
{
    return pages.nulls && (i % 7 == 3 || (i > 20'000 && i < 45'000));
}

std::shared_ptr<arrow::Array> texts(const Pages& pages, std::string (*at)(int), bool nulls)
{
    const auto fill = [&](auto builder) {
        for (int i = 0; i < kTexts; ++i)
            if (!(nulls && isNull(pages, i) ? builder.AppendNull() : builder.Append(at(i))).ok())
                qFatal("no room for a text");
        return *builder.Finish();
    };
    return pages.large ? fill(arrow::LargeStringBuilder()) : fill(arrow::StringBuilder());
}

void writeTexts(const std::string& path, const Pages& pages)
{
    const auto inputs = texts(pages, inputAt, false), targets = texts(pages, targetAt, true);
    const auto schema = arrow::schema({arrow::field("input", inputs->type(), !pages.required), arrow::field("target", targets->type(), !pages.required)});
    parquet::WriterProperties::Builder how;
    how.compression(pages.packed)->data_pagesize(pages.pageBytes)->dictionary_pagesize_limit(pages.dictionaryBytes)->write_batch_size(100);
    how.data_page_version(pages.second ? parquet::ParquetDataPageVersion::V2 : parquet::ParquetDataPageVersion::V1);
    if (!pages.dictionary)
        how.disable_dictionary();
    const auto out = *arrow::io::FileOutputStream::Open(path);
    if (!parquet::arrow::WriteTable(*arrow::Table::Make(schema, {inputs, targets}), arrow::default_memory_pool(), out, kTexts, how.build()).ok() || !out->Close().ok())
        qFatal("the file can't be written");
}

// Record batches of these sizes, as a file or as a stream without an index.
void writeArrow(const std::string& path, const QList<int>& batches, bool stream)
{
    const auto out = *arrow::io::FileOutputStream::Open(path);
    const auto schema = rowsOf(0, 1)->schema();
    const auto writer = stream ? *arrow::ipc::MakeStreamWriter(out, schema) : *arrow::ipc::MakeFileWriter(out, schema);
    int at = 0;
    for (const int rows : batches) {
        if (!writer->WriteRecordBatch(**rowsOf(at, at + rows)->CombineChunksToBatch()).ok())
            qFatal("a batch can't be written");
        at += rows;
    }
    if (!writer->Close().ok() || !out->Close().ok())
        qFatal("the file can't be closed");
}

}  // namespace

Q_DECLARE_METATYPE(Pages)

/// Row groups and record batches of every size: small ones that are read several at once, and ones that are too large to be
/// unpacked whole; texts that are read from their pages.
class TablePiecesTest : public QObject {
    Q_OBJECT

private slots:
    void everyRowComesOnceAndInOrder_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QList<int>>("groups");
        QTest::newRow("a row group that is too large") << u"a.parquet"_s << QList<int>{140'000};
        QTest::newRow("small row groups") << u"a.parquet"_s << QList<int>(300, 7);
        QTest::newRow("small ones around large ones") << u"a.parquet"_s << QList<int>{5, 140'000, 10, 10, 10, 135'000, 1};
        QTest::newRow("as many as are read at once") << u"a.parquet"_s << QList<int>{60'000, 60'000, 60'000, 131'072, 2};
        for (const QString& name : {u"a.arrow"_s, u"stream.arrow"_s}) {
            QTest::addRow("batches of %s", qPrintable(name)) << name << QList<int>{1, 40'000, 3, 2, 1, 1, 9'000};
            QTest::addRow("batches of %s that end with a slice", qPrintable(name)) << name << QList<int>{4096, 8192, 16'384, 4097, 8193, 16'385, 32'769, 1};
        }
    }

    void everyRowComesOnceAndInOrder()
    {
        QFETCH(QString, name);
        QFETCH(QList<int>, groups);
        const QTemporaryDir folder;
        const std::string path = folder.filePath(name).toStdString();
        if (name.endsWith(u".parquet"))
            writeParquet(path, groups);
        else
            writeArrow(path, groups, name.startsWith(u"stream"));
        const int all = std::accumulate(groups.begin(), groups.end(), 0);
        std::string hash;
        for (const int threads : {1, 4}) {
            Result<OpenFile> file = openFile(path, {});
            QVERIFY(file);
            test::How how;
            how.threads = threads;
            const test::Got got = test::readOpened({*std::move(file)}, how);
            QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
            QCOMPARE(got.issues.size(), 0U);
            QCOMPARE(std::ssize(got.rows), all);
            for (int i = 0; i < all; ++i) {
                const Row& row = got.rows[static_cast<std::size_t>(i)];
                if (row.line != i + 1 || row.input != "text number " + std::to_string(i) || row.target != (i % 3 ? "yes" : "no"))
                    QFAIL(qPrintable(u"row %1 is line %2: %3"_s.arg(i).arg(row.line).arg(QString::fromStdString(row.input))));
            }
            QVERIFY(hash.empty() || got.hash == hash);
            hash = got.hash;
        }
    }

    void aLargeRowGroupWithNumbersIsReadBatchByBatch()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(u"a.parquet"_s).toStdString();
        writeParquet(path, {140'000, 3});
        ReadOptions options;
        options.columns = {{"input", "text"}, {"target", "id"}};
        const test::Got got = test::readOpened({*openFile(path, options)}, {});
        QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
        QCOMPARE(std::ssize(got.rows), 140'003);
        for (int i = 0; i < 140'003; ++i)
            if (const Row& row = got.rows[static_cast<std::size_t>(i)]; row.line != i + 1 || row.target != std::to_string(i))
                QFAIL(qPrintable(u"row %1 is line %2: %3"_s.arg(i).arg(row.line).arg(QString::fromStdString(row.target))));
    }

    void textsAreReadFromTheirPagesHoweverTheyAreWritten_data()
    {
        QTest::addColumn<Pages>("pages");
        using Codec = arrow::Compression;
        QTest::newRow("as usual") << Pages{};
        QTest::newRow("nothing packed") << Pages{.packed = Codec::UNCOMPRESSED};
        QTest::newRow("Zstandard, no dictionary") << Pages{.packed = Codec::ZSTD, .dictionary = false};
        QTest::newRow("gzip, small pages") << Pages{.packed = Codec::GZIP, .pageBytes = 3000};
        QTest::newRow("the second version") << Pages{.second = true};
        QTest::newRow("the second version, with nothing here and there") << Pages{.second = true, .nulls = true};
        QTest::newRow("the second version, nothing packed") << Pages{.packed = Codec::UNCOMPRESSED, .second = true, .nulls = true};
        QTest::newRow("nothing here and there") << Pages{.pageBytes = 5000, .nulls = true};
        QTest::newRow("nothing here and there, without dictionary") << Pages{.dictionary = false, .nulls = true};
        QTest::newRow("something everywhere") << Pages{.required = true};
        QTest::newRow("something everywhere, the second version") << Pages{.second = true, .required = true};
        QTest::newRow("a dictionary that was given up") << Pages{.dictionaryBytes = 20'000, .pageBytes = 10'000};
        QTest::newRow("long offsets") << Pages{.large = true};
    }

    void textsAreReadFromTheirPagesHoweverTheyAreWritten()
    {
        QFETCH(Pages, pages);
        const QTemporaryDir folder;
        const std::string path = folder.filePath(u"a.parquet"_s).toStdString();
        writeTexts(path, pages);
        std::string hash;
        for (const auto& [threads, memory] : {std::pair(1, 160 << 20), std::pair(3, 0)}) {  // held, and put away on the disk
            test::How how;
            how.threads = threads;
            how.inMemory = static_cast<std::size_t>(memory);
            const test::Got got = test::readOpened({*openFile(path, {})}, how);
            QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
            std::size_t row = 0, issue = 0;
            for (int i = 0; i < kTexts; ++i) {
                if (isNull(pages, i)) {
                    QVERIFY(issue < got.issues.size());
                    QCOMPARE(got.issues[issue].line, i + 1);
                    QVERIFY(got.issues[issue++].reason == Reason::Type);
                    continue;
                }
                QVERIFY(row < got.rows.size());
                const Row& one = got.rows[row++];
                if (one.line != i + 1 || one.input != inputAt(i) || one.target != targetAt(i))
                    QFAIL(qPrintable(u"row %1 is line %2: %3"_s.arg(i).arg(one.line).arg(QString::fromStdString(one.input))));
            }
            QCOMPARE(row, got.rows.size());
            QCOMPARE(issue, got.issues.size());
            QVERIFY(hash.empty() || got.hash == hash);
            hash = got.hash;
        }
    }

    void aTextThatIsNoneIsToldWithItsLine()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(u"a.parquet"_s).toStdString();
        for (const bool dictionary : {false, true}) {
            writeTexts(path, {.packed = arrow::Compression::UNCOMPRESSED, .dictionary = dictionary, .dictionaryBytes = 64 << 20});
            QFile file(QString::fromStdString(path));
            QVERIFY(file.open(QIODevice::ReadWrite));
            const qsizetype at = file.readAll().indexOf("number 54321");
            QVERIFY(at > 0 && file.seek(at) && file.write("\xff") == 1);
            file.close();
            const test::Got got = test::readOpened({*openFile(path, {})}, {});
            QVERIFY2(!got.error, got.error ? got.error->detail.c_str() : "");
            QCOMPARE(got.issues.size(), 1U);
            QCOMPARE(got.issues.front().line, 54'322);
            QVERIFY(got.issues.front().reason == Reason::Encoding);
            QCOMPARE(std::ssize(got.rows), kTexts - 1);
        }
    }
};

QTEST_APPLESS_MAIN(TablePiecesTest)
#include "tst_tablepieces.moc"
