#include "engine/data/leaks.h"
#include "engine/data/rowlist.h"
#include "engine/data/rowstore.h"
#include "support/codeof.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

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

    void trainingRowsOfAnyTestAreMaskedWithTheirTwinsPlace()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const auto open = [&](const std::vector<Row>& rows) { return *RowFile::open(path, *writeRows(path, rows)); };
        HeldOut held;
        held.add("other", Split::Test, open({{12, "shared", "a", {}, {}}}));
        const auto masks = held.masksFor(open({{1, "mine", "a", {}, {}}, {7, "shared", "b", {}, {}}}));
        QCOMPARE(masks.size(), 1U);
        QCOMPARE(masks.at(7), std::string("other/test line 12"));
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
};

QTEST_APPLESS_MAIN(RowStoreTest)
#include "tst_rowstore.moc"
