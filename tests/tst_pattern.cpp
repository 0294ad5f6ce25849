#include "engine/text/normaliser.h"
#include "engine/text/pattern.h"
#include "engine/text/splitter.h"
#include "engine/text/wordcache.h"

#include <QTest>

using namespace taskfold;

namespace {

using Pieces = std::vector<std::string>;

Pieces piecesOf(Pattern pattern, std::string_view text)
{
    PaddedText padded;
    padded.append(text);
    std::vector<std::string_view> pieces;
    splitByPattern(pattern, padded.finish(), pieces);
    return {pieces.begin(), pieces.end()};
}

}  // namespace

class PatternTest : public QObject {
    Q_OBJECT

private slots:
    void contractionsAreCutOff()
    {
        QCOMPARE(piecesOf(Pattern::Gpt2, "it'll IT'LL 's"), (Pieces{"it", "'ll", " IT", "'", "LL", " '", "s"}));
        QCOMPARE(piecesOf(Pattern::Llama3, "it'll IT'LL 's"), (Pieces{"it", "'ll", " IT", "'LL", " '", "s"}));
    }

    void withoutRegardToCaseTheLongSIsAnS()
    {
        QCOMPARE(piecesOf(Pattern::Llama3, "a'\u017Fx"), (Pieces{"a", "'\u017F", "x"}));
        QCOMPARE(piecesOf(Pattern::Gpt2, "a'\u017Fx"), (Pieces{"a", "'", "\u017Fx"}));
    }

    void numbersSpacesAndLinesAreCutAsTheFamilyDoes()
    {
        QCOMPARE(piecesOf(Pattern::Gpt2, "12345  a\n\n b"), (Pieces{"12345", " ", " a", "\n\n", " b"}));
        QCOMPARE(piecesOf(Pattern::Llama3, "12345  a\n\n b"), (Pieces{"123", "45", " ", " a", "\n\n", " b"}));
        QCOMPARE(piecesOf(Pattern::Qwen2, "12 ..\n x \n\t y  "), (Pieces{"1", "2", " ..\n", " x", " \n", "\t", " y", "  "}));
        QCOMPARE(piecesOf(Pattern::Tekken, "helloWorld ABc/\n"), (Pieces{"hello", "World", " ABc", "/\n"}));
    }

    void charactersYoungerThanTheReferencesTablesAreLeftAlone()
    {
        const Normaliser compatible({{NormaliserStep::Kind::Nfkc}});
        std::string out;
        QVERIFY(!compatible.leaves("\uFB01", TextPart::Whole, out));
        QCOMPARE(out, std::string("fi"));
        QVERIFY(compatible.leaves("\u32FF", TextPart::Whole, out));  // of Unicode 12.1
    }

    void aWordAndTheSameWithAZeroBehindItAreTwo()
    {
        const std::string text("ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19);
        const auto key = [&](std::size_t bytes) { return WordCache::keyOf(std::string_view(text).substr(0, bytes)); };
        QVERIFY(key(2).high != key(3).high);
        QVERIFY(key(2).low == key(3).low);
    }
};

QTEST_APPLESS_MAIN(PatternTest)
#include "tst_pattern.moc"
