#include "engine/core/random.h"
#include "engine/text/template.h"
#include "engine/text/tokenizerparts.h"
#include "engine/train/examples.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>

using namespace taskfold;
using namespace taskfold::train;

namespace {

// A token a letter, and one for two of a kind.
std::unique_ptr<Tokenizer> letters(std::vector<NormaliserStep> normaliser = {}, std::vector<SplitStep> splits = {})
{
    Tokenizer::Parts parts;
    std::int32_t id = 0;
    parts.vocabulary.emplace_back("</s>", id++);
    for (char c = '!'; c <= '~'; ++c)
        parts.vocabulary.emplace_back(std::string(1, c), id++);
    for (const char* more : {" ", "\n", "\u2581"})
        parts.vocabulary.emplace_back(more, id++);
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
        parts.vocabulary.emplace_back(name, id++);
    }
    parts.vocabulary.emplace_back("aa", id++);
    parts.merges = {{"a", "a"}};
    parts.added = {{"</s>", 0, true}};
    parts.byteFallback = true;
    parts.eos = "</s>";
    parts.normaliser = std::move(normaliser);
    parts.splits = std::move(splits);
    auto made = makeTokenizer(std::move(parts));
    if (!made)
        qFatal("%s", made.error().detail.c_str());
    return *std::move(made);
}

std::string word(Random& random, std::size_t most)
{
    std::string text;
    for (std::size_t i = 1 + random.below(most); i > 0; --i)
        text += static_cast<char>('a' + random.below(4));
    return text;
}

std::vector<Row> someRows(std::size_t count, std::size_t longestInput, std::size_t longestTarget)
{
    Random random{11};
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back({static_cast<std::int64_t>(i) + 1, word(random, longestInput), word(random, longestTarget), {}, {}});
    return rows;
}

// Counts how often a row was read.
class CountedRows : public RowSource {
public:
    explicit CountedRows(std::vector<Row> rows) : m_rows(std::move(rows)) { }
    std::size_t size() const override { return m_rows.size(); }
    Row row(std::size_t index) const override
    {
        ++read;
        return m_rows.row(index);
    }
    Lengths lengths(std::size_t index) const override { return m_rows.lengths(index); }

    mutable std::atomic<int> read = 0;

private:
    ListedRows m_rows;
};

Task asking()
{
    Task task;
    task.name = "letters";
    task.instruction = "which?";
    return task;
}

}  // namespace

/// Rows that are put through the template when they are drawn, beside all of them at once.
class ExamplesTest : public QObject {
    Q_OBJECT

private slots:
    void everyExampleIsThatOfAllRowsAtOnce()
    {
        const auto tokenizer = letters();
        for (const int context : {200, 24, 16, 12}) {
            const std::vector<Row> rows = someRows(30'000, 30, 12);
            const auto all = examplesOf(*tokenizer, asking(), rows, context);
            const auto one = RenderedRows::of(*tokenizer, asking(), rows, context);
            QVERIFY(all && one);
            QCOMPARE((*one)->size(), all->size());
            QCOMPARE((*one)->tooLong(), rows.size() - all->size());
            QCOMPARE((*one)->tooLong() > 0, context < 24);
            for (std::size_t i = 0; i < all->size(); ++i) {
                const Example example = (*one)->at(i);
                QVERIFY(example.tokens == (*all)[i].tokens);
                QCOMPARE(example.targetStart, (*all)[i].targetStart);
            }
        }
    }

    void whereNoRowFitsItSaysSo()
    {
        const auto tokenizer = letters();
        const auto none = RenderedRows::of(*tokenizer, asking(), someRows(100, 5, 5), 8);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::InvalidInput);
        QVERIFY(none.error().detail.find("letters") != std::string::npos);
        QVERIFY((*RenderedRows::of(*tokenizer, asking(), {}, 8))->empty());
    }

    void noRowIsReadBeforeItIsDrawnWhereItsTargetIsShort()
    {
        const auto tokenizer = letters();
        const auto rows = std::make_shared<CountedRows>(someRows(30'000, 30, 12));
        const auto examples = RenderedRows::of(*tokenizer, asking(), std::shared_ptr<const RowSource>(rows), 64);
        QVERIFY(examples);
        QCOMPARE(rows->read.load(), 0);
        (*examples)->at(29'999);
        QCOMPARE(rows->read.load(), 1);
        (*examples)->longest(16);
        QVERIFY(rows->read.load() < 200);
        const int before = rows->read.load();
        (*examples)->meanTargets();
        QCOMPARE(rows->read.load() - before, 2000);
    }

    void theLongestAreFound_data()
    {
        QTest::addColumn<int>("count");
        QTest::newRow("a few") << 500;
        QTest::newRow("many") << 30'000;
    }

    void theLongestAreFound()
    {
        QFETCH(int, count);
        const auto tokenizer = letters();
        std::vector<Row> rows = someRows(static_cast<std::size_t>(count), 30, 12);
        for (const std::size_t place : {std::size_t{3}, rows.size() / 2, rows.size() - 1})
            rows[place].input = std::string(80 + place % 7, 'b');
        const auto all = examplesOf(*tokenizer, asking(), rows, 200);
        std::vector<std::size_t> sizes;
        for (const Example& example : *all)
            sizes.push_back(example.tokens.size());
        std::sort(sizes.rbegin(), sizes.rend());
        const auto examples = RenderedRows::of(*tokenizer, asking(), rows, 200);
        const std::vector<Example> longest = (*examples)->longest(3);
        QCOMPARE(longest.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(longest[i].tokens.size(), sizes[i]);
        QCOMPARE((*examples)->longest(rows.size() + 5).size(), rows.size());
    }

    void theLongestOfAListAreFound()
    {
        std::vector<Example> list;
        for (const std::size_t size : {3, 9, 1, 7, 9, 2})
            list.push_back({std::vector<std::int32_t>(size, 1), 1});
        const ListedExamples examples(list);
        std::vector<std::size_t> sizes;
        for (const Example& example : examples.longest(3))
            sizes.push_back(example.tokens.size());
        QVERIFY(sizes == (std::vector<std::size_t>{9, 9, 7}));
        QCOMPARE(examples.longest(10).size(), list.size());
    }

    void meanTargetsOfAFewAreExactAndOfManyNear()
    {
        const auto tokenizer = letters();
        for (const std::size_t count : {std::size_t{500}, std::size_t{30'000}}) {
            const std::vector<Row> rows = someRows(count, 30, 12);
            double mean = 0;
            const auto all = examplesOf(*tokenizer, asking(), rows, 200);
            for (const Example& example : *all)
                mean += static_cast<double>(example.tokens.size() - example.targetStart) / static_cast<double>(count);
            const double found = (*RenderedRows::of(*tokenizer, asking(), rows, 200))->meanTargets();
            QVERIFY2(std::abs(found - mean) < (count == 500 ? 1e-9 : 0.05 * mean), qPrintable(QString::number(found)));
        }
    }

    void noTextHasMoreTokensThanItsBytesAllow_data()
    {
        using Kind = NormaliserStep::Kind;
        QTest::addColumn<std::vector<NormaliserStep>>("normaliser");
        QTest::addColumn<std::vector<SplitStep>>("splits");
        const auto step = [](Kind kind, std::string what = {}, std::string by = {}) {
            NormaliserStep made;
            made.kind = kind;
            made.what = std::move(what);
            made.by = std::move(by);
            return made;
        };
        SplitStep metaspace;
        metaspace.kind = SplitStep::Kind::Metaspace;
        metaspace.text = "\u2581";
        SplitStep prefix;
        prefix.kind = SplitStep::Kind::PrefixSpace;
        QTest::newRow("as it is") << std::vector<NormaliserStep>{} << std::vector<SplitStep>{};
        QTest::newRow("NFD") << std::vector{step(Kind::Nfd)} << std::vector<SplitStep>{};
        QTest::newRow("NFKD") << std::vector{step(Kind::Nfkd)} << std::vector<SplitStep>{};
        QTest::newRow("NFKC") << std::vector{step(Kind::Nfkc)} << std::vector{metaspace};
        QTest::newRow("lower case") << std::vector{step(Kind::Lowercase)} << std::vector{prefix};
        QTest::newRow("something in front") << std::vector{step(Kind::Prepend, {}, "abc")} << std::vector<SplitStep>{};
        QTest::newRow("something longer for each") << std::vector{step(Kind::Replace, "b", "cdcd")} << std::vector<SplitStep>{};
        QTest::newRow("each twice") << std::vector{step(Kind::Replace, "b", "cbc"), step(Kind::Prepend, {}, "b"), step(Kind::Replace, "b", "dd")}
                                    << std::vector{prefix};
    }

    void noTextHasMoreTokensThanItsBytesAllow()
    {
        QFETCH(std::vector<NormaliserStep>, normaliser);
        QFETCH(std::vector<SplitStep>, splits);
        const auto tokenizer = letters(normaliser, splits);
        const std::vector<std::string> letters{"b", "a", " ", "\u00e9", "\ufdfa", "\u0390", "\u0130", "\U0001D160", "\uac00", "\u1f82", "\u2581"};
        Random random{5};
        for (int i = 0; i < 3000; ++i) {
            std::string text;
            const std::string& again = letters[random.below(letters.size())];
            for (std::size_t n = random.below(12); n > 0; --n)
                text += i % 2 == 0 ? again : letters[random.below(letters.size())];
            const std::size_t tokens = tokenizer->encode(text, SpecialTokens::AsText).size();
            QVERIFY2(tokens <= tokenizer->mostTokens(text.size()), text.c_str());
        }
    }
};


QTEST_GUILESS_MAIN(ExamplesTest)
#include "tst_examples.moc"
