#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>

#include "engine/data/sources.h"
#include "support/intake.h"
#include "support/packed.h"

#include <QTemporaryDir>
#include <QTest>

#include <zip.h>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

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

}  // namespace

/// Parquet and Arrow files as other programs leave them.
class OddTablesTest : public QObject {
    Q_OBJECT

private slots:
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
        const test::Got packed = test::readText(u"train.parquet.gz"_s, test::gzipped(QByteArray::fromStdString(bytes)));
        QCOMPARE(packed.rows.size(), 300U);
    }
};

QTEST_APPLESS_MAIN(OddTablesTest)
#include "tst_oddtables.moc"
