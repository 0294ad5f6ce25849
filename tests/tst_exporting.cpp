#include "app/jobs/computemodule.h"
#include "app/jobs/exporting.h"
#include "app/jobs/modelfiles.h"
#include "engine/format/adaptermerge.h"
#include "engine/format/gguf.h"
#include "engine/format/modelfolder.h"
#include "engine/format/modelsource.h"
#include "tests/support/codeof.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>

using namespace taskfold;
using taskfold::test::codeOf;

namespace {

/// Answers as a model would that is right on some rows: all of them in the run's own folder, `rightAfter` elsewhere.
class AnsweringEngine final : public compute::Engine {
public:
    std::size_t rightAfter = 100;
    std::vector<std::filesystem::path> asked;
    bool looks = true;  // into the model's folder

    Result<std::vector<Prediction>> evaluate(const compute::EvaluateSetup& setup, const compute::Report&, std::stop_token) override
    {
        asked.push_back(setup.model);
        const auto facts = inspectModelFolder(setup.model);  // what is answered from must be a whole model
        if (looks && !facts)
            return facts.error();
        const bool own = setup.model.string().find("checkpoints") != std::string::npos;
        std::vector<Prediction> answers;
        for (const Row& row : setup.rows) {
            Prediction answer;
            answer.line = row.line;
            answer.text = own || answers.size() < rightAfter ? row.target : "wrong";
            answers.push_back(answer);
        }
        return answers;
    }

    Result<compute::TrainResult> train(const compute::TrainSetup&, const compute::TrainEvents&, std::stop_token) override { return no(); }
    Result<compute::PretrainResult> pretrain(const compute::PretrainSetup&, const compute::TrainEvents&, std::stop_token) override { return no(); }
    Result<compute::AffinityOutcome> affinity(const compute::AffinitySetup&, const compute::Report&, std::stop_token) override { return no(); }
    Result<std::string> generate(const compute::GenerateSetup&, std::stop_token) override { return no(); }
    Result<std::vector<double>> score(const std::filesystem::path&, const compute::Placement&, const std::vector<compute::ScorePair>&,
        std::stop_token) override
    {
        return no();
    }
    Result<compute::ModelFacts> makeTiny(const TinySize&, const std::filesystem::path&, std::uint64_t) override { return no(); }
    std::vector<compute::Device> devices() override { return {}; }
    double productSpeed(const compute::Placement&) override { return 0; }

private:
    static Error no() { return {ErrorCode::Unsupported, "this engine only answers"}; }
};

std::vector<float> floatsOf(const TensorSource& source)
{
    std::vector<std::byte> bytes(static_cast<std::size_t>(source.bytes()));
    source.rows(0, bytes);
    std::vector<float> numbers(bytes.size() / sizeof(float));
    std::memcpy(numbers.data(), bytes.data(), bytes.size());
    return numbers;
}

TensorView viewOf(const std::string& name, std::vector<std::int64_t> shape, const std::vector<float>& numbers)
{
    return {name, Dtype::F32, std::move(shape), std::as_bytes(std::span(numbers))};
}

}  // namespace

/// What leaves a project is scored again, and stays in when a task fell. On a project of generated data whose runs are there.
class ExportingTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_project = {path("project")};
        std::filesystem::copy(std::filesystem::path(TEST_DATA) / "project-1", m_project.folder, std::filesystem::copy_options::recursive);
        QVERIFY(openProject(m_project));
        m_engine = {};
        jobs::useEngine(&m_engine);
    }

    void cleanup() { jobs::useEngine(nullptr); }

    void aFolderIsAWholeModelWithTheSameWeights()
    {
        const auto outcome = jobs::exportRun(m_project, {RunId{5}, path("out")}, {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().detail.c_str());
        QVERIFY(outcome->accepted);
        QCOMPARE(outcome->tasks.size(), std::size_t{2});
        QCOMPARE(outcome->tasks.front().before, 1.0);
        QCOMPARE(outcome->tasks.front().after, 1.0);
        const auto facts = inspectModelFolder(path("out"));
        QVERIFY2(facts, facts ? "" : facts.error().detail.c_str());
        const auto run = inspectModelFolder(m_project.runs() / "5" / "checkpoints" / "step-18");
        QCOMPARE(facts->hash, run->hash);
        for (const char* name : {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "README.md"})
            QVERIFY(std::filesystem::exists(path("out") / name));
        QCOMPARE(m_engine.asked.size(), std::size_t{4});  // each task twice, and the second time from what was written
        QCOMPARE(leftovers(), 1);
    }

    void halvesAndGgufAreReadAgainFromWhatWasWritten()
    {
        QVERIFY(jobs::exportRun(m_project, {RunId{5}, path("half"), jobs::ExportFormat::HuggingFace, "bf16"}, {})->accepted);
        QCOMPARE(previewModel(path("half"))->storedAs, std::string("BF16"));
        for (const auto& [type, word] : {std::pair("", "F16"), {"bf16", "BF16"}, {"f32", "F32"}}) {
            const std::filesystem::path file = path("out.gguf");
            std::filesystem::remove(file);
            const auto outcome = jobs::exportRun(m_project, {RunId{5}, file, jobs::ExportFormat::Gguf, type}, {});
            QVERIFY2(outcome, outcome ? "" : outcome.error().detail.c_str());
            QVERIFY(outcome->accepted);
            QCOMPARE(previewModel(file)->storedAs, std::string(word));
            QVERIFY(m_engine.asked.back().string().find("again") != std::string::npos);
        }
        QCOMPARE(leftovers(), 2);
    }

    void aFallOverTheMarginIsRefusedWithTheTaskNamed()
    {
        m_engine.rightAfter = 9;  // of 12 colours, with a margin of 5 points
        for (const auto format : {jobs::ExportFormat::HuggingFace, jobs::ExportFormat::Gguf}) {
            const auto outcome = jobs::exportRun(m_project, {RunId{2}, path("out"), format}, {});
            QVERIFY2(outcome, outcome ? "" : outcome.error().detail.c_str());
            QVERIFY(!outcome->accepted);
            QCOMPARE(outcome->tasks.size(), std::size_t{1});
            QCOMPARE(outcome->tasks.front().name, std::string("colour"));
            QVERIFY(outcome->tasks.front().fell);
            QCOMPARE(outcome->tasks.front().before, 1.0);
            QCOMPARE(outcome->tasks.front().after, 0.75);
            QVERIFY(!std::filesystem::exists(path("out")));
            QCOMPARE(leftovers(), 0);
        }
    }

    void anEqualModelGoesOut()
    {
        m_engine.rightAfter = 12 * 20;
        QVERIFY(jobs::exportRun(m_project, {RunId{2}, path("out")}, {})->accepted);
    }

    void theSampleIsAsLargeAsAskedFor()
    {
        const auto outcome = jobs::exportRun(m_project, {RunId{2}, path("out"), jobs::ExportFormat::HuggingFace, "", 5}, {});
        QVERIFY(outcome);
        QCOMPARE(outcome->tasks.front().n, 5);
    }

    void aFallOfAFewRowsIsJudgedOnMoreRows()
    {
        m_engine.rightAfter = 4;  // one of five is wrong, and of all twelve eight
        const auto outcome = jobs::exportRun(m_project, {RunId{2}, path("out"), jobs::ExportFormat::HuggingFace, "", 5}, {});
        QVERIFY(outcome);
        QVERIFY(!outcome->accepted);
        QCOMPARE(outcome->tasks.front().n, 12);
        QVERIFY(std::abs(outcome->tasks.front().after - 4.0 / 12) < 1e-9);
    }

    void whatCanNotBeIsSaidBeforeAnythingIsWritten()
    {
        using Format = jobs::ExportFormat;
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("out"), Format::Adapter}, {})), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("out"), Format::HuggingFace, "q8_0"}, {})), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("out"), Format::Gguf, "q4"}, {})), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("out"), Format::Gguf, "", 0}, {})), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{99}, path("out")}, {})), ErrorCode::NotFound);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("no") / "where"}, {})), ErrorCode::NotFound);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, m_project.folder}, {})), ErrorCode::InvalidInput);  // something is there
        QCOMPARE(leftovers(), 0);
        QVERIFY(m_engine.asked.empty());
    }

    void aStopLeavesNothing()
    {
        std::stop_source stop;
        const JobContext context{stop.get_token(), [&](const Progress& progress) {
                                     if (progress.phase == "writing the weights")
                                         stop.request_stop();
                                 }};
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("out")}, context)), ErrorCode::Cancelled);
        QCOMPARE(leftovers(), 0);
    }

    void anAdapterIsAddedAsPeftAddsIt_data()
    {
        QTest::addColumn<QByteArray>("settings");
        QTest::addColumn<double>("scale");
        QTest::addColumn<bool>("dora");
        QTest::newRow("LoRA") << QByteArray(R"("lora_alpha": 8)") << 4.0 << false;
        QTest::newRow("rsLoRA") << QByteArray(R"("lora_alpha": 8, "use_rslora": true)") << 8 / std::sqrt(2.0) << false;
        QTest::newRow("DoRA") << QByteArray(R"("lora_alpha": 8, "use_dora": true)") << 4.0 << true;
    }

    void anAdapterIsAddedAsPeftAddsIt()
    {
        QFETCH(QByteArray, settings);
        QFETCH(double, scale);
        QFETCH(bool, dora);
        const std::filesystem::path step = m_project.runs() / "2" / "checkpoints" / "step-24";
        const auto base = Safetensors::openFolder(step);
        const auto config = readModelConfig(step);
        QVERIFY(base && config);
        const std::string layer = "model.layers.0.self_attn.q_proj";
        const TensorView& weight = *base->find(layer + ".weight");
        const auto rows = static_cast<std::size_t>(weight.shape[0]), columns = static_cast<std::size_t>(weight.shape[1]);
        std::vector<float> a(2 * columns), b(rows * 2), length(rows);
        for (std::size_t i = 0; i < a.size(); ++i)
            a[i] = std::sin(static_cast<float>(i));
        for (std::size_t i = 0; i < b.size(); ++i)
            b[i] = std::cos(static_cast<float>(i));
        for (std::size_t i = 0; i < rows; ++i)
            length[i] = 1 + static_cast<float>(i);
        const std::string prefix = "base_model.model." + layer;
        std::vector<TensorView> views{viewOf(prefix + ".lora_A.weight", {2, weight.shape[1]}, a),
            viewOf(prefix + ".lora_B.weight", {weight.shape[0], 2}, b)};
        if (dora)
            views.push_back(viewOf(prefix + ".lora_magnitude_vector", {weight.shape[0]}, length));
        std::filesystem::create_directory(path("adapter"));
        QVERIFY(writeSafetensors(path("adapter") / "adapter_model.safetensors", views, {}));
        std::ofstream(path("adapter") / "adapter_config.json") << R"({"peft_type": "LORA", "r": 2, )" << settings.constData() << "}";
        QVERIFY(isAdapter(path("adapter")));
        const auto adapter = Safetensors::openFile(path("adapter") / "adapter_model.safetensors");
        const auto merged = mergedTensors(*base, *config, *adapter, path("adapter"));
        QVERIFY2(merged, merged ? "" : merged.error().detail.c_str());
        std::vector<float> plain(rows * columns);
        std::memcpy(plain.data(), weight.bytes.data(), weight.bytes.size());
        for (const TensorSource& source : *merged) {
            const auto numbers = floatsOf(source);
            if (source.name != layer + ".weight") {
                QVERIFY(std::memcmp(numbers.data(), base->find(source.name)->bytes.data(), numbers.size() * sizeof(float)) == 0);
                continue;
            }
            for (std::size_t row = 0; row < rows; ++row) {
                double square = 0;
                std::vector<double> wanted(columns);
                for (std::size_t i = 0; i < columns; ++i) {
                    wanted[i] = plain[row * columns + i] + scale * (b[row * 2] * a[i] + b[row * 2 + 1] * a[columns + i]);
                    square += wanted[i] * wanted[i];
                }
                for (std::size_t i = 0; i < columns; ++i)
                    QVERIFY(std::abs(numbers[row * columns + i] - wanted[i] * (dora ? length[row] / std::sqrt(square) : 1)) < 1e-4 * std::sqrt(square));
            }
        }
    }

    void anAdaptersRunIsMergedWithTheModelItStandsOn()
    {
        // Run 2's checkpoint as an adapter on a model that isn't the plan's base.
        const std::filesystem::path step = m_project.runs() / "2" / "checkpoints" / "step-24";
        std::filesystem::rename(step, m_project.runs() / "2" / "under");
        std::filesystem::create_directory(step);
        const std::filesystem::path under = m_project.runs() / "2" / "under";
        const auto base = Safetensors::openFolder(under);
        const std::string layer = "model.layers.0.mlp.up_proj";
        const TensorView& weight = *base->find(layer + ".weight");
        const std::vector<float> a(static_cast<std::size_t>(weight.shape[1]), 1.0F), b(static_cast<std::size_t>(weight.shape[0]), 0.5F);
        const std::vector<TensorView> views{viewOf("base_model.model." + layer + ".lora_A.weight", {1, weight.shape[1]}, a),
            viewOf("base_model.model." + layer + ".lora_B.weight", {weight.shape[0], 1}, b)};
        QVERIFY(writeSafetensors(step / "adapter_model.safetensors", views, {}));
        std::ofstream(step / "adapter_config.json") << R"({"peft_type": "LORA", "r": 1, "lora_alpha": 2, "base_model_name_or_path": "../../under"})";
        QVERIFY(isAdapter(step));
        QCOMPARE(*baseOfAdapter(step), std::filesystem::weakly_canonical(under));
        m_engine.looks = false;  // it would need to merge, too
        const auto outcome = jobs::exportRun(m_project, {RunId{2}, path("out")}, {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().detail.c_str());
        const auto merged = Safetensors::openFolder(path("out"));
        QVERIFY(merged);
        for (const TensorView& tensor : merged->tensors()) {
            float before = 0, after = 0;
            std::memcpy(&before, base->find(tensor.name)->bytes.data(), sizeof before);
            std::memcpy(&after, tensor.bytes.data(), sizeof after);
            QCOMPARE(after, tensor.name == layer + ".weight" ? before + 1.0F : before);  // 2 / 1 * 0.5 * 1
        }
        QVERIFY(std::filesystem::exists(path("out") / "tokenizer.json"));
        const auto adapter = jobs::exportRun(m_project, {RunId{2}, path("adapter"), jobs::ExportFormat::Adapter}, {});
        QVERIFY2(adapter, adapter ? "" : adapter.error().detail.c_str());
        QVERIFY(isAdapter(path("adapter")));
        QCOMPARE(*baseOfAdapter(path("adapter")), std::filesystem::weakly_canonical(under));  // found from its new place, too
        std::filesystem::remove_all(under);
        QCOMPARE(codeOf(jobs::exportRun(m_project, {RunId{2}, path("again")}, {})), ErrorCode::NotFound);
        QCOMPARE(leftovers(), 2);
    }

    void adaptersThatAreOtherwiseAreRefused_data()
    {
        QTest::addColumn<QByteArray>("settings");
        QTest::addColumn<QByteArray>("tensor");
        const char* good = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
        QTest::newRow("another type") << QByteArray(R"({"peft_type": "IA3", "lora_alpha": 8})") << QByteArray(good);
        QTest::newRow("biases") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8, "bias": "all"})") << QByteArray(good);
        QTest::newRow("whole modules") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8, "modules_to_save": ["lm_head"]})") << QByteArray(good);
        QTest::newRow("alphas") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8, "alpha_pattern": {"q": 2}})") << QByteArray(good);
        QTest::newRow("no alpha") << QByteArray(R"({"peft_type": "LORA"})") << QByteArray(good);
        QTest::newRow("half an adapter") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8})") << QByteArray(good);
        QTest::newRow("an unknown layer") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8})")
                                          << QByteArray("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight");
        QTest::newRow("an unknown part") << QByteArray(R"({"peft_type": "LORA", "lora_alpha": 8})")
                                         << QByteArray("base_model.model.model.layers.0.self_attn.q_proj.lora_C.weight");
    }

    void adaptersThatAreOtherwiseAreRefused()
    {
        QFETCH(QByteArray, settings);
        QFETCH(QByteArray, tensor);
        const std::filesystem::path step = m_project.runs() / "2" / "checkpoints" / "step-24";
        std::filesystem::create_directory(path("adapter"));
        const std::vector<float> numbers(64);
        const std::vector<TensorView> views{viewOf(tensor.toStdString(), {2, 32}, numbers)};
        QVERIFY(writeSafetensors(path("adapter") / "adapter_model.safetensors", views, {}));
        std::ofstream(path("adapter") / "adapter_config.json") << settings.constData();
        const auto adapter = Safetensors::openFile(path("adapter") / "adapter_model.safetensors");
        const auto merged = mergedTensors(*Safetensors::openFolder(step), *readModelConfig(step), *adapter, path("adapter"));
        QVERIFY(!merged);
        QVERIFY(merged.error().code == ErrorCode::Unsupported || merged.error().code == ErrorCode::InvalidInput);
    }

private:
    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder->path().toStdString()) / name; }

    // What lies beside the project: exports, and nothing half-written.
    int leftovers() const
    {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(m_folder->path().toStdString())) {
            if (entry.path().extension() == ".part")
                return -1;
            count += entry.path() != m_project.folder ? 1 : 0;
        }
        return count;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Project m_project;
    AnsweringEngine m_engine;
};

QTEST_GUILESS_MAIN(ExportingTest)
#include "tst_exporting.moc"
