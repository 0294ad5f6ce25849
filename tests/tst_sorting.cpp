#include "engine/data/twosort.h"

#include <QTest>

#include <limits>
#include <random>
#include <tuple>

using namespace taskfold::data;

namespace {

struct Value {
    std::uint64_t number = 0, rest = 0;

    bool operator==(const Value&) const = default;
};

struct Less {
    static std::uint64_t numberOf(const Value& value) { return value.number; }
    bool operator()(const Value& a, const Value& b) const { return std::tie(a.number, a.rest) < std::tie(b.number, b.rest); }
};

}  // namespace

class SortingTest : public QObject {
    Q_OBJECT

private slots:
    void valuesComeByTheirNumberAndThenByTheRest_data()
    {
        QTest::addColumn<quint64>("from");
        QTest::addColumn<quint64>("range");
        QTest::addColumn<quint64>("apart");
        const quint64 most = std::numeric_limits<quint64>::max();
        QTest::newRow("all the same") << quint64{7} << quint64{0} << quint64{0};
        QTest::newRow("few numbers") << quint64{3} << quint64{5} << quint64{0};
        QTest::newRow("side by side") << quint64{1} << quint64{20'000} << quint64{0};
        QTest::newRow("everywhere") << quint64{0} << most << quint64{0};
        QTest::newRow("at the end") << most - 9 << quint64{9} << quint64{0};
        QTest::newRow("two heaps far apart") << quint64{0} << quint64{999} << (quint64{1} << 60);
    }

    void valuesComeByTheirNumberAndThenByTheRest()
    {
        QFETCH(quint64, from);
        QFETCH(quint64, range);
        QFETCH(quint64, apart);
        std::mt19937_64 random(5);
        for (const std::size_t count : {0, 1, 2, 3, 17, 1'000, 60'000}) {
            std::vector<Value> values(count);
            for (Value& value : values)
                value = {from + (range == std::numeric_limits<quint64>::max() ? random() : random() % (range + 1)) + (random() % 2) * apart, random() % 8};
            std::vector<Value> expected = values, inTwo = values;
            std::sort(expected.begin(), expected.end(), Less());
            sortValues(values, Less());
            sortInTwo(inTwo, Less());
            QVERIFY(values == expected);
            QVERIFY(inTwo == expected);
        }
    }

    void whatHasNoNumberIsSortedToo()
    {
        std::vector<int> values{3, 1, 2};
        sortValues(values, std::less<>());
        QCOMPARE(values, (std::vector<int>{1, 2, 3}));
    }
};

QTEST_APPLESS_MAIN(SortingTest)
#include "tst_sorting.moc"
