#include "engine/infer/answer.h"
#include "engine/infer/plainanswer.h"
#include "engine/model/packednet.h"
#include "support/packedsamples.h"

#include <torch/torch.h>

#include <cmath>
#include <set>

#undef slots
#undef emit
#include <QTest>

using namespace taskfold;
using test::adapterOf;
using test::distance;
using test::modelOf;
using test::pointers;
using test::rows;

namespace {

// Labels of up to five tokens out of six, so that many begin alike; none is given twice.
std::vector<std::vector<std::int32_t>> manyLabels(int seed)
{
    std::set<std::vector<std::int32_t>> labels;
    std::uint32_t state = static_cast<std::uint32_t>(seed) * 2654435761U + 1;
    const auto next = [&state](std::uint32_t below) {
        state = state * 1664525U + 1013904223U;
        return (state >> 16) % below;
    };
    while (labels.size() < 60) {
        std::vector<std::int32_t> label(1 + next(5));
        for (std::int32_t& token : label)
            token = 5 + static_cast<std::int32_t>(next(6));
        labels.insert(label);
    }
    return {labels.begin(), labels.end()};
}

}  // namespace

/// Labels scored and texts gone on with, many in one pass.
class PackedScoringTest : public QObject {
    Q_OBJECT

private slots:
    void everyWayOfScoringLabelsGivesTheSameSums()
    {
        const auto made = modelOf(true, torch::kFloat64);
        const auto net = model::PackedNet::make(*made, Precision::Fp32);
        std::vector<std::vector<std::int32_t>> labels{{5, 6, 7, 8}, {5, 6, 9}, {10}, {10, 11}, {12, 13, 14, 15, 16}, {20, 21}};
        const Result<LabelTrie> trie = LabelTrie::of(labels, 2);
        QVERIFY(trie);
        std::vector<infer::TokenRow> prompts;
        for (const train::Example& row : rows())
            prompts.push_back(row.tokens);
        prompts.pop_back();  // the others begin alike
        const infer::Reader reader{*made, net.get()};
        infer::Answerer answerer(reader, infer::commonBeginning(prompts));
        QCOMPARE(infer::commonBeginning(prompts).size(), 9U);
        const auto scores = answerer.scored(prompts, *trie);
        const auto best = answerer.best(prompts, *trie);
        const auto plain = infer::plainScored(*made, nullptr, prompts, *trie);
        for (std::size_t p = 0; p < prompts.size(); ++p) {
            std::vector<double> alone;
            for (int label = 0; label < trie->labels(); ++label) {
                infer::Target row{prompts[p], prompts[p].size()};
                row.tokens.insert(row.tokens.end(), trie->tokens(label).begin(), trie->tokens(label).end());
                alone.push_back(infer::scoreTargets({*made}, {&row, 1}).front());
                QVERIFY(std::abs(scores[p][static_cast<std::size_t>(label)] - alone.back()) < 1e-7);
                QVERIFY(std::abs(plain[p][static_cast<std::size_t>(label)] - alone.back()) < 1e-7);
            }
            const auto most = std::max_element(alone.begin(), alone.end());
            QCOMPARE(best[p].label, static_cast<int>(most - alone.begin()));
            QVERIFY(std::abs(best[p].logProbability - *most) < 1e-7);
        }
    }

    void theBestLabelIsFoundWhateverIsCutOff()
    {
        const auto made = modelOf(false, torch::kFloat64);
        const auto net = model::PackedNet::make(*made, Precision::Fp32);
        std::vector<infer::TokenRow> prompts;
        for (const train::Example& row : rows())
            for (int i = 0; i < 3; ++i) {
                prompts.push_back(row.tokens);
                prompts.back().push_back(30 + i);
            }
        for (int seed = 1; seed <= 4; ++seed) {
            const Result<LabelTrie> trie = LabelTrie::of(manyLabels(seed), 2);
            QVERIFY(trie);
            for (const std::size_t count : {std::size_t{1}, std::size_t{4}, prompts.size()}) {
                const std::span<const infer::TokenRow> some(prompts.data(), count);
                infer::Answerer answerer({*made, net.get()}, infer::commonBeginning(some));
                const auto scores = answerer.scored(some, *trie);
                const auto best = answerer.best(some, *trie);
                for (std::size_t p = 0; p < count; ++p) {
                    const auto most = std::max_element(scores[p].begin(), scores[p].end());
                    QCOMPARE(best[p].label, static_cast<int>(most - scores[p].begin()));
                    QVERIFY(std::abs(best[p].logProbability - *most) < 1e-9);
                }
            }
        }
    }

    void textGoesOnAsInThePlainForm()
    {
        const auto made = modelOf(true, torch::kFloat64);
        const auto net = model::PackedNet::make(*made, Precision::Fp32);
        std::vector<infer::TokenRow> prompts;
        for (const train::Example& row : rows())
            prompts.push_back(row.tokens);
        infer::Answerer packed({*made, net.get()}, infer::commonBeginning(prompts)), plain({*made}, {});
        for (const double temperature : {0.0, 1.0}) {
            const infer::Sampling sampling{12, temperature, temperature > 0 ? 20 : 0, temperature > 0 ? 0.9 : 1, 4, {}};
            const auto one = plain.continued({prompts.data() + 2, 1}, sampling, {});
            const auto other = packed.continued({prompts.data() + 2, 1}, sampling, {});
            QVERIFY(one && other);
            QVERIFY(one->front().tokens == other->front().tokens);
            QVERIFY(std::abs(one->front().logProbability - other->front().logProbability) < 1e-4);
        }
        const auto all = plain.continued(prompts, {12}, {});
        const auto again = packed.continued(prompts, {12}, {});
        QVERIFY(all && again);
        for (std::size_t p = 0; p < prompts.size(); ++p)
            QVERIFY(all->at(p).tokens == again->at(p).tokens);
    }
};

QTEST_GUILESS_MAIN(PackedScoringTest)
#include "tst_packedscoring.moc"
