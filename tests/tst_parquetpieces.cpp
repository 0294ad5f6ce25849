#include <arrow/api.h>
#include <arrow/io/file.h>
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
void write(const std::string& path, const std::vector<int>& groups)
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

}  // namespace

/// Row groups of every size: small ones that are read several at once, and ones that are too large to be unpacked whole.
class ParquetPiecesTest : public QObject {
    Q_OBJECT

private slots:
    void everyRowComesOnceAndInOrder_data()
    {
        QTest::addColumn<QList<int>>("groups");
        QTest::newRow("one that is too large") << QList<int>{140'000};
        QTest::newRow("small ones") << QList<int>(300, 7);
        QTest::newRow("small ones around large ones") << QList<int>{5, 140'000, 10, 10, 10, 135'000, 1};
        QTest::newRow("as many as are read at once") << QList<int>{60'000, 60'000, 60'000, 131'072, 2};
    }

    void everyRowComesOnceAndInOrder()
    {
        QFETCH(QList<int>, groups);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"a.parquet"_s);
        write(path.toStdString(), std::vector<int>(groups.begin(), groups.end()));
        const int all = std::accumulate(groups.begin(), groups.end(), 0);
        std::string hash;
        for (const int threads : {1, 4}) {
            Result<OpenFile> file = openFile(path.toStdString(), {});
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

QTEST_APPLESS_MAIN(ParquetPiecesTest)
#include "tst_parquetpieces.moc"
