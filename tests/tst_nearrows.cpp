#include "engine/core/random.h"
#include "engine/data/nearrows.h"

#include <QTest>

using namespace taskfold;
using namespace taskfold::data;

class NearRowsTest : public QObject {
    Q_OBJECT

private slots:
    void similarityIsJaccardOfFiveGrams()
    {
        QCOMPARE(similarity("abcdef", "abcdef"), 1.0);
        QCOMPARE(similarity("Hello  World", "hello world"), 1.0);
        // abcdefghij has six 5-grams, abcdefghik shares five of them: 5 / 7.
        QVERIFY(similarity("abcdefghij", "abcdefghik") < kNear);
        const std::string a = "abcdefghijklmnopqrstuvwxyz0123456789", b = a + "!";
        QCOMPARE(similarity(a, b), 32.0 / 33.0);
    }

    void nearlyAllPlantedPairsAreFoundAndNoOthers_data()
    {
        QTest::addColumn<int>("threads");
        QTest::newRow("one thread") << 1;
        QTest::newRow("three threads") << 3;
    }

    void nearlyAllPlantedPairsAreFoundAndNoOthers()
    {
        QFETCH(int, threads);
        Random random{3};
        std::vector<std::string> texts;
        std::vector<int> planted;
        for (int i = 0; i < 3000; ++i) {
            if (i % 10 == 9) {
                planted.push_back(i);
                texts.push_back(texts[std::size_t(i) - 1 - random.next() % 5] + "?");
                continue;
            }
            std::string text;
            for (int word = 0; word < 9; ++word)
                text += std::to_string(random.next() % 100000) + " ";
            texts.push_back(text);
        }
        NearSearch search;
        search.count = std::int64_t(texts.size());
        search.threads = threads;
        search.textAt = [&](std::int64_t i) -> std::string_view { return texts[std::size_t(i)]; };
        const auto pairs = nearPairs(search, {});
        QVERIFY(pairs);
        QCOMPARE(pairs->size(), planted.size());
        for (std::size_t i = 0; i < planted.size(); ++i) {
            QCOMPARE(pairs->at(i).row, planted[i]);
            QVERIFY(pairs->at(i).similarity >= kNear);
            QVERIFY(pairs->at(i).twin >= planted[i] - 6 && pairs->at(i).twin < planted[i]);
        }
    }

    void onlyRowsBehindTheReferencesAreHeldAgainstThem()
    {
        const std::vector<std::string> texts{"a sentence that is held out here", "a sentence that is held out here.", "a sentence that is held out here!", "another one altogether"};
        NearSearch search;
        search.count = 4;
        search.references = 2;
        search.textAt = [&](std::int64_t i) -> std::string_view { return texts[std::size_t(i)]; };
        const auto pairs = nearPairs(search, {});
        QVERIFY(pairs);
        QCOMPARE(pairs->size(), 1U);
        QCOMPARE(pairs->front().row, 2);
    }
};

QTEST_APPLESS_MAIN(NearRowsTest)
#include "tst_nearrows.moc"
