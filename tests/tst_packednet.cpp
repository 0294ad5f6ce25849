#include "engine/model/packednet.h"
#include "engine/train/batch.h"
#include "engine/train/plainloss.h"
#include "engine/train/weighting.h"
#include "support/packedsamples.h"

#include <torch/torch.h>

#include <array>
#include <cmath>

#undef slots
#undef emit
#include <QTest>

using namespace taskfold;
using model::Module;
using test::adapterOf;
using test::distance;
using test::modelOf;
using test::pointers;
using test::rows;

namespace {

// The product of few rows by every instruction set that is here, beside torch's in fp64.
template <typename R, typename O>
double worstProduct(torch::ScalarType type)
{
    namespace kernels = model::kernels;
    double worst = 0;
    for (const auto instructions : {kernels::InstructionSet::Plain, kernels::InstructionSet::Avx2, kernels::InstructionSet::Avx512}) {
        const kernels::Set<R, O>* set = kernels::setOn<R, O>(instructions);
        if (set == nullptr)
            continue;
        for (const int rows : {1, 2, 5, 6, 7, 13, 97})
            for (const int outputs : {1, 3, 4, 9})
                for (const int size : {1, 15, 16, 17, 100}) {
                    const torch::Tensor x = torch::randn({rows, size + 3}).to(type), w = torch::randn({outputs, size}).to(type);
                    torch::Tensor out = torch::zeros({rows, outputs + 2}, type);
                    for (int from = 0; from < outputs; from += 5)
                        set->fewRows(static_cast<O*>(out.data_ptr()), outputs + 2, static_cast<const O*>(x.data_ptr()), size + 3,
                            static_cast<const O*>(w.data_ptr()), rows, from, std::min(from + 5, outputs), size);
                    const torch::Tensor expected
                        = torch::mm(x.narrow(1, 0, size).to(torch::kFloat64), w.to(torch::kFloat64).t());
                    const torch::Tensor error = (out.narrow(1, 0, outputs).to(torch::kFloat64) - expected).abs();
                    worst = std::max(worst, (error / (expected.abs() + 1)).max().item<double>());
                    worst = std::max(worst, out.narrow(1, outputs, 2).abs().max().item<double>());  // nothing beside it
                }
    }
    return worst;
}

// Sums of outer products added to a matrix or to its transpose, as above.
template <typename R, typename O>
double worstOuter(torch::ScalarType type)
{
    namespace kernels = model::kernels;
    double worst = 0;
    for (const auto instructions : {kernels::InstructionSet::Plain, kernels::InstructionSet::Avx2, kernels::InstructionSet::Avx512}) {
        const kernels::Set<R, O>* set = kernels::setOn<R, O>(instructions);
        if (set == nullptr)
            continue;
        for (const int few : {1, 3, 8, 17})
            for (const int many : {1, 15, 32, 70})
                for (const bool turned : {false, true}) {
                    const torch::Tensor left = torch::randn({11, few + 2}).to(type), right = torch::randn({11, many + 5}).to(type);
                    const torch::Tensor before = torch::randn({few, many}).to(type);
                    torch::Tensor out = (turned ? before.t() : before).clone(at::MemoryFormat::Contiguous);
                    for (int from = 0; from < many; from += 64)
                        set->outer(static_cast<O*>(out.data_ptr()), turned ? 1 : many, turned ? few : 1,
                            static_cast<const O*>(left.data_ptr()), few + 2, few, static_cast<const O*>(right.data_ptr()), many + 5,
                            from, std::min(from + 64, many), 11, R(0.5));
                    const torch::Tensor expected = before.to(torch::kFloat64)
                        + 0.5 * torch::mm(left.narrow(1, 0, few).to(torch::kFloat64).t(), right.narrow(1, 0, many).to(torch::kFloat64));
                    const torch::Tensor found = (turned ? out.t() : out).to(torch::kFloat64);
                    worst = std::max(worst, ((found - expected).abs() / (expected.abs() + 1)).max().item<double>());
                }
    }
    return worst;
}

}  // namespace

class PackedNetTest : public QObject {
    Q_OBJECT

private slots:
    void lossAndGradientAreThoseOfThePlainForm_data()
    {
        QTest::addColumn<bool>("rich");
        QTest::addColumn<bool>("twice");
        QTest::addColumn<bool>("checkpointing");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("fp64") << false << true << false << 1e-7;  // the tables of angles are fp32
        QTest::newRow("fp64, biases, q/k norms, windows") << true << true << false << 1e-7;
        QTest::newRow("fp64, checkpointing") << true << true << true << 1e-7;
        QTest::newRow("fp32") << false << false << false << 2e-5;
        QTest::newRow("fp32, biases, q/k norms, windows") << true << false << false << 2e-5;
    }

    void lossAndGradientAreThoseOfThePlainForm()
    {
        QFETCH(bool, rich);
        QFETCH(bool, twice);
        QFETCH(bool, checkpointing);
        QFETCH(double, tolerance);
        const auto made = modelOf(rich, twice ? torch::kFloat64 : torch::kFloat32);
        const auto list = rows();
        for (const LossMean mean : {LossMean::Example, LossMean::Token}) {
            train::Learner learner(*made);
            learner.train();
            learner.setCheckpointing(checkpointing);
            made->parameters().zeroGradient();
            const auto batch = pointers(list);
            const train::BatchLoss plain = train::plainLoss(
                *made, nullptr, Precision::Fp32, batch, train::targetsOf(batch, mean), 1);
            const auto expected = made->parameters().gradient.clone();
            made->parameters().zeroGradient();
            for (int again = 0; again < 2; ++again) {  // memory is used again
                made->parameters().zeroGradient();
                const train::BatchLoss packed = learner.loss(batch, mean, 1);
                QVERIFY(std::abs(packed.total - plain.total) < tolerance * plain.total);
                for (std::size_t i = 0; i < list.size(); ++i)
                    QVERIFY(std::abs(packed.perExample[i] - plain.perExample[i]) < tolerance * plain.perExample[i]);
                const double off = distance(made->parameters().gradient, expected);
                QVERIFY2(off < tolerance, std::to_string(off).c_str());
            }
            for (const auto& [name, leaf] : made->parameters().named) {
                const auto from = made->parameters().offsetOf(name);
                const double off = distance(made->parameters().gradient.narrow(0, from, leaf.numel()),
                    expected.narrow(0, from, leaf.numel()));
                QVERIFY2(off < 20 * tolerance, (name + " " + std::to_string(off)).c_str());
            }
        }
    }

    // method.md 15, 4: the gradient of a mixed batch is that of its parts, each by its share.
    void aMixedBatchsGradientIsTheSumOfItsTasksGradients()
    {
        const auto made = modelOf(false, torch::kFloat64);
        const auto list = rows();
        const auto batch = pointers(list);
        train::Learner learner(*made);
        learner.train();
        const auto gradientOf = [&](const std::vector<const train::Example*>& part) {
            made->parameters().zeroGradient();
            learner.loss(part, LossMean::Example, 1);
            return made->parameters().gradient.clone();
        };
        const auto whole = gradientOf(batch);
        const auto cut = static_cast<std::ptrdiff_t>(batch.size() / 3);
        const std::vector<const train::Example*> first(batch.begin(), batch.begin() + cut), second(batch.begin() + cut, batch.end());
        QVERIFY(!first.empty() && !second.empty());
        const double share = static_cast<double>(first.size()) / static_cast<double>(batch.size());
        const double off = distance(whole, gradientOf(first) * share + gradientOf(second) * (1 - share));
        QVERIFY2(off < 1e-9, std::to_string(off).c_str());
        QVERIFY(distance(whole, gradientOf(first)) > 1e-3);  // the measure tells them apart
    }

    void adaptersGetThePlainFormsGradientsAndTheBaseNone()
    {
        const auto made = modelOf(true, torch::kFloat64);
        const auto list = rows();
        const auto batch = pointers(list);
        for (const std::vector<std::string>& targets : {std::vector<std::string>{}, {"q_proj", "v_proj"}, {"down_proj"}}) {
            LoraSettings settings;
            settings.rank = 3;
            settings.targets = targets;
            settings.rankStabilised = targets.size() == 1;
            const auto adapter = adapterOf(*made, settings, 5);
            train::Learner learner(*made, Precision::Fp32, adapter.get());
            QVERIFY(learner.net());
            learner.train();
            adapter->parameters().zeroGradient();
            const auto plain = train::plainLoss(
                *made, adapter.get(), Precision::Fp32, batch, train::targetsOf(batch, LossMean::Token), 1);
            const auto expected = adapter->parameters().gradient.clone();
            adapter->parameters().zeroGradient();
            const auto packed = learner.loss(batch, LossMean::Token, 1);
            QVERIFY(std::abs(packed.total - plain.total) < 1e-7);
            QVERIFY(distance(adapter->parameters().gradient, expected) < 1e-7);
            QVERIFY(!made->parameters().gradient.defined());
        }
    }

    void aMergedAdapterAnswersAsTheAdapterBesideItsBase()
    {
        for (const bool dora : {false, true}) {
            const auto made = modelOf(false, torch::kFloat64);
            LoraSettings settings;
            settings.rank = 4;
            settings.dora = dora;
            const auto adapter = adapterOf(*made, settings, 3);
            train::Learner beside(*made, Precision::Fp32, adapter.get());
            QCOMPARE(beside.net() == nullptr, dora);
            const auto list = rows();
            const double expected = beside.meanLoss(list, 4);
            adapter->mergeInto(made->parameters());
            train::Learner merged(*made);
            QVERIFY(std::abs(merged.meanLoss(list, 4) - expected) < 1e-7);
        }
    }

    void bf16StaysNearFp32()
    {
        const auto made = modelOf(true, torch::kFloat32);
        const auto list = rows();
        const auto batch = pointers(list);
        train::Learner exact(*made);
        exact.train();
        made->parameters().zeroGradient();
        const auto loss = exact.loss(batch, LossMean::Token, 1);
        const auto gradient = made->parameters().gradient.clone();
        const auto other = modelOf(true, torch::kFloat32);
        train::Learner half(*other, Precision::Bf16);
        half.train();
        other->parameters().zeroGradient();
        const auto near = half.loss(batch, LossMean::Token, 1);
        QVERIFY(std::abs(near.total - loss.total) < 0.02 * loss.total);
        const auto found = torch::cat({other->parameters().halfGradient.to(torch::kFloat32), other->parameters().gradient});
        QVERIFY(distance(found, gradient) < 0.05);
    }

    // Of very unlike sizes, with zeros and what isn't finite among them.
    void aStepIsTheSameOnEveryInstructionSetAndWhereverItIsCut()
    {
        namespace kernels = model::kernels;
        using kernels::Bf16;
        torch::manual_seed(3);
        constexpr std::int64_t count = 1003;
        const auto sizes = [&] { return torch::pow(10, torch::rand({count}) * 30 - 20) * torch::sign(torch::randn({count})); };
        torch::Tensor weight = torch::randn({count}), gradient = sizes().to(torch::kBFloat16), first = sizes(), second = sizes().abs();
        first = first.abs() * torch::sign(gradient);  // so that nothing cancels
        for (auto [i, value] : {std::pair(0, 0.0F), {1, std::numeric_limits<float>::infinity()}, {2, 1e-42F}})
            second[i] = value;
        gradient[0] = first[0] = 0;
        const kernels::AdamSettings settings{1e-2, 0.9, 0.999, 1e-8, 0.01, 0.7, 0.19, 0.002};
        struct State {
            torch::Tensor weight, first, second, copy;  // the copy lies over the gradient
        };
        const auto stepped = [&](const kernels::Set<float, Bf16>& set, std::int64_t cut) {
            State s{weight.clone(), first.clone(), second.clone(), gradient.clone()};
            for (const auto& [from, to] : {std::pair<std::int64_t, std::int64_t>(0, cut), {cut, count}}) {
                Bf16* over = static_cast<Bf16*>(s.copy.data_ptr()) + from;
                set.adamW(s.weight.data_ptr<float>() + from, over, s.first.data_ptr<float>() + from,
                    s.second.data_ptr<float>() + from, over, to - from, settings);
            }
            return s;
        };
        const auto g = gradient.to(torch::kFloat64) * settings.scale;
        const auto m = first.to(torch::kFloat64) * 0.9 + g * 0.1, v = second.to(torch::kFloat64) * 0.999 + g * g * 0.001;
        const auto expected = weight.to(torch::kFloat64) * (1 - 1e-4)
            - 1e-2 / 0.19 * m / (torch::sqrt(v) / std::sqrt(0.002) + 1e-8);
        for (const auto instructions : {kernels::InstructionSet::Plain, kernels::InstructionSet::Avx2, kernels::InstructionSet::Avx512}) {
            const auto* set = kernels::setOn<float, Bf16>(instructions);
            if (set == nullptr)
                continue;
            const State whole = stepped(*set, count);
            const auto error = (whole.weight.to(torch::kFloat64) - expected).abs() / (expected.abs() + 1);
            const auto at = error.argmax().item<std::int64_t>();
            QVERIFY2(error[at].item<double>() < 1e-6, qPrintable(QStringLiteral("%1 at %2: m %3, v %4, expected %5").arg(error[at].item<double>())
                .arg(at).arg(m[at].item<double>()).arg(v[at].item<double>()).arg(expected[at].item<double>())));
            QVERIFY(whole.copy.equal(whole.weight.to(torch::kBFloat16)));
            if (instructions != kernels::InstructionSet::Avx512)
                continue;
            for (const std::int64_t cut : {1, 17, 500, 1001}) {
                const State parts = stepped(*set, cut);
                QVERIFY(parts.weight.equal(whole.weight) && parts.first.equal(whole.first) && parts.second.equal(whole.second)
                    && parts.copy.equal(whole.copy));
            }
        }
    }

    void gradientsOverTheCopiesTrainToTheSameBits_data()
    {
        QTest::addColumn<bool>("rich");
        QTest::addColumn<bool>("checkpointing");
        QTest::newRow("tied head") << false << false;
        QTest::newRow("head of its own, biases, q/k norms") << true << false;
        QTest::newRow("checkpointing") << true << true;
    }

    void gradientsOverTheCopiesTrainToTheSameBits()
    {
        QFETCH(bool, rich);
        QFETCH(bool, checkpointing);
        const auto list = rows();
        const auto batch = pointers(list);
        std::array<std::vector<double>, 2> norms;
        const auto trained = [&](bool addsUp) {
            auto made = modelOf(rich, torch::kFloat32);
            auto& parameters = made->parameters();
            train::Learner learner(*made, Precision::Bf16);
            learner.train(addsUp);
            learner.setCheckpointing(checkpointing);
            if (parameters.isOverHalf() == addsUp)
                return torch::Tensor();
            auto m = torch::zeros_like(parameters.flat), v = torch::zeros_like(parameters.flat);
            const train::AdamW optimiser{1e-2, 0.9, 0.999, 1e-8, 0.01, 0};  // the norm's last bits depend on where the parts lie
            for (int step = 1; step <= 3; ++step) {
                learner.startGradient();
                learner.loss(batch, LossMean::Token, 1);
                if (step == 2) {  // of a pass that isn't used
                    learner.dropGradient();
                    learner.loss(batch, LossMean::Token, 1);
                }
                norms[addsUp].push_back(optimiser.step(parameters, m, v, step));
                if (!parameters.half.equal(parameters.flat.narrow(0, 0, parameters.decayed).to(torch::kBFloat16)))
                    return torch::Tensor();
            }
            return parameters.flat.clone();
        };
        const auto expected = trained(true), found = trained(false);
        QVERIFY(expected.defined() && found.defined());
        QVERIFY(found.equal(expected));
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY(std::abs(norms[0][i] - norms[1][i]) < 1e-12 * norms[1][i]);
    }

    void bf16GivesTheSameBitsAgain()
    {
        for (const bool rich : {false, true}) {
            const auto list = rows();
            const auto batch = pointers(list);
            const auto made = modelOf(rich, torch::kFloat32);
            auto& parameters = made->parameters();
            train::Learner learner(*made, Precision::Bf16);
            learner.train();
            torch::Tensor expected;
            double total = 0;
            for (int again = 0; again < 20; ++again) {
                learner.startGradient();
                const double loss = learner.loss(batch, LossMean::Token, 1).total;
                const auto found = torch::cat({parameters.halfGradient.to(torch::kFloat32), parameters.gradient});
                if (again == 0) {
                    expected = found;
                    total = loss;
                }
                QCOMPARE(loss, total);
                QVERIFY(found.equal(expected));
            }
        }
    }

    void whatIsntANumberLeavesTheCopiesWhole()
    {
        const auto made = modelOf(false, torch::kFloat32);
        auto& parameters = made->parameters();
        train::Learner learner(*made, Precision::Bf16);
        learner.train(false);
        const auto copies = parameters.half.clone();
        learner.startGradient();
        const auto list = rows();
        learner.loss(pointers(list), LossMean::Token, 1);
        QVERIFY(!parameters.half.equal(copies));  // the gradient lies there
        parameters.gradient[0] = std::nan("");
        auto m = torch::zeros_like(parameters.flat), v = torch::zeros_like(parameters.flat);
        QVERIFY(std::isnan(train::AdamW{}.step(parameters, m, v, 1)));
        QVERIFY(parameters.half.equal(copies));
    }

    void aFreshGradientIsWrittenWhateverLiesThere()
    {
        const auto list = rows();
        const auto batch = pointers(list);
        for (const bool rich : {false, true}) {
            const auto made = modelOf(rich, torch::kFloat32);
            auto& parameters = made->parameters();
            train::Learner learner(*made);
            learner.train();
            parameters.zeroGradient();
            learner.loss(batch, LossMean::Token, 1);
            const auto expected = parameters.gradient.clone();
            parameters.gradient.fill_(1e3);
            learner.startGradient();
            learner.loss(batch, LossMean::Token, 1);
            QVERIFY(parameters.gradient.equal(expected));
            learner.loss(batch, LossMean::Token, 1);
            QVERIFY(distance(parameters.gradient, 2 * expected) < 1e-6);
            learner.startGradient();
            learner.loss({}, LossMean::Token, 1);
            QCOMPARE(parameters.gradient.abs().max().item<double>(), 0.0);
        }
    }

    void aStepIsTorchsAdamW()
    {
        const auto made = modelOf(false, torch::kFloat32);
        auto& parameters = made->parameters();
        parameters.train(false);
        const auto first = torch::zeros_like(parameters.flat);
        auto m = first.clone(), v = first.clone();
        auto expected = parameters.flat.clone().set_requires_grad(true);
        torch::optim::AdamW peer({expected}, torch::optim::AdamWOptions(1e-2).weight_decay(0));
        train::AdamW own{1e-2, 0.9, 0.999, 1e-8, 0, 1};
        for (int step = 1; step <= 5; ++step) {
            torch::manual_seed(step);
            const auto gradient = torch::randn_like(parameters.flat);
            parameters.gradient.copy_(gradient);
            const double norm = own.step(parameters, m, v, step);
            QVERIFY(std::abs(norm - gradient.norm().item<double>()) < 1e-3 * norm);
            expected.mutable_grad() = gradient * (1 / (norm + 1e-6));
            peer.step();
            QVERIFY(distance(parameters.flat, expected.detach()) < 1e-6);
        }
    }

    void conflictingGradientsLoseWhatTheyConflictIn()
    {
        model::Parameters parameters({{"w", {1, 2}}}, torch::kCPU, torch::kFloat64);
        parameters.train(false);
        train::GradientSurgery surgery;
        for (const auto& [x, y] : {std::pair(1.0, 0.0), std::pair(-1.0, 1.0)}) {
            parameters.gradient[0] = x;
            parameters.gradient[1] = y;
            surgery.take(parameters);
            QCOMPARE(parameters.gradient.abs().sum().item<double>(), 0.0);
        }
        surgery.putSum(parameters, Random{1});
        // (1, 0) becomes (1, 0) + (-1, 1) / 2, and (-1, 1) becomes (0, 1).
        QVERIFY(std::abs(parameters.gradient[0].item<double>() - 0.5) < 1e-12);
        QVERIFY(std::abs(parameters.gradient[1].item<double>() - 1.5) < 1e-12);
    }

    void uncertaintyFindsTheWeightThatItsLossDeserves()
    {
        train::TrainState state;
        train::UncertaintyWeights weights(state, {1, 0.5});
        QCOMPARE(weights.of(0), 1.0);
        for (int step = 1; step <= 4000; ++step)
            weights.step({0.5, 0.5}, {2, 3}, 0.01, step);
        // c e^-s L + s / 2 is least at s = log(2 c L).
        QVERIFY(std::abs(weights.of(0) - 1 / 4.0) < 0.01);
        QVERIFY(std::abs(weights.of(1) - 0.5 / 3.0) < 0.01);
    }

    void unlikelyTokensOfALargeVocabularyCountBesideALikelyOne()
    {
        torch::manual_seed(1);
        torch::Tensor logits = torch::randn({49152}) * 3;
        logits[5] = 20;
        const double expected = torch::logsumexp(logits.to(torch::kFloat64), 0).item<double>();
        const std::int64_t target = 5;
        const float weight = 1;
        float loss = 0;
        const float found = model::kernels::set<float, float>().crossEntropy(
            logits.data_ptr<float>(), logits.numel(), &target, &weight, &loss, 1, true);
        QVERIFY2(std::abs(found - expected) < 1e-5, std::to_string(found - expected).c_str());
        QVERIFY(std::abs(loss - (expected - 20)) < 1e-5);
        QVERIFY(std::abs(logits.sum().item<double>()) < 1e-5);  // p sums to 1, the target's 1 taken off
    }

    void productsOfFewRowsAreTorchsOnEveryInstructionSet()
    {
        torch::manual_seed(2);
        const double whole = worstProduct<double, double>(torch::kFloat64);
        const double single = worstProduct<float, float>(torch::kFloat32);
        const double half = worstProduct<float, model::kernels::Bf16>(torch::kBFloat16);
        QVERIFY2(whole < 1e-13, std::to_string(whole).c_str());
        QVERIFY2(single < 1e-5, std::to_string(single).c_str());
        QVERIFY2(half < 1.0 / 256, std::to_string(half).c_str());  // the result's own rounding
        QVERIFY((worstOuter<double, double>(torch::kFloat64) < 1e-13));
        QVERIFY((worstOuter<float, float>(torch::kFloat32) < 1e-5));
        QVERIFY((worstOuter<float, model::kernels::Bf16>(torch::kBFloat16) < 1.0 / 256));
    }
};

QTEST_GUILESS_MAIN(PackedNetTest)
#include "tst_packednet.moc"
