#include "app/jobs/computemodule.h"
#include "app/jobs/memory.h"
#include "engine/core/random.h"
#include "engine/text/bpetrainer.h"
#include "support/tempproject.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <cmath>
#include <fstream>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

struct Shape {
    const char* model;
    TinySize size;
};

// Of the built-in kind, from small to as large as a test may take.
const Shape kShapes[]{
    {"wide", {4, 512, 8, 4, 1536, 512, 1024}},
    {"deep", {16, 256, 4, 2, 768, 512, 1024}},
    {"large vocabulary", {4, 384, 6, 6, 1024, 512, 8192}},
};

std::string letters(Random& random, int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += i > 0 && random.below(5) == 0 ? ' ' : static_cast<char>('a' + random.below(26));
    return text;
}

double peakMib()
{
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(6)) / 1024;
    return 0;
}

// The child: trains two steps on rows of just this length, and prints the most memory it held.
int measure(const QStringList& arguments)
{
    const std::filesystem::path folder = arguments[1].toStdString();
    const bool lora = arguments[2] == u"lora"_s, half = arguments[3] == u"bf16"_s, checkpointing = arguments[6] == u"checkpointing"_s;
    compute::TrainSetup setup;
    setup.base = folder;
    setup.runFolder = arguments[7].toStdString();
    setup.placement = {"cpu", 2, half ? Precision::Bf16 : Precision::Fp32};
    setup.method = lora ? Method::Lora : Method::Full;
    setup.batch = arguments[4].toInt();
    setup.context = arguments[5].toInt();
    setup.checkpointing = checkpointing;
    setup.steps = 2;
    setup.evaluateEvery = setup.checkpointEvery = 0;
    setup.validationRows = 0;
    setup.lossMean = LossMean::Token;
    compute::TaskRows rows;
    rows.task.id = TaskId{1};
    rows.task.name = "letters";
    rows.task.kind = TaskKind::Generation;
    Random random{7};
    std::vector<Row> list;
    for (int i = 0; i < 2 * setup.batch; ++i)  // no two begin alike; too long, so cut to the context
        list.push_back({i + 1, letters(random, 8 * setup.context), "target", {}, {}});
    rows.train = std::move(list);
    setup.tasks = {rows};
    setup.mixing = {{1, 1, 0, 0, false}};
    const auto engine = jobs::computeEngine();
    if (!engine)
        return 2;
    const auto result = (*engine)->train(setup, {}, {});
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().detail.c_str());
        return 1;
    }
    std::printf("%.1f\n", peakMib());
    return 0;
}

}  // namespace

/// The estimate before a training beside the most memory that a process of its own held. With TASKFOLD_MODEL=FOLDER also of
/// that model.
class MemoryTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Random random{3};
        std::vector<std::string> texts;
        for (int i = 0; i < 1500; ++i)
            texts.push_back(letters(random, 100));
        const auto engine = jobs::computeEngine();
        QVERIFY(engine);
        for (const Shape& shape : kShapes) {
            const std::filesystem::path model = m_folder.project().folder / shape.model;
            std::filesystem::create_directories(model);
            std::size_t next = 0;
            QVERIFY(trainBpe([&]() -> std::optional<std::string_view> {
                return next < texts.size() ? std::optional<std::string_view>(texts[next++]) : std::nullopt;
            }, shape.size.vocabulary, 512, model, {}));
            QVERIFY((*engine)->makeTiny(shape.size, model, 1));
        }
    }

    void theEstimateIsWithinATenthOfThePeak_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<bool>("lora");
        QTest::addColumn<bool>("half");
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("checkpointing");
        QStringList models;
        for (const Shape& shape : kShapes)
            models.append(QString::fromStdString((m_folder.project().folder / shape.model).string()));
        if (const QString given = qEnvironmentVariable("TASKFOLD_MODEL"); !given.isEmpty())
            models.append(QDir::cleanPath(given));
        for (const QString& model : std::as_const(models))
            for (const bool lora : {false, true})
                for (const bool half : {false, true})
                    for (const auto& [batch, length] : {std::pair(4, 128), std::pair(16, 256), std::pair(8, 512)})
                        QTest::addRow("%s, %s, %s, batch %d, %d tokens", qPrintable(QFileInfo(model).fileName()), lora ? "lora" : "full", half ? "bf16" : "fp32", batch, length)
                            << model << lora << half << batch << length << false;
        QTest::addRow("deep, full, fp32, batch 16, 256 tokens, checkpointing") << models[1] << false << false << 16 << 256 << true;
    }

    void theEstimateIsWithinATenthOfThePeak()
    {
        QFETCH(QString, model);
        QFETCH(bool, lora);
        QFETCH(bool, half);
        QFETCH(int, batch);
        QFETCH(int, length);
        QFETCH(bool, checkpointing);
        const Result<ModelConfig> config = readModelConfig(model.toStdString());
        QVERIFY(config);
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(),
            {u"--measure"_s, model, lora ? u"lora"_s : u"full"_s, half ? u"bf16"_s : u"fp32"_s,
                QString::number(batch), QString::number(length), checkpointing ? u"checkpointing"_s : u"whole"_s,
                QString::fromStdString((m_folder.project().folder / "run").string())});
        QVERIFY(child.waitForFinished(600000));
        QVERIFY2(child.exitCode() == 0, child.readAllStandardError().constData());
        const double peak = child.readAllStandardOutput().toDouble();
        jobs::TrainingShape training;
        training.method = lora ? Method::Lora : Method::Full;
        training.precision = half ? Precision::Bf16 : Precision::Fp32;
        training.batch = batch;
        training.context = length;
        training.checkpointing = checkpointing;
        const double estimate = jobs::trainingMemoryMib(*config, training);
        std::printf("%-60s estimate %7.0f MiB, peak %7.0f MiB, %+5.1f %%\n", QTest::currentDataTag(), estimate, peak, 100 * (estimate / peak - 1));
        QVERIFY2(std::abs(estimate / peak - 1) < 0.1, qPrintable(QStringLiteral("%1 against %2").arg(estimate).arg(peak)));
    }

private:
    const test::TempProject m_folder;
};

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.value(0) == u"--measure"_s)
        return measure(arguments);
    MemoryTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_memory.moc"
