#include "engine/data/sealedfile.h"
#include "engine/data/splitwriter.h"
#include "support/peak.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

/// What an import holds on its way, in bytes, whatever the rows are like.
class IntakeBoundsTest : public QObject {
    Q_OBJECT

private slots:
    void batchesOnTheirWayToTheFileAreFewBytesHoweverManyThreadsMakeThem()
    {
        constexpr std::size_t kText = 16 << 20;  // each row is a batch
        constexpr int kRows = 24;
        StagedRows staged;
        staged.add(staged.input, std::string(kText, 'x'));
        staged.add(staged.target, "target");
        staged.add(staged.group, {});
        staged.lines.push_back(1);
        const auto block = std::make_shared<StagedView>();
        block->rows = staged.view();
        const QTemporaryDir folder;
        WorkPool pool(16);
        SplitWriter writer(folder.path().toStdString(), pool);
        std::int64_t kept = 0;
        const double grown = test::peakOf([&] {
            for (int i = 0; i < kRows; ++i)
                QVERIFY(writer.keep(block, 0, i));
            const auto ready = writer.finish();
            QVERIFY(ready);
            kept = ready->version.rowsKept;
        });
        QCOMPARE(kept, std::int64_t{kRows});
        if (grown < 0)
            QSKIP("this system doesn't tell what a part of a program takes");
        QVERIFY2(grown < 128, qPrintable(u"%1 MiB"_s.arg(grown)));
    }

    void blocksThatAreReadBackAreFewBytesHoweverSeldomTheirRowsAreStored()
    {
        constexpr int kBlocks = 256;
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"rows.jsonl"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < kBlocks; ++i) {  // the short row of each block is long in coming to a batch's end
            const QByteArray number = QByteArray::number(i);
            file.write("{\"input\": \"" + number + QByteArray(1'040'000, 'x') + "\", \"target\": \"a\", \"split\": \"train\"}\n");
            file.write("{\"input\": \"" + number + "\", \"target\": \"a\", \"split\": \"validation\"}\n");
        }
        file.close();
        const auto opened = openFile(file.fileName().toStdString(), {});
        QVERIFY(opened);
        QVERIFY(opened->used.columns.contains("split"));
        IntakeSettings settings;
        settings.folder = folder.filePath(u"store"_s).toStdString();
        settings.threads = 2;
        Intake intake(settings);
        QVERIFY(intake.read(*opened, std::nullopt, {}, {}));
        std::int64_t kept = 0;
        const double grown = test::peakOf([&] {
            const auto ready = intake.finish({}, {});
            QVERIFY(ready);
            for (const auto& [split, one] : *ready)
                kept += one.version.rowsKept;
        });
        QCOMPARE(kept, std::int64_t{2 * kBlocks});
        if (grown < 0)
            QSKIP("this system doesn't tell what a part of a program takes");
        QVERIFY2(grown < 192, qPrintable(u"%1 MiB"_s.arg(grown)));
    }
};

QTEST_APPLESS_MAIN(IntakeBoundsTest)
#include "tst_intakebounds.moc"
