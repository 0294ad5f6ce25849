#include "engine/core/hash.h"
#include "engine/data/pipeline.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

class PipelineTest : public QObject {
    Q_OBJECT

private slots:
    void theFileIsToldByTheHashOfItsBytes_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("threads");
        QTest::newRow("one block") << 3 << 2;
        QTest::newRow("many blocks, one thread") << 50'000 << 1;
        QTest::newRow("many blocks") << 50'000 << 4;
    }

    void theFileIsToldByTheHashOfItsBytes()
    {
        QFETCH(int, rows);
        QFETCH(int, threads);
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"rows.csv"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("input,target\n");
        for (int i = 0; i < rows; ++i)
            file.write("\"text, of row " + QByteArray::number(i) + QByteArray(50, 'x') + "\"," + (i % 2 ? "yes" : "no") + "\n");
        file.close();
        const auto opened = openFile(file.fileName().toStdString(), {});
        QVERIFY(opened);
        std::size_t read = 0;
        const auto made = [&](MadeBlock& block) -> Result<void> {
            read += block.keys.size();
            return {};
        };
        const Result<PipelineRead> all = runPipeline(*opened, 0, Split::Train, LabelBook({}, {}, false), threads, made, {}, {});
        QVERIFY2(all, all ? "" : all.error().detail.c_str());
        QCOMPARE(read, std::size_t(rows));
        QCOMPARE(all->lines, std::int64_t{rows} + 1);
        QCOMPARE(all->bytes, std::int64_t{file.size()});
        QCOMPARE(all->hash, "blake3:" + *contentHashOfFile(file.fileName().toStdString()));
    }
};

QTEST_APPLESS_MAIN(PipelineTest)
#include "tst_pipeline.moc"
