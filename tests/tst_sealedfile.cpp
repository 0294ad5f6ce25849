#include "engine/data/sealedfile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::data;

namespace {

constexpr int kPieces = 44;  // of a MiB: the disk is told twice to begin

std::string piece(int number)
{
    return std::string(1 << 20, static_cast<char>('a' + number % 26));
}

}  // namespace

class SealedFileTest : public QObject {
    Q_OBJECT

private slots:
    void aLargeFileIsWholeWhenItHasItsName()
    {
        const QTemporaryDir folder;
        const std::filesystem::path name = folder.filePath(u"whole"_s).toStdString();
        {
            const auto file = SealedFile::make(folder.path().toStdString());
            QVERIFY(file);
            for (int i = 0; i < kPieces; ++i)
                QVERIFY((*file)->write(piece(i)));
            QCOMPARE((*file)->size(), std::int64_t{kPieces} << 20);
            QVERIFY(QDir(folder.path()).isEmpty());
            QVERIFY((*file)->sync());
            QVERIFY((*file)->publish(name));
        }
        QFile found(QString::fromStdString(name.string()));
        QVERIFY(found.open(QIODevice::ReadOnly));
        for (int i = 0; i < kPieces; ++i)
            QCOMPARE(found.read(1 << 20).toStdString(), piece(i));
        QVERIFY(found.atEnd());
    }

    void ofOneThatIsGivenUpNothingIsLeft()
    {
        const QTemporaryDir folder;
        for (const auto make : {&SealedFile::make, &SealedFile::scratch})
            for (const int pieces : {1, 17, kPieces}) {  // also while the disk is being told
                const auto file = make(folder.path().toStdString());
                QVERIFY(file);
                for (int i = 0; i < pieces; ++i)
                    QVERIFY((*file)->write(piece(i)));
                std::string last(1 << 20, '\0');
                QVERIFY((*file)->readAt(std::int64_t{pieces - 1} << 20, last.data(), last.size()));
                QVERIFY(last == piece(pieces - 1));
            }
        QVERIFY(QDir(folder.path()).isEmpty());
    }
};

QTEST_APPLESS_MAIN(SealedFileTest)
#include "tst_sealedfile.moc"
