#include "engine/core/processor.h"
#include "engine/model/packednet.h"
#include "support/packedsamples.h"

#include <torch/torch.h>

#include <cmath>

#undef slots
#undef emit
#include <QTest>

using namespace taskfold;
using test::adapterOf;
using test::distance;
using test::modelOf;
using test::rows;

/// Several adapters in one pass over their base.
class SharedPassTest : public QObject {
    Q_OBJECT

private slots:
    void severalAdaptersInOnePassGetWhatEachGetsAlone()
    {
        const auto made = modelOf(false, torch::kFloat64);
        auto list = rows();
        list.pop_back();  // so that a group's last row begins as the next one's first
        const auto net = model::PackedNet::make(*made, Precision::Fp32);
        std::vector<std::unique_ptr<model::Adapter>> adapters;
        std::vector<model::Adapter*> all;
        std::vector<std::span<const std::int32_t>> tokens;
        std::vector<int> groups;
        for (int g = 0; g < 3; ++g) {
            LoraSettings settings;
            settings.rank = 2;
            adapters.push_back(adapterOf(*made, settings, static_cast<std::uint64_t>(20 + g)));
            adapters.back()->parameters().train(false);
            all.push_back(adapters.back().get());
            for (const train::Example& row : list) {
                tokens.emplace_back(row.tokens);
                groups.push_back(g);
            }
        }
        const auto aimsOf = [&](const model::Tree& tree, std::size_t from, std::size_t count) {
            std::vector<model::Aim> aims;
            for (std::size_t r = from; r < from + count; ++r)
                for (std::size_t t = 1; t < tree.nodeOf[r].size(); ++t)
                    aims.push_back({tree.nodeOf[r][t - 1], tokens[r][t], 0.01});
            return aims;
        };
        const model::Tree together = model::treeOf(tokens, groups);
        const auto losses = net->losses(together, aimsOf(together, 0, tokens.size()), all, true);
        std::size_t at = 0;
        for (std::size_t g = 0; g < 3; ++g) {
            const auto gradient = all[g]->parameters().gradient.clone();
            all[g]->parameters().zeroGradient();
            const model::Tree alone = model::treeOf(std::span(tokens).first(list.size()));
            for (const double loss : net->losses(alone, aimsOf(alone, 0, list.size()), {&all[g], 1}, true))
                QVERIFY(std::abs(loss - losses[at++]) < 1e-9);
            QVERIFY(distance(gradient, all[g]->parameters().gradient) < 1e-9);
        }
    }

    // A kernel for few rows that took over alone would round otherwise.
    void inTilesARowComesToTheSameBitsInAnyCompany()
    {
        if (!multipliesPairs())
            QSKIP("this processor doesn't multiply bf16");
        ModelConfig wide = test::packedConfig(false);
        wide.hidden = 256;
        wide.headSize = 64;
        wide.feedForward = 700;
        model::Transformer made(wide, torch::kCPU, torch::kFloat32);
        made.initialise(3);
        const auto net = model::PackedNet::make(made, Precision::Bf16);
        LoraSettings settings;
        settings.rank = 4;
        std::vector<std::unique_ptr<model::Adapter>> adapters;
        std::vector<model::Adapter*> all;
        const auto list = rows();
        std::vector<std::span<const std::int32_t>> tokens;
        std::vector<int> groups;
        for (int g = 0; g < 4; ++g) {
            adapters.push_back(adapterOf(made, settings, static_cast<std::uint64_t>(g)));
            adapters.back()->parameters().train(true);
            all.push_back(adapters.back().get());
            tokens.emplace_back(list[static_cast<std::size_t>(g)].tokens);
            groups.push_back(g);
        }
        const auto aimsOf = [](const model::Tree& tree, std::span<const std::span<const std::int32_t>> texts) {
            std::vector<model::Aim> aims;
            for (std::size_t r = 0; r < texts.size(); ++r)
                for (std::size_t t = texts[r].size() - 6; t < texts[r].size(); ++t)
                    aims.push_back({tree.nodeOf[r][t - 1], texts[r][t], 0.1});
            return aims;
        };
        const model::Tree together = model::treeOf(tokens, groups);
        const auto losses = net->losses(together, aimsOf(together, tokens), all, true);
        for (std::size_t g = 0; g < all.size(); ++g) {
            const model::Parameters& own = all[g]->parameters();
            const auto half = own.halfGradient.clone(), real = own.gradient.clone();
            all[g]->parameters().zeroGradient();
            const auto text = std::span(tokens).subspan(g, 1);
            const model::Tree alone = model::treeOf(text);
            const auto found = net->losses(alone, aimsOf(alone, text), {&all[g], 1}, true);
            for (std::size_t i = 0; i < found.size(); ++i)
                QVERIFY(found[i] == losses[6 * g + i]);
            QVERIFY(torch::equal(own.halfGradient, half));
            QVERIFY(torch::equal(own.gradient, real));
            QVERIFY(half.numel() + real.numel() > 0);
        }
    }
};

QTEST_GUILESS_MAIN(SharedPassTest)
#include "tst_sharedpass.moc"
