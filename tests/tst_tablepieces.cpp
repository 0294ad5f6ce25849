#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/writer.h>

#include "support/intake.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

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

/// Row groups and record batches of every size: small ones that are read several at once, and ones that are too large to be
/// unpacked whole.
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
};

QTEST_APPLESS_MAIN(TablePiecesTest)
#include "tst_tablepieces.moc"
