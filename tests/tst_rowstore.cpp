#include "engine/data/leaks.h"
#include "engine/data/rowstore.h"

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
};

QTEST_APPLESS_MAIN(RowStoreTest)
#include "tst_rowstore.moc"
