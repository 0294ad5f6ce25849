// Ids and texts that the `tokenizers` package gave (tests/reference/tokenizers_reference.py record), for each family's form.
#include "engine/text/tokenizer.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

nlohmann::json fixture(const QString& name)
{
    std::ifstream file(std::filesystem::path(TEST_DATA) / "tokenizers" / name.toStdString());
    return nlohmann::json::parse(file);
}

std::unique_ptr<Tokenizer> tokenizerOf(const nlohmann::json& file)
{
    Result<std::unique_ptr<Tokenizer>> tokenizer = parseTokenizer(file["tokenizer"].dump());
    if (!tokenizer)
        qFatal("%s", tokenizer.error().detail.c_str());
    return *std::move(tokenizer);
}

void everyForm()
{
    QTest::addColumn<QString>("file");
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TEST_DATA) / "tokenizers")) {
        const std::string name = entry.path().filename().string();
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

std::string listed(std::span<const std::int32_t> ids)
{
    std::string text;
    for (const std::int32_t id : ids)
        text += std::to_string(id) + " ";
    return text;
}

}  // namespace

class TokenizerGoldenTest : public QObject {
    Q_OBJECT

private slots:
    void textsGetTheReferencesIds_data() { everyForm(); }
    void textsGetTheReferencesIds()
    {
        QFETCH(QString, file);
        const nlohmann::json golden = fixture(file);
        const auto tokenizer = tokenizerOf(golden);
        QVERIFY(golden["cases"].size() >= 60);
        // Twice: the second time words come from the cache.
        for (int round = 0; round < 2; ++round)
            for (const auto& known : golden["cases"]) {
                const auto text = known["text"].get<std::string>();
                QCOMPARE(listed(tokenizer->encode(text)), listed(known["ids"].get<std::vector<std::int32_t>>()));
            }
    }

    void idsGiveTheReferencesTexts_data() { everyForm(); }
    void idsGiveTheReferencesTexts()
    {
        QFETCH(QString, file);
        const nlohmann::json golden = fixture(file);
        const auto tokenizer = tokenizerOf(golden);
        for (const char* list : {"cases", "decodes"})
            for (const auto& known : golden[list]) {
                const auto ids = known["ids"].get<std::vector<std::int32_t>>();
                QCOMPARE(tokenizer->decode(ids, TextPart::Whole), known["decoded"].get<std::string>());
            }
    }

    void aBatchOnSeveralThreadsIsEveryTextByItself_data() { everyForm(); }
    void aBatchOnSeveralThreadsIsEveryTextByItself()
    {
        QFETCH(QString, file);
        const nlohmann::json golden = fixture(file);
        const auto tokenizer = tokenizerOf(golden);
        std::vector<std::string> texts;
        for (int round = 0; round < 40; ++round)
            for (const auto& known : golden["cases"])
                texts.push_back(known["text"].get<std::string>());
        texts.emplace_back();
        const TokenBatch batch = tokenizer->encodeBatch(std::vector<std::string_view>(texts.begin(), texts.end()), SpecialTokens::Parse, 4);
        QCOMPARE(batch.rows(), texts.size());
        std::int64_t tokens = 0;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto& known = golden["cases"][i % golden["cases"].size()];
            const auto expected = i + 1 < texts.size() ? known["ids"].get<std::vector<std::int32_t>>() : std::vector<std::int32_t>();
            QVERIFY(std::ranges::equal(batch.row(i), expected));
            tokens += static_cast<std::int64_t>(expected.size());
        }
        QCOMPARE(batch.tokens(), tokens);
    }
};

QTEST_APPLESS_MAIN(TokenizerGoldenTest)
#include "tst_tokenizergolden.moc"
