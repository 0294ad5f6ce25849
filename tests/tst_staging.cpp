#include "engine/data/staging.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold::data;

namespace {

constexpr int kBlocks = 12, kLines = 700;

enum class Lying { Kept, Held, InTheFile };

std::string targetAt(int block, int line)
{
    return "target " + std::to_string(block) + "/" + std::string(static_cast<std::size_t>(line % 90), 'x') + std::to_string(line);
}

// Every third line is no row, and of block 5 but the last one is.
bool isRow(int block, int line)
{
    return block == 5 ? line == kLines : line % 3 != 0;
}

std::string textOf(int block)
{
    std::string text = "input";
    for (int line = 1; line <= kLines; ++line)
        text += targetAt(block, line);
    return text;
}

// A block whose targets lie there. `text` is its part of the file.
void fill(StagedBlock& staged, int block, Lying lying, const std::string& text, std::int64_t from)
{
    staged.clear();
    if (lying != Lying::Kept) {
        staged.rows.source = text;
        staged.sourceSize = text.size();
    }
    if (lying == Lying::InTheFile)
        staged.from = from;
    if (lying == Lying::Held) {
        staged.held = std::make_shared<char[]>(text.size() + TextsView::kPadding);
        std::copy(text.begin(), text.end(), staged.held.get());
        staged.rows.source = {staged.held.get(), text.size()};
    }
    std::size_t at = 5;
    const std::string_view source = lying == Lying::Kept ? std::string_view(text) : staged.rows.source;
    for (int line = 1; line <= kLines; ++line) {
        const std::size_t size = targetAt(block, line).size();
        if (isRow(block, line)) {
            staged.rows.add(staged.rows.input, source.substr(0, 5));
            staged.rows.add(staged.rows.target, line == 1 ? std::string_view("made") : source.substr(at, size));
            staged.rows.add(staged.rows.group, {});
            staged.rows.lines.push_back(static_cast<std::uint32_t>(line));
            staged.splits.push_back(0);
            staged.hashes.push_back(static_cast<std::uint64_t>(line));
        }
        at += size;
    }
}

}  // namespace

class StagingTest : public QObject {
    Q_OBJECT

private slots:
    void anyRowsTargetIsFoundWhereverItLies_data()
    {
        QTest::addColumn<Lying>("lying");
        QTest::addColumn<int>("inMemory");
        for (const int inMemory : {0, 200'000, 64 << 20}) {
            QTest::addRow("kept, %d in memory", inMemory) << Lying::Kept << inMemory;
            QTest::addRow("held, %d in memory", inMemory) << Lying::Held << inMemory;
            QTest::addRow("in the file, %d in memory", inMemory) << Lying::InTheFile << inMemory;
        }
    }

    void anyRowsTargetIsFoundWhereverItLies()
    {
        QFETCH(Lying, lying);
        QFETCH(int, inMemory);
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"rows"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        Staging staging(folder.path().toStdString(), static_cast<std::size_t>(inMemory));
        StagedBlock staged;
        for (int block = 0; block < kBlocks; ++block) {
            const std::string text = textOf(block);
            fill(staged, block, lying, text, file.pos());
            QVERIFY(file.write(text.data(), static_cast<qint64>(text.size())) > 0);
            QVERIFY(staging.add(staged, block * kLines));
        }
        QVERIFY(file.flush());
        staging.readAgain(0, file.fileName().toStdString(), *markOf(file.handle()));
        std::string target;
        for (int line = 1; line <= kLines; ++line)
            for (int block = 0; block < kBlocks; ++block) {
                QVERIFY(staging.targetAt(0, block * kLines + line, target));
                const std::string expected = !isRow(block, line) ? "" : line == 1 ? "made" : targetAt(block, line);
                if (target != expected)
                    QFAIL(qPrintable(u"block %1, line %2: “%3”"_s.arg(block).arg(line).arg(QString::fromStdString(target))));
            }
        QVERIFY(staging.targetAt(0, kBlocks * kLines + 1, target));
        QVERIFY(target.empty());
        QVERIFY(staging.targetAt(1, 1, target));
        QVERIFY(target.empty());
    }
};

QTEST_APPLESS_MAIN(StagingTest)
#include "tst_staging.moc"
