#include "engine/format/gguf.h"
#include "engine/format/ggufmodel.h"
#include "engine/format/ggufvocabulary.h"
#include "engine/format/ggufwriting.h"
#include "engine/format/modelfolder.h"
#include "engine/format/modelsource.h"
#include "engine/core/hash.h"
#include "engine/text/tokenizer.h"
#include "tests/support/codeof.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <fstream>

using namespace taskfold;
using nlohmann::json;
using taskfold::test::codeOf;

namespace {

const std::filesystem::path kFormats = TEST_DATA "/formats";

json expectations()
{
    std::ifstream stream(kFormats / "gguf.json");
    return json::parse(stream);
}

std::string digestOf(std::span<const float> numbers)
{
    return sha256({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
}

std::vector<float> numbersOf(const TensorView& tensor)
{
    std::vector<float> numbers(static_cast<std::size_t>(tensor.elements()));
    const Quantisation type = tensor.dtype == Dtype::F16 ? Quantisation::F16
        : tensor.dtype == Dtype::BF16                    ? Quantisation::BF16
                                                         : Quantisation::F32;
    dequantise(type, tensor.bytes, numbers);
    return numbers;
}

}  // namespace

class GgufTest : public QObject {
    Q_OBJECT

private slots:
    void everyTypeHasTheBitsOfGgufPy()
    {
        const auto file = GgufFile::open(kFormats / "quants.gguf");
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        const json wanted = expectations().at("quants");
        QCOMPARE(file->tensors().size(), std::size_t{11});
        for (const GgufTensor& tensor : file->tensors()) {
            QCOMPARE(tensor.shape, (std::vector<std::int64_t>{4, 512}));
            std::vector<float> numbers(2048);
            dequantise(tensor.type, tensor.bytes, numbers);
            QCOMPARE(digestOf(numbers), wanted.at(tensor.name).get<std::string>());
        }
    }

    void halvesAreExactBothWays()
    {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const auto half = static_cast<std::uint16_t>(bits);
            const float number = halfToFloat(half);
            if (std::isnan(number))
                QVERIFY(std::isnan(halfToFloat(floatToHalf(number))));
            else
                QCOMPARE(floatToHalf(number), half);
        }
        QCOMPARE(floatToHalf(65519.0F), std::uint16_t{0x7BFF});  // rounds down to the largest
        QCOMPARE(floatToHalf(65520.0F), std::uint16_t{0x7C00});
        QCOMPARE(floatToHalf(1 + 0x1p-11F), std::uint16_t{0x3C00});  // a tie: to even
        QCOMPARE(floatToHalf(1 + 3 * 0x1p-11F), std::uint16_t{0x3C02});
        QCOMPARE(floatToHalf(0x1p-25F), std::uint16_t{0});
        QCOMPARE(floatToHalf(-0x1.8p-25F), std::uint16_t{0x8001});
        QCOMPARE(floatToBrain(1 + 0x1p-8F), std::uint16_t{0x3F80});
        QCOMPARE(floatToBrain(1 + 3 * 0x1p-8F), std::uint16_t{0x3F82});
    }

    void q8IsWhatItIsReadFrom()
    {
        std::vector<float> numbers(64), again(64);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            numbers[i] = std::sin(static_cast<float>(i)) * (i < 32 ? 3.0F : 0.01F);
        std::vector<std::byte> blocks(68);
        quantise(Quantisation::Q8_0, numbers, blocks);
        dequantise(Quantisation::Q8_0, blocks, again);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            QVERIFY(std::abs(again[i] - numbers[i]) <= (i < 32 ? 3.0F : 0.01F) / 127 * 0.51F);
    }

    void aModelIsWhatTransformersReads_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama-spm-q8_0", "llama-smollm-q4_1", "llama3-f16", "qwen2-bf16", "qwen3-q5_0"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void aModelIsWhatTransformersReads()
    {
        QFETCH(QString, name);
        const std::filesystem::path file = kFormats / (name.toStdString() + ".gguf");
        const auto preview = previewModel(file);
        QVERIFY2(preview, preview ? "" : preview.error().detail.c_str());
        QCOMPARE(preview->licence, std::string("cc0-1.0"));
        QCOMPARE(preview->name, name.toStdString());
        const QTemporaryDir folder;
        const std::filesystem::path out = folder.path().toStdString();
        const auto converted = convertModel(*preview, out, {});
        QVERIFY2(converted, converted ? "" : converted.error().detail.c_str());
        const auto facts = inspectModelFolder(out);
        QVERIFY2(facts, facts ? "" : facts.error().detail.c_str());
        QVERIFY(facts->config == preview->config);
        QCOMPARE(facts->licence, std::string("cc0-1.0"));
        QCOMPARE(facts->parameters, preview->parameters);
        const auto weights = Safetensors::openFolder(out);
        QVERIFY(weights);
        const json wanted = expectations().at("models").at(name.toStdString());
        QCOMPARE(weights->tensors().size(), wanted.size());
        for (const TensorView& tensor : weights->tensors())
            QVERIFY2(digestOf(numbersOf(tensor)) == wanted.at(tensor.name), tensor.name.c_str());
    }

    void settingsBecomeAConfig()
    {
        const auto config = [](const char* name) { return *configOf(*GgufFile::open(kFormats / name)); };
        const ModelConfig spm = config("llama-spm-q8_0.gguf");
        QCOMPARE(spm.modelType, std::string("llama"));
        QCOMPARE(spm.normEpsilon, 1e-5);  // not the nearest fp32's decimals
        QVERIFY(!spm.tiedHead);
        QCOMPARE(spm.eos, std::vector<std::int32_t>{2});
        const ModelConfig llama3 = config("llama3-f16.gguf");
        QVERIFY(llama3.tiedHead);
        QVERIFY(llama3.ropeScaling.kind == RopeScaling::Kind::Llama3);
        QCOMPARE(llama3.ropeScaling.factor, 8.0);
        QCOMPARE(llama3.ropeScaling.originalContext, 8192);
        QVERIFY(config("qwen2-bf16.gguf").attentionBias);
        QVERIFY(!config("qwen2-bf16.gguf").outputBias);
        QVERIFY(config("qwen3-q5_0.gguf").qkNorm);
        QCOMPARE(config("qwen3-q5_0.gguf").headSize, 128);
    }

    void aTokenizerIsTakenAlong()
    {
        const auto spm = vocabularyOf(*GgufFile::open(kFormats / "llama-spm-q8_0.gguf"));
        QVERIFY(spm);
        QVERIFY(spm->form == Vocabulary::Form::SentencePiece);
        QVERIFY(spm->addsBos && spm->prefixSpace);
        QCOMPARE(spm->tokens.back().score, -10.0F);
        QCOMPARE(spm->tokens[259].score, -1000.0F);
        const auto llama3 = vocabularyOf(*GgufFile::open(kFormats / "llama3-f16.gguf"));
        QVERIFY(llama3);
        QCOMPARE(llama3->pre, std::string("llama-bpe"));
        QVERIFY(llama3->addsBos);
        QCOMPARE(llama3->tokens.back().kind, TokenKind::UserDefined);
    }

    void aSentencePieceTokenizerCutsByItsScores()
    {
        const QTemporaryDir folder;
        const std::filesystem::path out = folder.path().toStdString();
        QVERIFY(convertModel(*previewModel(kFormats / "llama-spm-q8_0.gguf"), out, {}));
        const auto tokenizer = openTokenizer(out);
        QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().detail.c_str());
        QVERIFY((*tokenizer)->addsBos());
        std::vector<std::string> texts;
        for (const std::int32_t token : (*tokenizer)->encode("hello world!"))
            texts.push_back((*tokenizer)->tokenText(token));
        QCOMPARE(texts, (std::vector<std::string>{"▁hello", "▁world", "<0x21>"}));
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode("hello world!"), TextPart::Whole), std::string("hello world!"));
    }

    void pairsOfRotaryRowsAreFoundBothWays()
    {
        QCOMPARE(pairedRow(0, 8), 0);
        QCOMPARE(pairedRow(1, 8), 2);
        QCOMPARE(pairedRow(4, 8), 1);
        QCOMPARE(pairedRow(8 + 7, 8), 8 + 7);
        for (std::int64_t row = 0; row < 48; ++row) {
            QCOMPARE(halvedRow(pairedRow(row, 16), 16), row);
            QCOMPARE(pairedRow(halvedRow(row, 16), 16), row);
        }
    }

    void writtenAgainItIsTheSameModel_data() { aModelIsWhatTransformersReads_data(); }

    void writtenAgainItIsTheSameModel()
    {
        QFETCH(QString, name);
        const QTemporaryDir first, second;
        const std::filesystem::path folder = first.path().toStdString(), again = second.path().toStdString();
        const auto preview = previewModel(kFormats / (name.toStdString() + ".gguf"));
        QVERIFY(preview && convertModel(*preview, folder, {}));
        const std::filesystem::path file = again / "out.gguf";
        const auto done = writeGguf(folder, file, {Quantisation::F32, "again", "mit"}, {});
        QVERIFY2(done, done ? "" : done.error().detail.c_str());
        const auto read = previewModel(file);
        QVERIFY2(read, read ? "" : read.error().detail.c_str());
        QVERIFY(read->config == preview->config);
        QCOMPARE(read->licence, std::string("mit"));
        QVERIFY(convertModel(*read, again, {}));
        const auto before = Safetensors::openFolder(folder), after = Safetensors::openFolder(again);
        QVERIFY(before && after);
        for (const TensorView& tensor : before->tensors())
            QCOMPARE(digestOf(numbersOf(*after->find(tensor.name))), digestOf(numbersOf(tensor)));
        const auto text = [](const std::filesystem::path& path) {
            std::ifstream stream(path);
            json value = json::parse(stream);
            value.erase("decoder");
            return value;
        };
        if (!name.contains(QStringLiteral("spm")))  // scores become ranks
            QVERIFY(text(folder / "tokenizer.json") == text(again / "tokenizer.json"));
        else
            QCOMPARE((*openTokenizer(again))->encode("hello world!"), (*openTokenizer(folder))->encode("hello world!"));
        QVERIFY(text(folder / "tokenizer_config.json") == text(again / "tokenizer_config.json"));
    }

    void q8AndHalvesAreCloseToWhatWasTrained()
    {
        const QTemporaryDir first;
        const std::filesystem::path folder = first.path().toStdString();
        QVERIFY(convertModel(*previewModel(kFormats / "llama-spm-q8_0.gguf"), folder, {}));
        const auto weights = Safetensors::openFolder(folder);
        for (const auto& [type, loss] : {std::pair(Quantisation::Q8_0, 1.0 / 127), {Quantisation::F16, 0x1p-11}, {Quantisation::BF16, 0x1p-8}}) {
            const QTemporaryDir second;
            const std::filesystem::path file = std::filesystem::path(second.path().toStdString()) / "out.gguf";
            QVERIFY(writeGguf(folder, file, {type, "x", ""}, {}));
            const auto written = GgufFile::open(file);
            QVERIFY2(written, written ? "" : written.error().detail.c_str());
            QCOMPARE(mainTypeOf(*written), nameOfQuantisation(static_cast<std::uint32_t>(type)));
            const auto sources = tensorsOf(*written, *configOf(*written));
            QVERIFY(sources);
            for (const TensorSource& source : *sources) {
                std::vector<std::byte> bytes(static_cast<std::size_t>(source.bytes()));
                source.rows(0, bytes);
                const auto now = numbersOf({source.name, source.dtype, source.shape, bytes});
                const auto then = numbersOf(*weights->find(source.name));
                float largest = 0;
                for (const float number : then)
                    largest = std::max(largest, std::abs(number));
                for (std::size_t i = 0; i < then.size(); ++i)
                    QVERIFY2(std::abs(now[i] - then[i]) <= largest * loss, source.name.c_str());
            }
        }
    }

    void whatLlamaCppComputesOtherwiseIsRefused()
    {
        const QTemporaryDir temp;
        const std::filesystem::path folder = temp.path().toStdString(), file = folder / "out.gguf";
        QVERIFY(convertModel(*previewModel(kFormats / "qwen2-bf16.gguf"), folder, {}));
        ModelConfig config = *readModelConfig(folder);
        config.ropeScaling = {RopeScaling::Kind::Yarn, 4, 64, 1, 4, 16, 1, true, 1.0};
        QVERIFY(writeModelConfig(config, folder));
        QCOMPARE(codeOf(writeGguf(folder, file, {}, {})), ErrorCode::Unsupported);
        config.ropeScaling = {};
        config.slidingWindow = {0, 40};
        QVERIFY(writeModelConfig(config, folder));
        QVERIFY(writeGguf(folder, file, {}, {}));
        QVERIFY(!ggufRemark(folder).empty());
        QCOMPARE(configOf(*GgufFile::open(file))->context, 40);
        std::filesystem::remove(file);
        std::ofstream(folder / "tokenizer.json") << R"({"model": {"type": "BPE", "vocab": {}, "merges": []}, "pre_tokenizer": {"type": "Whitespace"}})";
        QCOMPARE(codeOf(writeGguf(folder, file, {}, {})), ErrorCode::Unsupported);
        QVERIFY(!std::filesystem::exists(file) && !std::filesystem::exists(file.string() + ".part"));
    }

    void llamaTwoCFilesGiveTheSameModel()
    {
        const std::filesystem::path models = std::filesystem::path(SHARED_FOLDER) / "models";
        if (!std::filesystem::exists(models))
            QSKIP("the models beside the checkout aren't there");
        const auto preview = previewModel(models / "stories260K-llama2c" / "stories260K.bin");
        QVERIFY2(preview, preview ? "" : preview.error().detail.c_str());
        const QTemporaryDir folder;
        const std::filesystem::path out = folder.path().toStdString();
        QVERIFY(convertModel(*preview, out, {}));
        const auto ours = Safetensors::openFolder(out), theirs = Safetensors::openFolder(models / "stories260K-hf");
        QVERIFY(ours && theirs);
        QCOMPARE(*weightsHash(*ours), *weightsHash(*theirs));
        const auto converted = openTokenizer(out), known = openTokenizer(models / "stories260K-hf");
        QVERIFY(converted && known);
        for (const char* text : {"Once upon a time", " two  spaces", "Zürich 12 é 你好\n\ttab", "", "the cat, the dog"})
            QCOMPARE((*converted)->encode(text), (*known)->encode(text));
        QVERIFY(previewModel(models / "aidreams260K" / "aidreams260K.bin"));
    }

    void whatIsNoModelIsSaidInOneSentence()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QCOMPARE(codeOf(previewModel(path / "absent")), ErrorCode::NotFound);
        QCOMPARE(codeOf(previewModel(path)), ErrorCode::NotFound);
        std::ofstream(path / "notes.txt") << "hello";
        QCOMPARE(codeOf(previewModel(path / "notes.txt")), ErrorCode::InvalidInput);
        std::ofstream(path / "model.pt") << "PK\x03\x04 zip";
        QCOMPARE(codeOf(previewModel(path / "model.pt")), ErrorCode::Unsupported);
        std::ofstream(path / "pytorch_model.bin") << "\x80\x02}q";
        const auto pickle = previewModel(path / "pytorch_model.bin");
        QCOMPARE(codeOf(pickle), ErrorCode::Unsupported);
        QVERIFY(pickle.error().detail.find("pickle") != std::string::npos);
        std::filesystem::copy_file(kFormats / "qwen2-bf16.gguf", path / "a.gguf");
        QCOMPARE(previewModel(path)->form, ModelForm::Gguf);  // the only one of a folder
        std::filesystem::copy_file(kFormats / "qwen3-q5_0.gguf", path / "b.gguf");
        QCOMPARE(codeOf(previewModel(path)), ErrorCode::InvalidInput);
    }
};

QTEST_APPLESS_MAIN(GgufTest)
#include "tst_gguf.moc"
