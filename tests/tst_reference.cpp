#include "engine/core/random.h"
#include "engine/stats/bootstrap.h"
#include "engine/stats/metrictext.h"
#include "engine/stats/noninferiority.h"
#include "engine/stats/panel.h"
#include "engine/stats/textscores.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <fstream>

using namespace taskfold;
using namespace taskfold::stats;
using nlohmann::json;

namespace {

constexpr double kNear = 1e-6;
using Words = std::vector<std::string>;

bool near(double a, double b, double by = kNear)
{
    return std::abs(a - b) <= by;
}

std::string pick(Random& random, const Words& words)
{
    return words[static_cast<std::size_t>(random.below(words.size()))];
}

SeedPair meansOf(const std::vector<double>& single, const std::vector<double>& multi)
{
    return {{MetricKind::RougeL, 1, 0, single, {}}, {MetricKind::RougeL, 1, 0, multi, {}}};
}

}  // namespace

/// Metrics and statistics beside what the reference implementations say of the same rows: tests/reference/metrics.py draws
/// them with the same generator and records the answers.
class ReferenceTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        std::ifstream file(TEST_DATA "/reference.json");
        m_reference = json::parse(file);
        m_fragments = m_reference["fragments"].get<Words>();
        Random random{11};
        for (int row = 0; row < m_reference["rows"].get<int>(); ++row) {
            Judged one;
            one.target = text(random, row);
            one.prediction = answer(random, one.target, row);
            if (random.below(3) == 0)
                one.references.push_back(text(random, row));
            m_texts.push_back(std::move(one));
        }
        QVERIFY(m_texts.size() >= 10000);
    }

    void bleuIsSacrebleus_data()
    {
        QTest::addColumn<int>("tokenizer");
        for (const BleuTokenizer one : {BleuTokenizer::Whitespace, BleuTokenizer::Mteval13a, BleuTokenizer::Chinese, BleuTokenizer::Characters})
            QTest::newRow(wordOf(one).data()) << static_cast<int>(one);
    }

    void bleuIsSacrebleus()
    {
        QFETCH(int, tokenizer);
        const auto way = static_cast<BleuTokenizer>(tokenizer);
        RowScores scores{MetricKind::Bleu, 10, 0, {}, {}};
        for (const Judged& row : m_texts) {
            const BleuCounts counts = bleuCounts(row.prediction, answersOf(row), way);
            scores.values.insert(scores.values.end(), counts.begin(), counts.end());
        }
        compareBlocks(scores, "bleu_" + std::string(wordOf(way)));
    }

    void chrfIsSacrebleus() { compareBlocks(rowScores(MetricKind::ChrF, m_texts), "chrf"); }

    void rougeIsRougeScoresWithTokensOfAnyScript() { compareBlocks(rowScores(MetricKind::RougeL, m_texts), "rouge_unicode"); }

    void rougeIsRougeScoresWithItsOwnTokens()
    {
        RowScores scores{MetricKind::RougeL, 1, 0, {}, {}};
        for (const Judged& row : m_texts) {
            double best = 0;
            for (const std::string& reference : answersOf(row))
                best = std::max(best, rougeF(rougeScoreTokens(row.prediction), rougeScoreTokens(reference)));
            scores.values.push_back(best);
        }
        compareBlocks(scores, "rouge_score");
        for (const NamedScore& one : panelOf(TaskKind::Generation, m_texts, {}))
            if (one.name == "rouge_l[rouge-score]")
                QVERIFY(near(one.value, m_reference["texts"]["rouge_score"].back()));
    }

    void labelsAreScoredAsScikitLearnDoes()
    {
        const json& expected = m_reference["choices"];
        const auto labels = m_reference["labels"].get<Words>();
        const auto written = m_reference["written"].get<Words>();
        Random random{12};
        std::vector<Judged> rows;
        for (std::size_t i = 0; i < m_texts.size(); ++i) {
            const std::string prediction = pick(random, written);
            rows.push_back({prediction, pick(random, labels), {}, false});
        }
        QVERIFY(near(aggregate(rowScores(MetricKind::Accuracy, rows, labels)), expected["accuracy"]));
        QVERIFY(near(aggregate(rowScores(MetricKind::MacroF1, rows, labels)), expected["macro_f1"]));
        QVERIFY(near(aggregate(rowScores(MetricKind::MicroF1, rows, labels)), expected["micro_f1"]));
        const Confusion confusion = confusionOf(rows, labels);
        QVERIFY(json(confusion.counts) == expected["confusion"]);
    }

    void entitiesAreCountedAsSeqevalDoes()
    {
        Random random{13};
        const auto broken = m_reference["broken"].get<Words>();
        std::vector<Judged> rows;
        for (std::size_t i = 0; i < m_texts.size(); ++i) {
            const std::string gold = entities(random);
            const auto kind = random.below(4);
            rows.push_back({kind < 2 ? gold : kind == 2 ? entities(random) : pick(random, broken), gold, {}, false});
        }
        QVERIFY(near(aggregate(rowScores(MetricKind::SlotF1, rows)), m_reference["entities"]["f1"]));
    }

    void distributionsAreSciPys()
    {
        const json& scipy = m_reference["scipy"];
        for (const json& one : scipy["t_ppf"])
            QVERIFY2(near(studentQuantile(one[0], one[1]), one[2], 1e-8 * std::max(1.0, one[2].get<double>())), one.dump().c_str());
        for (const json& one : scipy["t_cdf"])
            QVERIFY2(near(studentBelow(one[0], one[1]), one[2], 1e-10), one.dump().c_str());
        for (const json& one : scipy["norm_ppf"])
            QVERIFY2(near(normalQuantile(one[0]), one[1], 1e-9), one.dump().c_str());
        for (const json& one : scipy["binomtest"])
            QVERIFY2(near(mcNemarExact(one[0], one[1]), one[2], 1e-9), one.dump().c_str());
    }

    void swappingIsSciPysPermutationTest()
    {
        for (const json& one : m_reference["scipy"]["permutation_test"]) {
            const auto differences = one[0].get<std::vector<double>>();
            const double p = randomisationP({meansOf(std::vector<double>(differences.size()), differences)});
            QVERIFY2(near(p, one[1], 1e-9), qPrintable(QString::number(p)));
        }
    }

    void resamplingIsSciPysBootstrap()
    {
        const json& one = m_reference["scipy"]["bootstrap"];
        const PairedDifference found = pairedDifference({meansOf(one["single"], one["multi"])}, 200000);
        const double se = one["se"];
        QVERIFY(near(found.se, se, 0.01 * se));
        QVERIFY(near(found.low, one["low"], 0.02 * se));
        QVERIFY(near(found.high, one["high"], 0.02 * se));
    }

private:
    std::string text(Random& random, int row) const
    {
        const auto count = row % 1500 == 7 ? 300 : random.below(12);
        std::string out;
        for (std::uint64_t i = 0; i < count; ++i) {
            out += pick(random, m_fragments);
            out += random.below(4) > 0 ? " " : "";
        }
        return out;
    }

    std::string answer(Random& random, const std::string& target, int row) const
    {
        const auto kind = random.below(4);
        if (kind == 0)
            return target;
        if (kind == 1)
            return text(random, row);
        Words words{""};
        for (const char c : target)
            c == ' ' ? static_cast<void>(words.emplace_back()) : words.back().push_back(c);
        std::string& changed = words[static_cast<std::size_t>(random.below(words.size()))];
        changed = pick(random, m_fragments);
        std::string out;
        for (std::size_t i = 0; i < words.size(); ++i)
            out += (i > 0 ? " " : "") + words[i];
        return out;
    }

    std::string entities(Random& random) const
    {
        const auto count = random.below(4);
        std::string out;
        for (std::uint64_t i = 0; i < count; ++i) {
            out += (i > 0 ? "; " : "") + pick(random, m_reference["types"].get<Words>()) + ": ";
            out += pick(random, m_reference["values"].get<Words>());
        }
        return out.empty() ? "none" : out;
    }

    static Words answersOf(const Judged& row)
    {
        Words answers{row.target};
        answers.insert(answers.end(), row.references.begin(), row.references.end());
        return answers;
    }

    void compareBlocks(const RowScores& scores, const std::string& name)
    {
        const auto expected = m_reference["texts"][name].get<std::vector<double>>();
        const auto block = m_reference["block"].get<std::size_t>();
        const std::size_t blocks = scores.size() / block;
        QCOMPARE(expected.size(), blocks + 1);
        for (std::size_t b = 0; b < blocks; ++b) {
            std::vector<std::uint32_t> counts(scores.size());
            std::fill_n(counts.begin() + static_cast<std::ptrdiff_t>(b * block), block, 1U);
            const double found = aggregate(scores, counts);
            QVERIFY2(near(found, expected[b]),
                qPrintable(QStringLiteral("block %1: %2, not %3").arg(b).arg(found, 0, 'g', 12).arg(expected[b], 0, 'g', 12)));
        }
        QVERIFY(near(aggregate(scores), expected.back()));
    }

    json m_reference;
    Words m_fragments;
    std::vector<Judged> m_texts;
};

QTEST_APPLESS_MAIN(ReferenceTest)
#include "tst_reference.moc"
