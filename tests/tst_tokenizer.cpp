#include "engine/text/bpetrainer.h"
#include "engine/text/labeltrie.h"
#include "engine/text/template.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

#include "engine/core/random.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace Qt::StringLiterals;
using namespace taskfold;

namespace {

std::filesystem::path model(const char* name)
{
    return std::filesystem::path(SHARED_FOLDER) / "models" / name;
}

std::unique_ptr<Tokenizer> trained(const QTemporaryDir& folder, int vocabulary, std::vector<std::string> texts)
{
    std::size_t next = 0;
    const Result<int> size = trainBpe(
        [&]() -> std::optional<std::string_view> {
            return next == texts.size() ? std::nullopt : std::optional<std::string_view>(texts[next++]);
        },
        vocabulary, 64, folder.path().toStdString(), {});
    if (!size)
        qFatal("%s", size.error().detail.c_str());
    return *openTokenizer(folder.path().toStdString());
}

QByteArray fileOf(const QTemporaryDir& folder)
{
    QFile file(folder.filePath(u"tokenizer.json"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

const std::vector<std::string> kTexts{"the cat sat on the mat", "the cats sat on mats", "a cat and a mat"};

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private slots:
    void gpt2GivesTheGoldenTokens()
    {
        std::ifstream file(model("tokenizers/golden/gpt2_encoded_tokens.json"));
        if (!file)
            QSKIP("the tokenizers beside the checkout aren't there");
        const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(model("tokenizers/gpt2"));
        QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().detail.c_str());
        const auto expected = nlohmann::json::parse(file);
        const auto ids = (*tokenizer)->encode(expected["text"].get<std::string>());
        QVERIFY(ids == expected["token_ids"].get<std::vector<std::int32_t>>());
        QCOMPARE((*tokenizer)->decode(ids), expected["decoded_text"].get<std::string>());
    }

    void storiesPromptGivesTheExpectedTokens()
    {
        std::ifstream file(model("stories260K-hf/expected_greedy.json"));
        if (!file)
            QSKIP("the models beside the checkout aren't there");
        const auto expected = nlohmann::json::parse(file);
        const auto tokenizer = openTokenizer(model("stories260K-hf"));
        QVERIFY(tokenizer);
        std::vector<std::int32_t> ids{*(*tokenizer)->bos()};
        for (const std::int32_t id : (*tokenizer)->encode(expected["prompt"].get<std::string>()))
            ids.push_back(id);
        QVERIFY(ids == expected["prompt_ids"].get<std::vector<std::int32_t>>());
    }

    void learnedTokensGiveEveryTextBack()
    {
        const QTemporaryDir folder;
        const auto tokenizer = trained(folder, 300, kTexts);
        Random random{3};
        for (int i = 0; i < 200; ++i) {
            std::string text;
            for (std::size_t k = 0; k < 1 + random.below(40); ++k)
                text += random.below(4) == 0 ? std::string("ü") : std::string(1, static_cast<char>(32 + random.below(95)));
            QCOMPARE(tokenizer->decode(tokenizer->encode(text, SpecialTokens::AsText)), text);
        }
        QVERIFY(tokenizer->encode("the cat sat").size() < 8);
    }

    void learningDoesNotDependOnTheOrderOfTheTexts()
    {
        const QTemporaryDir one, other;
        trained(one, 300, kTexts);
        trained(other, 300, {kTexts[2], kTexts[0], kTexts[1]});
        QVERIFY(!fileOf(one).isEmpty());
        QCOMPARE(fileOf(one), fileOf(other));
    }

    void namesOfSpecialTokensInARowAreOnlyLetters()
    {
        const QTemporaryDir folder;
        const auto tokenizer = trained(folder, kByteVocabulary, {});
        const auto ids = tokenizer->encode("a</s>b", SpecialTokens::AsText);
        QCOMPARE(ids.size(), 6U);
        QCOMPARE(tokenizer->encode("a</s>b", SpecialTokens::Parse).size(), 3U);
    }

    void brokenUtf8BecomesTheReplacementCharacter()
    {
        QCOMPARE(repairedUtf8("a\xFF" "b"), std::string("a\xEF\xBF\xBD" "b"));
        QVERIFY(isUtf8("grün"));
        QVERIFY(!isUtf8("\xC3"));
    }

    void aRowIsPromptTargetAndEnd()
    {
        const QTemporaryDir folder;
        const auto tokenizer = trained(folder, kByteVocabulary, {});
        Task task;
        task.instruction = "say";
        const Result<Rendered> rendered = render(*tokenizer, task, {1, "in", "out", {}, {}}, 64);
        QVERIFY(rendered);
        QCOMPARE(promptText(task, "in"), std::string("say\nin\n"));
        std::vector<std::int32_t> target(rendered->tokens.begin() + static_cast<std::ptrdiff_t>(rendered->targetStart), rendered->tokens.end());
        QCOMPARE(target.size(), 4U);
        QCOMPARE(target.back(), *tokenizer->eos());
        target.pop_back();
        QCOMPARE(tokenizer->decode(target), std::string("out"));
    }

    void tooLongInputsLoseTheirMiddleAndTooLongTargetsAreRefused()
    {
        const QTemporaryDir folder;
        const auto tokenizer = trained(folder, kByteVocabulary, {});
        const Result<Rendered> cut = render(*tokenizer, {}, {1, std::string(100, 'x') + "END", "t", {}, {}}, 32);
        QVERIFY(cut);
        QCOMPARE(cut->tokens.size(), 32U);
        QVERIFY(cut->truncatedTokens > 60);
        QVERIFY(tokenizer->decode(cut->tokens).find("END") != std::string::npos);
        QVERIFY(!render(*tokenizer, {}, {1, "x", std::string(40, 'y'), {}, {}}, 32));
    }

    void labelsShareTheirBeginningsInATree()
    {
        const QTemporaryDir folder;
        const auto tokenizer = trained(folder, kByteVocabulary, {});
        const Result<LabelTrie> trie = LabelTrie::of(*tokenizer, std::vector<std::string>{"card", "care", "dog"});
        QVERIFY(trie);
        QCOMPARE(trie->labels(), 3);
        int ends = 0;
        for (const LabelTrie::Node& node : trie->nodes())
            ends += node.label >= 0 ? 1 : 0;
        QCOMPARE(ends, 3);
        QVERIFY(!LabelTrie::of(*tokenizer, std::vector<std::string>{"a", "a"}));
        QVERIFY(!LabelTrie::of(*tokenizer, std::vector<std::string>{""}));
    }
};

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
