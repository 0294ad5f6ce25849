#include "engine/core/random.h"
#include "engine/data/heldouttexts.h"
#include "engine/data/leaksearch.h"
#include "engine/data/rowlist.h"
#include "engine/data/rowstore.h"
#include "engine/data/rowswriter.h"
#include "engine/data/sortedruns.h"
#include "support/codeof.h"
#include "support/peak.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>
#include <numeric>
#include <stdexcept>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

std::vector<Row> someRows()
{
    return {{1, "one", "a", {}, {}}, {3, "zwei\nlines", "ü", {"x", "y"}, "g"}, {9, "", "none", {}, {}}};
}

}  // namespace

class RowStoreTest : public QObject {
    Q_OBJECT

private slots:
    void rowsComeBackAsTheyWere()
    {
        const QTemporaryDir folder;
        const Result<std::string> hash = writeRows(folder.path().toStdString(), someRows());
        QVERIFY(hash);
        QVERIFY(*readRows(folder.path().toStdString(), *hash) == someRows());
        QVERIFY(verifyRows(folder.path().toStdString(), *hash));
    }

    void theNameIsTheContentsHash()
    {
        const QTemporaryDir folder;
        std::vector<Row> rows = someRows();
        const auto one = writeRows(folder.path().toStdString(), rows);
        const auto same = writeRows(folder.path().toStdString(), rows);
        rows[1].references.pop_back();
        const auto other = writeRows(folder.path().toStdString(), rows);
        QCOMPARE(*one, *same);
        QVERIFY(*one != *other);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 2);
    }

    void changedAndCutFilesAreFound()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const std::string hash = *writeRows(path, someRows());
        QFile file(QString::fromStdString(rowsPath(path, hash).string()));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const qsizetype at = bytes.indexOf("zwei");
        QVERIFY(at > 0);
        bytes[at] = 'Z';
        file.seek(0);
        file.write(bytes);
        file.close();
        QCOMPARE(verifyRows(path, hash).error().code, ErrorCode::Damaged);
        for (const qsizetype length : {bytes.size() - 1, bytes.size() / 2, qsizetype{40}, qsizetype{0}}) {
            QVERIFY(file.open(QIODevice::ReadWrite));
            file.resize(length);
            file.close();
            QVERIFY(!readRows(path, hash));
        }
        QCOMPARE(readRows(path, std::string(64, 'a')).error().code, ErrorCode::NotFound);
        QCOMPARE(readRows(path, "../../etc/passwd").error().code, ErrorCode::Damaged);
    }

    void trainingRowsOfAnyTestAreFoundWithTheirTwin()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const auto open = [&](const std::vector<Row>& rows) { return *RowFile::open(path, *writeRows(path, rows)); };
        const RowFile held = open({{12, "shared", "a", {}, {}}});
        LeakSearch search(path, held.size());
        QVERIFY(search.addHeldOut(2, held, {}));
        QVERIFY(search.addTraining(5, open({{1, "mine", "a", {}, {}}, {7, "shared", "b", {}, {}}}), {}));
        std::vector<std::array<std::int64_t, 4>> found;
        const auto told = [&](const LeakSearch::Place& row, const LeakSearch::Place& twin) -> Result<void> {
            found.push_back({static_cast<std::int64_t>(row.number), row.line, static_cast<std::int64_t>(twin.number), twin.line});
            return {};
        };
        QVERIFY(search.find(told, {}));
        QVERIFY(found == (std::vector<std::array<std::int64_t, 4>>{{5, 7, 2, 12}}));
    }

    // A form begins most of them, as it does with instructions; others are short, or hold a shorter one.
    void heldOutTextsAreFoundInDocumentsHoweverManyThereAre()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        std::vector<Row> rows{{1, "ok", "x", {}, {}}};
        for (int i = 0; i < 20'000; ++i)
            rows.push_back({i + 10, "Say in one word what the customer wants: " + std::string(static_cast<std::size_t>(i % 40), 'x') + std::to_string(i * 7919) + (i % 2 ? " please" : "?"), "x", {}, {}});
        const RowFile file = *RowFile::open(path, *writeRows(path, rows));
        for (const std::size_t inMemory : {std::size_t{500}, std::size_t{1} << 20}) {
            HeldOutTexts texts(path, file.size(), inMemory);
            QVERIFY(texts.add("t/test", file, {}));
            QVERIFY(texts.settle());
            QCOMPARE(texts.heldIn("ok"), std::string("t/test line 1"));
            QCOMPARE(texts.heldIn("ok then"), std::string());
            QCOMPARE(texts.heldIn("Say in one word what the customer wants: nothing that is there"), std::string());
            for (std::size_t i = 1; i < rows.size(); i += 97) {
                const std::string place = "t/test line " + std::to_string(rows[i].line);
                QCOMPARE(texts.heldIn(rows[i].input), place);
                QCOMPARE(texts.heldIn("Somebody wrote: \"" + rows[i].input + "\" and so on"), place);
                QCOMPARE(texts.heldIn("a line\n" + rows[i].input), place);
                QCOMPARE(texts.heldIn("x" + rows[i].input), std::string());
                QCOMPARE(texts.heldIn(rows[i].input.substr(0, rows[i].input.size() - 1)), std::string());
            }
        }
    }

    // Several batches, texts that begin alike, and letters of both cases.
    void rowsAreSearchedAndSortedWhole()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        std::vector<Row> rows;
        for (int i = 0; i < 40'000; ++i) {
            const std::string number = std::to_string(i * 7919 % 40'000 + 100'000);
            rows.push_back({i + 1, (i % 2 ? "The same long beginning of " : "the SAME long beginning of ") + number + std::string(static_cast<std::size_t>(i % 5), '!'), "t" + std::to_string(i % 3), {}, {}});
        }
        const RowFile file = *RowFile::open(path, *writeRows(path, rows));
        QVERIFY(file.parts() > 1);
        const auto make = [&](const RowListQuery& query) { return RowList::make(file, query, path, {}); };
        RowListQuery query;
        query.order = RowListOrder::Input;
        const auto sorted = make(query);
        QVERIFY(sorted);
        QCOMPARE(sorted->size(), 40'000);
        std::string last;
        for (std::int64_t place = 0; place < sorted->size(); place += 7) {
            std::string text(file.input(*sorted->at(place)));
            std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            QVERIFY2(last < text, text.c_str());
            last = text;
        }
        query.words = {"SAME", "t1"};
        query.lines = [](std::int64_t line) { return line > 100; };
        query.order = RowListOrder::File;
        const auto found = make(query);
        std::int64_t expected = 0, at = 0;
        for (std::int64_t i = 100; i < 40'000; ++i)
            expected += i % 3 == 1 ? 1 : 0;
        QCOMPARE(found->size(), expected);
        for (std::int64_t i = 100; i < 40'000; ++i)
            if (i % 3 == 1)
                QCOMPARE(*found->at(at++), i);
        query = {};
        query.order = RowListOrder::Length;
        const auto byLength = make(query);
        QVERIFY(file.input(*byLength->at(0)).size() < file.input(*byLength->at(39'999)).size());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(test::codeOf(RowList::make(file, query, path, stop.get_token())), std::optional(ErrorCode::Cancelled));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    // More of them than are looked at one by one, with ends at every place of a key, and others that go on behind them.
    void rowsThatBeginAlikeAreSortedByTheirRestHoweverManyThereAre()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        std::vector<Row> rows;
        Random random{3};
        for (int i = 0; i < 30'000; ++i) {
            std::string text(random.next() % 60 + 1, 'a');
            if (random.next() % 3 == 0)
                text += random.next() % 2 ? "B" : "b";
            if (random.next() % 3 == 0)
                text += std::string(random.next() % 30, 'A') + static_cast<char>('x' + random.next() % 3);
            rows.push_back({i + 1, text, i % 2 ? std::string(24, 'L') : std::string(24, 'l') + (i % 4 ? "" : std::string(30, 'm')), {}, {}});
        }
        const RowFile file = *RowFile::open(path, *writeRows(path, rows));
        for (const RowListOrder order : {RowListOrder::Input, RowListOrder::Target}) {
            std::vector<std::int64_t> expected(rows.size());
            std::iota(expected.begin(), expected.end(), 0);
            const auto folded = [&](std::int64_t i) {
                std::string text = order == RowListOrder::Input ? rows[static_cast<std::size_t>(i)].input : rows[static_cast<std::size_t>(i)].target;
                std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                return text;
            };
            std::stable_sort(expected.begin(), expected.end(), [&](std::int64_t a, std::int64_t b) { return folded(a) < folded(b); });
            RowListQuery query;
            query.order = order;
            const auto sorted = RowList::make(file, query, path, {});
            for (std::size_t i = 0; i < expected.size(); ++i)
                QCOMPARE(*sorted->at(static_cast<std::int64_t>(i)), expected[i]);
        }
    }

    // Runs that are read in one piece, and runs that are read piece by piece.
    void sortedRunsComeTogetherInOrder_data()
    {
        QTest::addColumn<int>("inMemory");
        QTest::addColumn<int>("loads");
        QTest::newRow("many short runs") << 1000 << 70;
        QTest::newRow("long runs") << 50'000 << 900;
        QTest::newRow("none on the disk") << 1'000'000 << 70;
    }

    void sortedRunsComeTogetherInOrder()
    {
        QFETCH(int, inMemory);
        QFETCH(int, loads);
        const QTemporaryDir folder;
        SortedRuns<std::uint64_t, std::less<>> runs(folder.path().toStdString(), static_cast<std::size_t>(inMemory));
        Random random{5};
        std::vector<std::uint64_t> all;
        for (int load = 0; load < loads; ++load) {
            std::vector<std::uint64_t> values;
            for (int i = 0; i < 333; ++i)
                values.push_back(random.next());
            all.insert(all.end(), values.begin(), values.end());
            QVERIFY(runs.add(values));
        }
        std::sort(all.begin(), all.end());
        QVERIFY(runs.begin());
        for (const std::uint64_t value : all) {
            if (!runs.front() || *runs.front() != value || !runs.pop())
                QFAIL("a value is missing or out of order");
        }
        QVERIFY(!runs.front());
    }

    // Two of 40 batches, which are checked when they are opened: splits of many tasks are open at once.
    void filesOfMiddlingSizeAreNotKeptInMemory()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        RowsWriter writer(path);
        constexpr int kRows = 40 * 16384;
        for (int i = 0; i < kRows; ++i)
            QVERIFY(writer.add({i + 1, std::string(150, static_cast<char>('a' + i % 26)), "x", {}, {}}));
        Result<UnnamedRows> made = writer.finish();
        QVERIFY(made);
        QVERIFY(made->file->publish(rowsPath(path, made->hash)));
        std::int64_t first = 0, second = 0;
        const double grown = test::peakOf([&] {
            const RowFile one = *RowFile::open(path, made->hash), other = *RowFile::open(path, made->hash);
            one.each([&](std::int64_t i) { return first += static_cast<std::int64_t>(one.input(i).size()); });
            std::mutex mutex;
            other.eachPart([&](std::size_t, std::span<const RowFile::InputLine> rows) {
                const std::lock_guard lock(mutex);
                for (const RowFile::InputLine& row : rows)
                    second += static_cast<std::int64_t>(row.input.size());
            });
        });
        QCOMPARE(first, std::int64_t{150} * kRows);
        QCOMPARE(second, first);
        if (grown < 0)
            QSKIP("the system doesn't let a process measure its peak anew");
        QVERIFY2(grown < 40, qPrintable(QString::number(grown)));  // MiB, of some 200
    }

    // Opening reads no batch; one that is damaged is found by who looks at it.
    void aFileOfManyBatchesIsCheckedWhereItIsLookedAt()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        constexpr int kBatch = 16384, kBatches = 66;
        RowsWriter writer(path);
        for (int i = 0; i < kBatch * kBatches; ++i)
            QVERIFY(writer.add({i + 1, std::string(4, static_cast<char>('a' + i / kBatch % 26)), "x", {}, {}}));
        Result<UnnamedRows> made = writer.finish();
        QVERIFY(made);
        const std::string hash = made->hash;
        QVERIFY(made->file->publish(rowsPath(path, hash)));
        QFile file(QString::fromStdString(rowsPath(path, hash).string()));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 at = file.readAll().indexOf(QByteArray(4 * kBatch, 'j'));
        QVERIFY(at > 0 && file.seek(at));
        file.write(QByteArray(64, '\xFF'));
        file.close();
        const Result<RowFile> opened = RowFile::open(path, hash);
        QVERIFY(opened);
        QCOMPARE(opened->size(), kBatch * kBatches);
        QCOMPARE(opened->line(60 * kBatch), 60 * kBatch + 1);
        QCOMPARE(opened->input(60 * kBatch), std::string_view("iiii"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, opened->input(9 * kBatch));
        QCOMPARE(verifyRows(path, hash).error().code, ErrorCode::Damaged);
    }
};

QTEST_APPLESS_MAIN(RowStoreTest)
#include "tst_rowstore.moc"
