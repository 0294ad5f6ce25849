#include "engine/data/documents.h"

#include <QTest>

using namespace taskfold;
using namespace taskfold::data;

namespace {

ScriptCount mostlyLatin()
{
    ScriptCount scripts;
    for (int i = 0; i < 100; ++i)
        scripts.add("a corpus of ordinary sentences about this and that");
    scripts.add("Несколько слов");  // under two letters in a hundred
    return scripts;
}

}  // namespace

/// Which documents are too poor to learn from, and why.
class DocumentsTest : public QObject {
    Q_OBJECT

private slots:
    void poorDocumentsAreNamed_data()
    {
        QTest::addColumn<QByteArray>("document");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("an ordinary one") << QByteArray("The train leaves at ten, and nobody knows why.") << QByteArray();
        QTest::newRow("eight letters") << QByteArray("only nine") << QByteArray("only 8 letters");
        QTest::newRow("nine letters") << QByteArray("just these") << QByteArray("only 9 letters");
        QTest::newRow("enough of them") << QByteArray("just these two") << QByteArray();
        QTest::newRow("a few characters of Chinese, which say more") << QByteArray("火车十点开") << QByteArray("it is written in another script than the corpus");
        QTest::newRow("symbols") << QByteArray("abcdefghijkl {}[]()<>|#@!%$^&*") << QByteArray("more symbols than letters");
        QTest::newRow("as many symbols as letters") << QByteArray("abcdefghijkl {}[]()<>|#@!") << QByteArray();
        QTest::newRow("one more") << QByteArray("abcdefghijkl {}[]()<>|#@!%") << QByteArray("more symbols than letters");
        QTest::newRow("another script") << QByteArray("Несколько слов о том и о сём") << QByteArray("it is written in another script than the corpus");
        QTest::newRow("repeated lines") << QByteArray("buy it now\nbuy it now\nbuy it now\nbuy it now\nthe end\n") << QByteArray("more than half of its lines are repeated");
        QTest::newRow("half of the lines repeated") << QByteArray("buy it now\nbuy it now\nbuy it now\nthe end\n") << QByteArray();
        QTest::newRow("three lines are too few to tell") << QByteArray("buy it now\nbuy it now\nbuy it now\n") << QByteArray();
    }

    void poorDocumentsAreNamed()
    {
        QFETCH(QByteArray, document);
        QFETCH(QByteArray, why);
        QCOMPARE(QByteArray::fromStdString(poorness(document.toStdString(), mostlyLatin())), why);
    }

    void scriptsAreCountedInPartsAsAtOnce()
    {
        ScriptCount one, other, all;
        for (const char* text : {"abc", "где", "漢字かな", "한글"}) {
            all.add(text);
            (text[0] == 'a' ? one : other).add(text);
        }
        one.add(other);
        for (const Script script : {Script::Latin, Script::Cyrillic, Script::Han, Script::Kana, Script::Hangul, Script::Greek})
            QCOMPARE(one.share(script), all.share(script));
        QCOMPARE(all.share(Script::Latin), 3.0 / 12);
        QCOMPARE(mainScript("abc где где"), Script::Cyrillic);
        QCOMPARE(mainScript("1234 !?"), Script::Other);
    }
};

QTEST_APPLESS_MAIN(DocumentsTest)
#include "tst_documents.moc"
