#include "engine/data/pipeline.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

class LongRecordsTest : public QObject {
    Q_OBJECT

private slots:
    void onlySomeBytesAreReadAheadHoweverManyThreadsWait()
    {
        constexpr std::int64_t kRecord = 12 << 20, kBound = 32 << 20;
        constexpr int kRecords = 10;
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"long.jsonl"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < kRecords; ++i)
            file.write("{\"input\": \"" + QByteArray::number(i) + QByteArray(kRecord, 'x') + "\", \"target\": \"a\"}\n");
        file.close();
        const auto opened = openFile(file.fileName().toStdString(), {});
        QVERIFY(opened);
        std::vector<std::int64_t> read;  // by block, before it was done
        std::size_t rows = 0;
        const auto made = [&](MadeBlock& block) -> Result<void> {
            if (rows == 0)
                QThread::msleep(400);  // the others could read all of it
            rows += block.keys.size();
            return {};
        };
        const auto told = [&](std::int64_t done, std::int64_t) { read.push_back(done); };
        const Result<PipelineRead> all = runPipeline(*opened, 0, Split::Train, LabelBook({}, {}, false), 8, made, told, {});
        QVERIFY2(all, all ? "" : all.error().detail.c_str());
        QCOMPARE(rows, std::size_t{kRecords});
        QVERIFY(!read.empty());
        QVERIFY2(read.front() < kBound + 3 * kRecord, qPrintable(u"%1 bytes"_s.arg(read.front())));
    }
};

QTEST_APPLESS_MAIN(LongRecordsTest)
#include "tst_longrecords.moc"
