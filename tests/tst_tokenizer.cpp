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

    void t5PiecesAreTheGoldenOnes()
    {
        std::ifstream file(model("tokenizers/golden/t5_base_encoded.json"));
        if (!file)
            QSKIP("the tokenizers beside the checkout aren't there");
        const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(model("tokenizers/t5-spm/spiece.model"));
        QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().detail.c_str());
        const auto expected = nlohmann::json::parse(file);
        auto ids = (*tokenizer)->encode(expected["text"].get<std::string>());
        ids.push_back(*(*tokenizer)->eos());
        QVERIFY(ids == expected["token_ids"].get<std::vector<std::int32_t>>());
    }

    // One vocabulary in two forms: the library's answers are ours.
    void aSentencePieceModelAndItsTokenizerJsonAgree()
    {
        const auto pieces = openTokenizer(model("stories260K-llama2c/tok512.model"));
        const auto json = openTokenizer(model("stories260K-hf"));
        if (!pieces || !json)
            QSKIP("the models beside the checkout aren't there");
        QCOMPARE((*pieces)->vocabularySize(), (*json)->vocabularySize());
        QCOMPARE((*pieces)->bos(), (*json)->bos());
        QCOMPARE((*pieces)->eos(), (*json)->eos());
        Random random{5};
        for (int i = 0; i < 500; ++i) {
            std::string text = "A";  // the model drops spaces at the ends and beside others
            for (std::size_t k = 0; k < 1 + random.below(30); ++k) {
                const char* const more[] = {"the", " a", " once upon", ",", " Lily", ".", "\n", "ü", "你", "\U0001F600", "x"};
                text += more[random.below(std::size(more))];
            }
            const auto ids = (*json)->encode(text, SpecialTokens::AsText);
            QCOMPARE((*pieces)->encode(text, SpecialTokens::AsText), ids);
            QCOMPARE((*pieces)->encodeContinuation(text), (*json)->encodeContinuation(text));
            QCOMPARE((*pieces)->decode(ids, TextPart::Whole), text);
            QCOMPARE((*pieces)->decode(ids), (*json)->decode(ids));
        }
        QCOMPARE((*pieces)->encode("a</s>").back(), *(*pieces)->eos());
        QVERIFY((*pieces)->encode("a</s>", SpecialTokens::AsText).back() != *(*pieces)->eos());
    }

    void aBrokenSentencePieceModelIsRefused()
    {
        std::ifstream file(model("stories260K-llama2c/tok512.model"), std::ios::binary);
        if (!file)
            QSKIP("the models beside the checkout aren't there");
        const std::string whole{std::istreambuf_iterator<char>(file), {}};
        const QTemporaryDir folder;
        const auto opened = [&](const std::string& bytes) {
            std::ofstream(folder.filePath(u"tokenizer.model"_s).toStdString(), std::ios::binary) << bytes;
            return openTokenizer(folder.path().toStdString());
        };
        QVERIFY(opened(whole));
        for (std::size_t part = 1; part < 64; ++part)  // wherever it breaks off, it is refused or still a model of fewer pieces
            if (const auto cut = opened(whole.substr(0, whole.size() * part / 64)))
                (*cut)->encode("once upon a time");
        QVERIFY(!opened(""));
        QVERIFY(!opened(whole.substr(1)));
        Random random{9};
        for (int i = 0; i < 300; ++i) {
            std::string flipped = whole;
            for (int k = 0; k < 3; ++k)
                flipped[random.below(flipped.size())] ^= static_cast<char>(1U << random.below(8));
            if (const auto read = opened(flipped))
                (*read)->decode((*read)->encode("once upon a time, ü"), TextPart::Whole);
        }
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
