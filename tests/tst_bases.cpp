#include "app/jobs/basepreview.h"
#include "app/jobs/bases.h"
#include "app/jobs/check.h"
#include "app/jobs/convertedbase.h"
#include "app/jobs/memory.h"
#include "db/baserepository.h"
#include "tests/support/codeof.h"
#include "tests/support/ggufbytes.h"
#include "tests/support/tempproject.h"

#include <QTest>

#include <cmath>

#include <fstream>

using namespace taskfold;
using taskfold::test::codeOf;

namespace {

const std::filesystem::path kFormats = TEST_DATA "/formats";

std::vector<std::string> foldersIn(const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        names.push_back(entry.path().filename().string());
    return names;
}

}  // namespace

/// Base models added to a project: converted, remembered, refused.
class BasesTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_temp = std::make_unique<test::TempProject>();
        QVERIFY(newProject(m_temp->project()));
    }

    void aGgufFileBecomesAFolderOfTheProject()
    {
        const Project project = m_temp->project();
        const auto added = jobs::addBase(project, kFormats / "llama-spm-q8_0.gguf", "small one", {});
        QVERIFY2(added, added ? "" : added.error().detail.c_str());
        QCOMPARE(added->name, std::string("small one"));
        QVERIFY(added->path.starts_with("models/small-one-"));
        QCOMPARE(added->context, 256);
        const auto connection = openExisting(project);
        QCOMPARE(db::BaseRepository(**connection).byName("small one")->hash, added->hash);
        QVERIFY(jobs::checkProject(project, {})->empty());
    }

    void theSameFileIsConvertedOnce()
    {
        const Project project = m_temp->project();
        const auto first = jobs::addBase(project, kFormats / "llama-spm-q8_0.gguf", "a", {});
        QVERIFY(first);
        const auto time = std::filesystem::last_write_time(project.resolved(first->path) / "model.safetensors");
        const auto again = jobs::addBase(project, kFormats / "llama-spm-q8_0.gguf", "a", {});
        QVERIFY(again);
        QCOMPARE(again->path, first->path);
        QVERIFY(std::filesystem::last_write_time(project.resolved(first->path) / "model.safetensors") == time);
        QCOMPARE(foldersIn(project.models()).size(), std::size_t{1});
    }

    void whatCanNotBeUsedLeavesNothing()
    {
        const Project project = m_temp->project();
        test::GgufBytes file = test::smallGguf();
        file.str("llama.attention.something", "new");
        const auto path = m_temp->text(QByteArray::fromStdString(file.bytes()));
        QCOMPARE(codeOf(jobs::addBase(project, path, "x", {})), ErrorCode::Unsupported);
        QVERIFY(foldersIn(project.models()).empty());
        QCOMPARE(codeOf(jobs::addBase(project, kFormats, "x", {})), ErrorCode::InvalidInput);  // several files
        QCOMPARE(codeOf(jobs::addBase(project, kFormats / "llama-spm-q8_0.gguf", "tiny", {})), ErrorCode::InvalidInput);
        const auto connection = openExisting(project);
        QVERIFY(db::BaseRepository(**connection).all()->empty());
    }

    void aStopLeavesNothing()
    {
        const Project project = m_temp->project();
        std::stop_source stop;
        JobContext context{stop.get_token(), [&](const Progress& progress) {
                               if (progress.phase.starts_with("unpacking"))
                                   stop.request_stop();
                           }};
        QCOMPARE(codeOf(jobs::addBase(project, kFormats / "llama-spm-q8_0.gguf", "x", context)), ErrorCode::Cancelled);
        QVERIFY(foldersIn(project.models()).empty());
    }

    void weightsThatAreNotFiniteAreRefused()
    {
        test::GgufBytes file = test::smallGguf();
        std::string bytes = file.bytes();
        const float nan = std::numeric_limits<float>::quiet_NaN();
        bytes.replace(bytes.size() - 32, 4, test::GgufBytes::raw(nan));
        QByteArray held = QByteArray::fromStdString(bytes);
        const auto path = m_temp->text(held);
        const auto added = jobs::addBase(m_temp->project(), path, "x", {});
        QCOMPARE(codeOf(added), ErrorCode::InvalidInput);
        QVERIFY2(added.error().detail.find("mlp.down_proj") != std::string::npos, added.error().detail.c_str());
    }

    void aPreviewSaysWhatItIs()
    {
        const auto preview = jobs::previewBase(kFormats / "llama-spm-q8_0.gguf", {});
        QVERIFY2(preview, preview ? "" : preview.error().detail.c_str());
        QCOMPARE(preview->model.storedAs, std::string("Q8_0"));
        QCOMPARE(preview->tokens, 278);
        QCOMPARE(preview->model.licence, std::string("cc0-1.0"));
        for (const double mib : {preview->loraMib, preview->fullBf16Mib, preview->fullMib})
            QVERIFY2(mib > 145 && mib < 205, std::to_string(mib).c_str());  // the library's own, and little more for such a model
        QVERIFY(foldersIn(m_temp->project().models()).empty());
    }

    void memoryIsWhatAReaderWouldAddUp()
    {
        ModelConfig config;
        config.hidden = 64;
        config.layers = 2;
        config.heads = 4;
        config.keyValueHeads = 2;
        config.headSize = 16;
        config.feedForward = 96;
        config.vocabulary = 1000;
        config.context = 128;
        config.tiedHead = true;
        const double parameters = 1000 * 64 + 2 * (64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 96 + 2 * 64) + 64;
        QCOMPARE(static_cast<double>(parameterCount(config)), parameters);
        // Weights, gradient and moments in fp32 are 16 bytes a parameter; the rest grows with tokens alone.
        const auto mib = [&](jobs::TrainingShape shape) { return jobs::trainingMemoryMib(config, shape); };
        const double one = mib({.batch = 1, .context = 1, .targetTokens = 0}), two = mib({.batch = 2, .context = 1, .targetTokens = 0});
        QVERIFY(std::abs((one - (two - one)) * 1048576 - (145 * 1048576.0 + 16 * parameters)) < 1);
        QCOMPARE(mib({.batch = 4, .context = 256, .targetTokens = 0}), one + (4 * 128 - 1) * (two - one));  // its own context is shorter
        QVERIFY(mib({.batch = 8, .context = 128, .checkpointing = true}) < mib({.batch = 8, .context = 128}));
        const double adapters = 8 * 2 * (2 * (64 + 64) + 2 * (64 + 32) + 3 * (64 + 96));
        const auto lora = [&](int count) {
            return mib({.method = Method::Lora, .precision = Precision::Bf16, .batch = 4, .rank = 8, .adapters = count});
        };
        QVERIFY(std::abs((lora(2) - lora(1)) * 1048576 - 16 * adapters) < 1);
    }

    void namesBecomeFolders()
    {
        QCOMPARE(jobs::folderWord("SmolLM2 135M/Instruct"), std::string("SmolLM2-135M-Instruct"));
        QCOMPARE(jobs::folderWord("../../etc"), std::string("model..-..-etc"));
        QCOMPARE(jobs::folderWord(""), std::string("model"));
    }

private:
    std::unique_ptr<test::TempProject> m_temp;
};

QTEST_GUILESS_MAIN(BasesTest)
#include "tst_bases.moc"
