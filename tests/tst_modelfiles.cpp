#include "engine/format/modelconfig.h"
#include "engine/format/modelfolder.h"
#include "engine/format/safetensors.h"

#include "engine/core/random.h"

#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

QByteArray fileWith(const QByteArray& header, qsizetype dataBytes)
{
    QByteArray bytes(8, '\0');
    const auto size = static_cast<std::uint64_t>(header.size());
    std::memcpy(bytes.data(), &size, 8);
    return bytes + header + QByteArray(dataBytes, '\1');
}

bool accepted(const QTemporaryDir& folder, const QByteArray& bytes)
{
    QFile file(folder.filePath(u"x.safetensors"_s));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("no file");
    file.close();
    return static_cast<bool>(Safetensors::openFile(file.fileName().toStdString()));
}

const QByteArray kGood = R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";

}  // namespace

class ModelFilesTest : public QObject {
    Q_OBJECT

private slots:
    void aFileIsWrittenAndReadBack()
    {
        const QTemporaryDir folder;
        const std::vector<float> values{1, 2, 3, 4, 5, 6};
        const std::vector<TensorView> tensors{{"b", Dtype::F32, {2, 3}, std::as_bytes(std::span(values))},
            {"a", Dtype::F32, {1}, std::as_bytes(std::span(values).first(1))}};
        const std::string path = folder.filePath(u"m.safetensors"_s).toStdString();
        QVERIFY(writeSafetensors(path, tensors, {{"by", "test"}}));
        const Result<Safetensors> read = Safetensors::openFile(path);
        QVERIFY(read);
        QCOMPARE(read->tensors().size(), 2U);
        QCOMPARE(read->metadata().at("by"), std::string("test"));
        const TensorView* b = read->find("b");
        QVERIFY(b && b->shape == (std::vector<std::int64_t>{2, 3}));
        QVERIFY(std::memcmp(b->bytes.data(), values.data(), 24) == 0);
    }

    void fixturesOfOthersAreRead()
    {
        QDirIterator files(QStringLiteral(SHARED_FOLDER "/models/safetensors-fixtures"), {u"*.safetensors"_s});
        if (!files.hasNext())
            QSKIP("the fixtures beside the checkout aren't there");
        while (files.hasNext()) {
            const QString file = files.next();
            const Result<Safetensors> read = Safetensors::openFile(file.toStdString());
            QVERIFY2(read, qPrintable(file));
            QVERIFY(!read->tensors().empty());
        }
    }

    void headersThatLieAreRefused_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("bytes");
        QTest::newRow("beyond the end") << QByteArray(R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,32]}})") << 16;
        QTest::newRow("shape and bytes differ") << QByteArray(R"({"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,16]}})") << 16;
        QTest::newRow("shape overflows") << QByteArray(R"({"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,16]}})") << 16;
        QTest::newRow("negative shape") << QByteArray(R"({"a":{"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]}})") << 16;
        QTest::newRow("unknown dtype") << QByteArray(R"({"a":{"dtype":"F31","shape":[2,2],"data_offsets":[0,16]}})") << 16;
        QTest::newRow("overlap") << QByteArray(R"({"a":{"dtype":"U8","shape":[10],"data_offsets":[0,10]},"b":{"dtype":"U8","shape":[10],"data_offsets":[5,15]}})") << 15;
        QTest::newRow("hole") << QByteArray(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}})") << 12;
        QTest::newRow("trailing bytes") << kGood << 20;
        QTest::newRow("backwards") << QByteArray(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})") << 4;
        QTest::newRow("twice the same name") << QByteArray(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})") << 8;
        QTest::newRow("no JSON") << QByteArray("{{{{") << 0;
        QTest::newRow("a list") << QByteArray("[]") << 0;
    }

    void headersThatLieAreRefused()
    {
        QFETCH(QByteArray, header);
        QFETCH(int, bytes);
        const QTemporaryDir folder;
        QVERIFY(!accepted(folder, fileWith(header, bytes)));
    }

    void everyCutAndEveryFlippedHeaderIsSurvived()
    {
        const QTemporaryDir folder;
        const QByteArray whole = fileWith(kGood, 16);
        QVERIFY(accepted(folder, whole));
        for (qsizetype length = 0; length < whole.size(); ++length)
            QVERIFY(!accepted(folder, whole.left(length)));
        Random random{5};
        for (int i = 0; i < 500; ++i) {
            QByteArray broken = whole;
            const auto at = static_cast<qsizetype>(random.below(static_cast<std::uint64_t>(8 + kGood.size())));
            broken[at] = static_cast<char>(random.below(256));
            accepted(folder, broken);  // either is right, as long as it comes back
        }
    }

    void configsAreReadWrittenAndUnknownOnesNamed()
    {
        const QTemporaryDir folder;
        ModelConfig config;
        config.hidden = 64;
        config.layers = 2;
        config.heads = 4;
        config.keyValueHeads = 2;
        config.headSize = 16;
        config.feedForward = 128;
        config.vocabulary = 300;
        config.context = 128;
        config.tiedHead = true;
        QVERIFY(writeModelConfig(config, folder.path().toStdString()));
        const Result<ModelConfig> read = readModelConfig(folder.path().toStdString());
        QVERIFY(read);
        QVERIFY(*read == config);
        std::int64_t sum = 0;
        for (const NamedShape& tensor : tensorsOf(config)) {
            std::int64_t size = 1;
            for (const std::int64_t edge : tensor.shape)
                size *= edge;
            sum += size;
        }
        QCOMPARE(parameterCount(config), sum);
        QCOMPARE(parseModelConfig(R"({"model_type": "mamba"})").error().code, ErrorCode::Unsupported);
        QVERIFY(!parseModelConfig(R"({"model_type": "llama", "hidden_size": -5})"));
        QVERIFY(!parseModelConfig("nonsense"));
    }

    void aRealFolderIsInspected()
    {
        const std::filesystem::path folder = std::filesystem::path(SHARED_FOLDER) / "models" / "stories260K-hf";
        if (!std::filesystem::exists(folder))
            QSKIP("the models beside the checkout aren't there");
        const Result<ModelFolderFacts> facts = inspectModelFolder(folder);
        QVERIFY(facts);
        QCOMPARE(facts->parameters, 260032);
        QCOMPARE(facts->config.layers, 5);
        QCOMPARE(facts->hash.size(), 64U);
    }
};

QTEST_APPLESS_MAIN(ModelFilesTest)
#include "tst_modelfiles.moc"
