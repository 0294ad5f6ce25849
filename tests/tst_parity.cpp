#include "engine/infer/answer.h"
#include "engine/model/modelio.h"
#include "engine/train/batch.h"
#include "engine/train/plainloss.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <fstream>

#undef slots
#include <QTemporaryDir>
#include <QTest>

using namespace taskfold;
using nlohmann::json;

// tests/references/parity.py made what lies in tests/data/parity.
class ParityTest : public QObject {
    Q_OBJECT

private:
    struct Family {
        std::filesystem::path folder;
        json reference;
        std::unique_ptr<model::Transformer> model;
        std::vector<train::Example> rows;
    };

    static Family family()
    {
        QFETCH_GLOBAL(QString, name);
        Family made;
        made.folder = std::filesystem::path(TEST_DATA) / "parity" / name.toStdString();
        std::ifstream file(made.folder / "reference.json");
        made.reference = json::parse(file);
        auto model = model::readTransformer(made.folder, torch::kCPU);
        if (!model)
            qFatal("%s", model.error().detail.c_str());
        made.model = *std::move(model);
        for (const json& row : made.reference["rows"])
            made.rows.push_back({row["tokens"], row["target_start"]});
        return made;
    }

    static torch::Tensor numbers(const json& values)
    {
        return torch::tensor(values.get<std::vector<double>>(), torch::kFloat64);
    }

    // Relative, in the norm and at the worst place.
    static double distance(const torch::Tensor& found, const torch::Tensor& expected)
    {
        const auto off = found.to(torch::kFloat64).flatten() - expected;
        return std::max((off.norm() / expected.norm()).item<double>(),
            (off.abs().max() / expected.abs().max()).item<double>());
    }

    static torch::Tensor packedLogits(model::Transformer& made, const std::vector<std::int32_t>& tokens)
    {
        const auto net = model::PackedNet::make(made, Precision::Fp32);
        const std::vector<std::span<const std::int32_t>> rows{tokens};
        std::vector<std::int64_t> all(tokens.size());
        std::iota(all.begin(), all.end(), 0);
        return net->logits(net->hidden(model::treeOf(rows), nullptr, all));
    }

    static std::vector<double> tenSteps(train::Learner& learner, const std::vector<train::Example>& rows)
    {
        learner.train();
        auto& parameters = learner.trained();
        auto first = torch::zeros_like(parameters.flat), second = torch::zeros_like(parameters.flat);
        std::vector<const train::Example*> batch;
        for (const train::Example& row : rows)
            batch.push_back(&row);
        std::vector<double> losses;
        for (int step = 1; step <= 10; ++step) {
            parameters.zeroGradient();
            losses.push_back(learner.loss(batch, LossMean::Token, 1).total);
            train::AdamW{1e-3, 0.9, 0.999, 1e-8, 0, 0}.step(parameters, first, second, step);
            learner.weightsChanged();
        }
        return losses;
    }

    static bool same(const std::vector<double>& found, const json& expected)
    {
        for (std::size_t i = 0; i < found.size(); ++i)
            if (std::abs(found[i] - expected[i].get<double>()) > 1e-4) {
                qWarning("step %zu: %.7f, expected %.7f", i + 1, found[i], expected[i].get<double>());
                return false;
            }
        return found.size() == expected.size();
    }

private slots:
    void initTestCase_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"smollm2", "llama3", "mistral", "qwen2", "qwen3"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void logitsAreThoseOfTransformers()
    {
        const Family made = family();
        const auto expected = numbers(made.reference["logits"]);
        const auto& tokens = made.rows[2].tokens;
        QVERIFY(distance(packedLogits(*made.model, tokens), expected) < 1e-5);
        const torch::NoGradGuard noGrad;
        const std::vector<std::span<const std::int32_t>> rows{tokens};
        QVERIFY(distance(made.model->logits(made.model->hidden(model::pack(rows, torch::kCPU))), expected) < 1e-5);
    }

    void lossesOfTenStepsAreThoseOfTransformers()
    {
        const Family made = family();
        train::Learner learner(*made.model);
        QVERIFY(same(tenSteps(learner, made.rows), made.reference["full_losses"]));
    }

    void lossesOfAnAdapterAreThoseOfPeft()
    {
        const Family made = family();
        const auto adapter = model::loadAdapter(made.folder / "adapter", made.model->config(), torch::kCPU);
        QVERIFY2(adapter, adapter ? "" : adapter.error().detail.c_str());
        const auto before = made.model->parameters().flat.clone();
        train::Learner learner(*made.model, Precision::Fp32, adapter->get());
        QVERIFY(same(tenSteps(learner, made.rows), made.reference["lora_losses"]));
        QVERIFY(torch::equal(before, made.model->parameters().flat));
        (*adapter)->mergeInto(made.model->parameters());
        QVERIFY(distance(packedLogits(*made.model, made.rows[2].tokens), numbers(made.reference["lora_logits"])) < 1e-4);
    }

    void anAdapterOfPeftIsReadWrittenAndReadAgain()
    {
        const Family made = family();
        const auto adapter = model::loadAdapter(made.folder / "trained", made.model->config(), torch::kCPU);
        QVERIFY(adapter);
        const QTemporaryDir folder;
        const std::filesystem::path other = folder.path().toStdString();
        QVERIFY(model::saveAdapter(**adapter, other, "../base"));
        const auto again = model::loadAdapter(other, made.model->config(), torch::kCPU);
        QVERIFY(again);
        QVERIFY(torch::equal((*again)->parameters().flat, (*adapter)->parameters().flat));
        QCOMPARE(json::parse(std::ifstream(other / "adapter_config.json"))["base_model_name_or_path"].get<std::string>(), std::string("../base"));
        (*again)->mergeInto(made.model->parameters());
        QVERIFY(distance(packedLogits(*made.model, made.rows[2].tokens), numbers(made.reference["lora_logits"])) < 1e-5);
    }

    void greedyTextIsThatOfTransformers()
    {
        const Family made = family();
        const auto net = model::PackedNet::make(*made.model, Precision::Fp32);
        const auto expected = made.reference["greedy"].get<std::vector<std::int32_t>>();
        for (model::PackedNet* way : {net.get(), static_cast<model::PackedNet*>(nullptr)}) {
            infer::Answerer answerer({*made.model, way}, {});
            const auto text = answerer.continued({&made.rows[2].tokens, 1}, {static_cast<int>(expected.size())}, {});
            QVERIFY(text);
            QVERIFY(text->front().tokens == expected);
        }
    }

    void whatDoesntFitIsRefused()
    {
        const Family made = family();
        ModelConfig other = made.model->config();
        other.feedForward = 64;
        QVERIFY(!model::loadAdapter(made.folder / "adapter", other, torch::kCPU));
        QVERIFY(!model::loadAdapter(made.folder, made.model->config(), torch::kCPU));
    }
};

QTEST_GUILESS_MAIN(ParityTest)
#include "tst_parity.moc"
