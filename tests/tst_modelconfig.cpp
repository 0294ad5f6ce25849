#include "engine/format/modelconfig.h"
#include "engine/format/rotary.h"
#include "tests/support/codeof.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace taskfold;
using taskfold::test::codeOf;
using nlohmann::json;

namespace {

json sizes(const char* type)
{
    return {{"model_type", type}, {"hidden_size", 64}, {"num_hidden_layers", 3}, {"num_attention_heads", 4},
        {"num_key_value_heads", 2}, {"intermediate_size", 96}, {"vocab_size", 300}, {"max_position_embeddings", 512}};
}

Result<ModelConfig> parsed(const json& value)
{
    return parseModelConfig(value.dump());
}

json with(json value, const char* name, const json& setting)
{
    value[name] = setting;
    return value;
}

bool holds(const ModelConfig& config, const std::string& tensor)
{
    for (const NamedShape& shape : tensorsOf(config))
        if (shape.name == tensor)
            return true;
    return false;
}

}  // namespace

class ModelConfigTest : public QObject {
    Q_OBJECT

private slots:
    void aLlamaHasNoBiasUnlessAskedFor()
    {
        const auto plain = parsed(sizes("llama"));
        QVERIFY(plain);
        QCOMPARE(plain->headSize, 16);
        QCOMPARE(plain->keyValueHeads, 2);
        QVERIFY(!plain->tiedHead && !plain->attentionBias && !plain->outputBias && !plain->qkNorm);
        QVERIFY(plain->slidingWindow.empty());
        QVERIFY(holds(*plain, "lm_head.weight"));
        const auto biased = parsed(with(sizes("llama"), "attention_bias", true));
        QVERIFY(biased && biased->attentionBias && biased->outputBias);
        QVERIFY(holds(*biased, "model.layers.2.self_attn.o_proj.bias"));
        QCOMPARE(familyName(*plain), std::string("Llama"));
    }

    void aMistralHasOneWindowForAllLayers()
    {
        QCOMPARE(parsed(sizes("mistral"))->slidingWindow, std::vector<int>(3, 4096));  // what its absence means
        QVERIFY(parsed(with(sizes("mistral"), "sliding_window", nullptr))->slidingWindow.empty());
        QCOMPARE(parsed(with(sizes("mistral"), "sliding_window", 7))->windowOf(1), 7);
        json value = sizes("mistral");
        value["num_attention_heads"] = 16;
        value.erase("num_key_value_heads");
        QCOMPARE(parsed(value)->keyValueHeads, 8);  // what its absence means
        QCOMPARE(codeOf(parsed(with(sizes("mistral"), "attention_bias", true))), ErrorCode::Unsupported);
    }

    void aQwen2HasBiasesButNotOnItsOutput()
    {
        const auto config = parsed(sizes("qwen2"));
        QVERIFY(config);
        QVERIFY(config->attentionBias && !config->outputBias && !config->qkNorm);
        QVERIFY(holds(*config, "model.layers.0.self_attn.k_proj.bias"));
        QVERIFY(!holds(*config, "model.layers.0.self_attn.o_proj.bias"));
    }

    void aQwen2UsesItsWindowOnlyWhereToldTo()
    {
        json value = with(sizes("qwen2"), "sliding_window", 100);
        QVERIFY(parsed(value)->slidingWindow.empty());
        value["use_sliding_window"] = true;
        QVERIFY(parsed(value)->slidingWindow.empty());  // from layer 28 on
        value["max_window_layers"] = 1;
        QCOMPARE(parsed(value)->slidingWindow, (std::vector<int>{0, 100, 100}));
        value["layer_types"] = {"sliding_attention", "full_attention", "full_attention"};
        QCOMPARE(parsed(value)->slidingWindow, (std::vector<int>{100, 0, 0}));
        value["layer_types"] = {"sliding_attention", "full_attention"};
        QCOMPARE(codeOf(parsed(value)), ErrorCode::InvalidInput);
        value["layer_types"] = {"chunked_attention", "full_attention", "full_attention"};
        QCOMPARE(codeOf(parsed(value)), ErrorCode::Unsupported);
    }

    void aQwen3NormsQueriesAndKeys()
    {
        const auto config = parsed(sizes("qwen3"));
        QVERIFY(config);
        QCOMPARE(config->headSize, 128);  // what its absence means
        QVERIFY(config->qkNorm && !config->attentionBias);
        QVERIFY(holds(*config, "model.layers.0.self_attn.q_norm.weight"));
        QCOMPARE(parsed(with(sizes("qwen3"), "head_dim", 32))->headSize, 32);
    }

    void tokensOutsideTheVocabularyAreNone()
    {
        const auto config = parsed(with(with(sizes("llama"), "eos_token_id", {2, 128009, 7}), "pad_token_id", -1));
        QVERIFY(config);
        QCOMPARE(config->eos, (std::vector<std::int32_t>{2, 7}));
        QVERIFY(!config->pad && !config->bos);
        QCOMPARE(codeOf(parsed(with(sizes("llama"), "eos_token_id", "two"))), ErrorCode::InvalidInput);
    }

    void theGenerationSettingsNameTheEnd()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "config.json") << with(sizes("llama"), "eos_token_id", 2).dump();
        QCOMPARE(readModelConfig(path)->eos, std::vector<std::int32_t>{2});
        std::ofstream(path / "generation_config.json") << R"({"eos_token_id": [5, 6], "temperature": 0.6})";
        QCOMPARE(readModelConfig(path)->eos, (std::vector<std::int32_t>{5, 6}));
        std::ofstream(path / "generation_config.json") << "{";
        QCOMPARE(codeOf(readModelConfig(path)), ErrorCode::InvalidInput);
    }

    void whatWouldChangeTheResultIsRefusedByName_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        const std::initializer_list<std::pair<const char*, const char*>> cases{{"model_type", "\"gemma3\""},
            {"model_type", "\"mamba\""}, {"model_type", "\"smollm3\""}, {"hidden_act", "\"gelu\""}, {"mlp_bias", "true"},
            {"rope_scaling", R"({"rope_type": "longrope", "factor": 2})"}, {"rope_scaling", R"({"rope_type": "mrope"})"},
            {"rope_scaling", R"({"rope_type": "linear", "factor": 2, "novel": 3})"}, {"partial_rotary_factor", "0.5"},
            {"quantization_config", R"({"bits": 4})"}, {"logits_scaling", "8.0"}, {"embedding_multiplier", "12"},
            {"attn_logit_softcapping", "30.0"}, {"final_logit_softcapping", "30.0"}, {"num_experts", "8"},
            {"num_local_experts", "4"}, {"no_rope_layers", "[0, 1]"}, {"auto_map", R"({"AutoConfig": "a.B"})"},
            {"is_encoder_decoder", "true"}, {"add_cross_attention", "true"}, {"pruned_heads", R"({"0": [1]})"},
            {"sliding_window", "128"}, {"use_mrope", "true"}, {"vision_config", R"({"depth": 2})"},
            {"attention_multiplier", "0.1"}, {"head_dim_v", "8"}, {"clip_qkv", "6"}, {"rope_interleaved", "true"},
            {"layer_types", R"(["sliding_attention", "full_attention", "full_attention"])"}};
        for (const auto& [name, value] : cases)
            QTest::addRow("%s = %s", name, value) << QByteArray(name) << QByteArray(value);
    }

    void whatWouldChangeTheResultIsRefusedByName()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const auto config = parsed(with(sizes("llama"), name.constData(), json::parse(value.toStdString())));
        QCOMPARE(codeOf(config), ErrorCode::Unsupported);
        QVERIFY2(config.error().detail.find(name.toStdString()) != std::string::npos, config.error().detail.c_str());
    }

    void whatMakesNoSenseIsRefusedByName_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        const std::initializer_list<std::pair<const char*, const char*>> cases{{"hidden_size", "-64"}, {"hidden_size", "0"},
            {"hidden_size", "64.5"}, {"hidden_size", "\"64\""}, {"hidden_size", "null"}, {"hidden_size", "1e400"},
            {"hidden_size", "18446744073709551615"}, {"num_hidden_layers", "1001"}, {"num_hidden_layers", "2147483648"},
            {"num_attention_heads", "0"}, {"num_key_value_heads", "3"}, {"num_key_value_heads", "0"}, {"head_dim", "15"},
            {"head_dim", "-16"}, {"vocab_size", "16777217"}, {"max_position_embeddings", "1"}, {"rms_norm_eps", "0"},
            {"rms_norm_eps", "-1e-5"}, {"rms_norm_eps", "\"small\""}, {"rope_theta", "0"}, {"rope_theta", "[]"},
            {"rope_scaling", "4"}, {"rope_scaling", R"({"rope_type": "linear"})"},
            {"rope_scaling", R"({"rope_type": "linear", "factor": -1})"}, {"rope_scaling", R"({"rope_type": 5})"},
            {"rope_scaling", R"({"rope_type": "llama3", "factor": 8})"},
            {"rope_scaling", R"({"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 9})"},
            {"tie_word_embeddings", "1"}, {"attention_bias", "\"yes\""}, {"bos_token_id", "1.5"}, {"model_type", "7"},
            {"eos_token_id", "[[1]]"}, {"hidden_act", "{}"}};
        for (const auto& [name, value] : cases)
            QTest::addRow("%s = %s", name, value) << QByteArray(name) << QByteArray(value);
    }

    void whatMakesNoSenseIsRefusedByName()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        json whole = sizes("llama");
        whole.erase(name.toStdString());
        std::string text = whole.dump();
        text.insert(1, "\"" + name.toStdString() + "\": " + value.toStdString() + ", ");
        QCOMPARE(codeOf(parseModelConfig(text)), ErrorCode::InvalidInput);
    }

    void hostileTextsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("an array") << QByteArray("[1, 2]");
        QTest::newRow("half") << QByteArray(R"({"model_type": "llama", )");
        QTest::newRow("a key twice") << QByteArray(R"({"model_type": "llama", "model_type": "qwen2"})");
        QTest::newRow("a deep nest") << QByteArray("{\"a\":") + QByteArray(100000, '[');
        QTest::newRow("deep objects") << QByteArray("{\"a\":").repeated(100000);
        QTest::newRow("not UTF-8") << QByteArray("{\"model_type\": \"\xff\xfe\"}");
        QTest::newRow("no text at all") << QByteArray(100, '\0');
        QTest::newRow("after the end") << QByteArray(R"({"model_type": "llama"} x)");
    }

    void hostileTextsAreRefused()
    {
        QFETCH(QByteArray, text);
        QCOMPARE(codeOf(parseModelConfig(text.toStdString())), ErrorCode::InvalidInput);
    }

    void everyFamilyIsWrittenAndReadBack()
    {
        const QTemporaryDir folder;
        json qwen = with(with(with(sizes("qwen2"), "use_sliding_window", true), "max_window_layers", 2), "sliding_window", 9);
        json llama = with(sizes("llama"), "rope_scaling", {{"rope_type", "llama3"}, {"factor", 8.0}, {"low_freq_factor", 1.0},
            {"high_freq_factor", 4.0}, {"original_max_position_embeddings", 256}});
        json yarn = with(sizes("qwen3"), "rope_scaling", {{"rope_type", "yarn"}, {"factor", 4.0}});
        for (const json& value : {llama, qwen, yarn, sizes("mistral"), with(sizes("mistral"), "sliding_window", nullptr),
                 with(sizes("llama"), "attention_bias", true), with(sizes("llama"), "eos_token_id", {1, 2}),
                 with(sizes("llama"), "rope_scaling", {{"type", "linear"}, {"factor", 2.5}}),
                 with(sizes("llama"), "tie_word_embeddings", true)}) {
            const auto config = parsed(value);
            QVERIFY2(config, config ? "" : config.error().detail.c_str());
            QVERIFY(writeModelConfig(*config, folder.path().toStdString()));
            const auto again = readModelConfig(folder.path().toStdString());
            QVERIFY2(again, again ? "" : again.error().detail.c_str());
            QVERIFY(*again == *config);
        }
    }

    void rotaryAnglesAreThoseOfTransformers()
    {
        std::ifstream stream(TEST_DATA "/formats/rotary.json");
        const json cases = json::parse(stream).at("cases");
        QVERIFY(cases.size() >= 10);
        for (const json& each : cases) {
            const auto config = parsed(each.at("config"));
            QVERIFY2(config, config ? "" : config.error().detail.c_str());
            const Rotary rotary = rotaryOf(*config);
            QCOMPARE(rotary.frequencies.size(), each.at("frequencies").size());
            for (std::size_t i = 0; i < rotary.frequencies.size(); ++i) {
                const auto wanted = each.at("frequencies")[i].get<float>();
                QVERIFY2(std::abs(rotary.frequencies[i] - wanted) <= 2e-7F * wanted, each.dump().c_str());
            }
            QCOMPARE(rotary.scale, each.at("scale").get<float>());
        }
    }
};

QTEST_APPLESS_MAIN(ModelConfigTest)
#include "tst_modelconfig.moc"
