// Vocabularies and texts that are wrong, hostile or at an edge (B3 of the list of faults).
#include "engine/text/tokenizer.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace Qt::StringLiterals;
using namespace taskfold;
using nlohmann::json;

namespace {

// A byte-level vocabulary of the printable ASCII letters and a few merges; the cases change one thing in it.
json sound()
{
    json vocabulary = json::object();
    for (char c = '!'; c <= '~'; ++c)
        vocabulary[std::string(1, c)] = vocabulary.size();
    for (const char* more : {"\u0120", "ab", "bc", "abc", "\u0120a", "<s>"})
        vocabulary[more] = vocabulary.size();
    const json end{{"id", vocabulary.size()}, {"content", "<end>"}, {"single_word", false}, {"lstrip", false}, {"rstrip", false},
        {"normalized", false}, {"special", true}};
    return {{"added_tokens", {end}}, {"normalizer", nullptr},
        {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
        {"post_processor", nullptr}, {"decoder", {{"type", "ByteLevel"}}},
        {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", {"a b", "b c", "ab c", "a bc", "\u0120 a"}}}}};
}

// Llama 2's form: characters, the rest as bytes.
json pieces()
{
    json vocabulary = json::object();
    for (const char* name : {"<unk>", "<s>", "</s>"})
        vocabulary[name] = vocabulary.size();
    for (int byte = 0; byte < 256; ++byte)
        vocabulary[QString::asprintf("<0x%02X>", static_cast<unsigned>(byte)).toStdString()] = vocabulary.size();
    for (const char* text : {"\u2581", "a", "b", "\u2581a", "ab", "\u4e2d"})
        vocabulary[text] = vocabulary.size();
    const json prepend{{"type", "Prepend"}, {"prepend", "\u2581"}};
    const json replace{{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};
    const json decoders = {{{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}}, {{"type", "ByteFallback"}},
        {{"type", "Fuse"}}, {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}};
    return {{"added_tokens", json::array()}, {"normalizer", {{"type", "Sequence"}, {"normalizers", {prepend, replace}}}},
        {"pre_tokenizer", nullptr}, {"decoder", {{"type", "Sequence"}, {"decoders", decoders}}},
        {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", json::array({json::array({"\u2581", "a"}), json::array({"a", "b"})})}, {"unk_token", "<unk>"},
                      {"fuse_unk", true}, {"byte_fallback", true}}}};
}

std::unique_ptr<Tokenizer> made(const json& file)
{
    Result<std::unique_ptr<Tokenizer>> tokenizer = parseTokenizer(file.dump());
    if (!tokenizer)
        qFatal("%s", tokenizer.error().detail.c_str());
    return *std::move(tokenizer);
}

std::vector<std::string> tokensOf(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special = SpecialTokens::Parse)
{
    std::vector<std::string> texts;
    for (const std::int32_t id : tokenizer.encode(text, special))
        texts.push_back(tokenizer.tokenText(id));
    return texts;
}

using Tokens = std::vector<std::string>;

}  // namespace

class TokenizerFaultsTest : public QObject {
    Q_OBJECT

private slots:
    void aWrongFileIsRefusedWithWhatIsWrong_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const json& file, const char* says) {
            QTest::newRow(name) << QString::fromStdString(file.dump()) << QString::fromUtf8(says);
        };
        const auto changed = [](const char* place, const json& value) {
            json file = sound();
            file[json::json_pointer(place)] = value;
            return file;
        };
        const auto mended = [](const json& patch) {
            json file = sound();
            file.merge_patch(patch);
            return file;
        };
        QTest::newRow("nothing") << u""_s << u"JSON"_s;
        QTest::newRow("no JSON") << u"{\"model\": "_s << u"JSON"_s;
        QTest::newRow("a list") << u"[]"_s << u"object"_s;
        QTest::newRow("brackets without end") << QString(100000, u'[') << u"JSON"_s;
        row("no model", json::object(), "model");
        row("model is a number", changed("/model", 3), "type");
        row("no vocabulary", mended({{"model", {{"vocab", nullptr}}}}), "vocab");
        row("vocabulary is a list", changed("/model/vocab", json::array({"a"})), "token");
        row("a number given twice", changed("/model/vocab/twice", 0), "given twice");
        row("a negative number", changed("/model/vocab/minus", -1), "minus");
        row("a number with a point", changed("/model/vocab/half", 0.5), "half");
        row("a number as text", changed("/model/vocab/text", "7"), "text");
        row("a number beyond all others", changed("/model/vocab/far", 2000000000), "out of range");
        row("a number that doesn't fit", changed("/model/vocab/huge", 4294967296ULL), "huge");
        row("no merges", mended({{"model", {{"merges", nullptr}}}}), "merges");
        row("a merge of what isn't there", changed("/model/merges/0", "a zz"), "zz");
        row("a merge into what isn't there", changed("/model/merges/0", "b a"), "ba");
        row("a merge of one", changed("/model/merges/0", "ab"), "two parts");
        row("a merge of three", changed("/model/merges/0", "a b c"), "two parts");
        row("a merge of nothing", changed("/model/merges/0", json::array({"", "a"})), "empty part");
        row("a merge that is a number", changed("/model/merges/0", 7), "string");
        row("a pair of numbers", changed("/model/merges/0", json::array({1, 2})), "string");
        row("the unknown token isn't there", changed("/model/unk_token", "<nope>"), "nope");
        row("another model", changed("/model/type", "Unigram"), "Unigram");
        row("WordPiece", changed("/model/type", "WordPiece"), "WordPiece");
        row("subword prefix", changed("/model/continuing_subword_prefix", "##"), "continuing_subword_prefix");
        row("word suffix", changed("/model/end_of_word_suffix", "</w>"), "end_of_word_suffix");
        row("a normaliser we don't know", changed("/normalizer", {{"type", "Precompiled"}}), "Precompiled");
        row("a regex to replace", changed("/normalizer", {{"type", "Replace"}, {"pattern", {{"Regex", "a+"}}}, {"content", "b"}}), "a+");
        row("nothing to replace", changed("/normalizer", {{"type", "Replace"}, {"pattern", {{"String", ""}}}, {"content", "b"}}), "empty");
        row("a pre-tokenizer we don't know", changed("/pre_tokenizer", {{"type", "Whitespace"}}), "Whitespace");
        row("a pattern we don't know",
            changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "(a|b)*"}}}, {"behavior", "Isolated"}}), "(a|b)*");
        row("a known pattern, otherwise meant",
            changed("/pre_tokenizer",
                {{"type", "Split"}, {"behavior", "MergedWithNext"},
                    {"pattern", {{"Regex", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"}}}}), "pattern");
        row("steps behind ByteLevel",
            changed("/pre_tokenizer",
                {{"type", "Sequence"}, {"pretokenizers", {{{"type", "ByteLevel"}, {"add_prefix_space", false}}, {{"type", "Digits"}}}}}),
            "after ByteLevel");
        row("a replacement of two characters", changed("/pre_tokenizer", {{"type", "Metaspace"}, {"replacement", "__"}}), "one character");
        row("a decoder we don't know", changed("/decoder", {{"type", "CTC"}}), "CTC");
        row("an added token without text", changed("/added_tokens/0/content", ""), "empty");
        row("an added token given twice", changed("/added_tokens/1", sound()["added_tokens"][0]), "twice");
        row("an added token with another's number", changed("/added_tokens/0/id", 3), "its place makes it");
        row("an added token with a gap before it", changed("/added_tokens/0/id", 500), "its place makes it");
        row("an added token of the vocabulary with another number", changed("/added_tokens/0/content", "abc"), "its place makes it");
        row("an added token of two thousand letters", changed("/added_tokens/0/content", std::string(2000, 'x')), "1,024");
        row("added tokens aren't a list", changed("/added_tokens", "none"), "list");
        json nested{{"type", "NFC"}};
        for (int depth = 0; depth < 50; ++depth)
            nested = {{"type", "Sequence"}, {"normalizers", {nested}}};
        row("sequences without end", changed("/normalizer", nested), "sequences within sequences");
        json lacking = pieces();
        lacking["model"]["vocab"].erase("\u2581");
        row("a merge whose part was taken out", lacking, "\u2581");
    }
    void aWrongFileIsRefusedWithWhatIsWrong()
    {
        QFETCH(QString, file);
        QFETCH(QString, says);
        const auto tokenizer = parseTokenizer(file.toStdString());
        QVERIFY(!tokenizer);
        QVERIFY2(tokenizer.error().detail.find(says.toStdString()) != std::string::npos, tokenizer.error().detail.c_str());
    }

    void theSoundFilesAreRead()
    {
        QCOMPARE(tokensOf(*made(sound()), "abc ab ac"), (Tokens{"abc", "\u0120", "ab", "\u0120a", "c"}));
        QCOMPARE(tokensOf(*made(pieces()), "a ab"), (Tokens{"\u2581a", "\u2581a", "b"}));
    }

    void holesInTheVocabularyAreNoTokens()
    {
        json file = sound();
        file["model"]["vocab"]["abcd"] = 300;
        file["added_tokens"] = json::array();
        const auto tokenizer = made(file);
        QCOMPARE(tokenizer->vocabularySize(), 301);
        QCOMPARE(tokenizer->tokenText(200), std::string());
        QCOMPARE(tokenizer->decode(std::vector<std::int32_t>{200, *tokenizer->tokenOf("ab"), -5, 9999}), std::string("ab"));
    }

    void aMergeGivenAgainHasItsLaterRank()
    {
        json file = sound();
        file["model"]["merges"].push_back("a b");
        QCOMPARE(tokensOf(*made(file), "abc"), (Tokens{"abc"}));
        QCOMPARE(tokensOf(*made(file), "abb"), (Tokens{"ab", "b"}));
        file["model"]["merges"] = {"a b", "b c", "a b"};
        QCOMPARE(tokensOf(*made(file), "abc"), (Tokens{"a", "bc"}));
    }

    void mergesInACircleEnd()
    {
        json file = sound();
        file["model"]["merges"] = {"ab c", "a bc", "b c", "a b"};
        QCOMPARE(tokensOf(*made(file), "abcabc"), (Tokens{"abc", "abc"}));
    }

    void namesOfSpecialTokensInDataAreLettersWhereTheyShallBe()
    {
        const auto tokenizer = made(sound());
        QCOMPARE(tokensOf(*tokenizer, "a<end>b"), (Tokens{"a", "<end>", "b"}));
        QCOMPARE(tokensOf(*tokenizer, "a<end>b", SpecialTokens::AsText), (Tokens{"a", "<", "e", "n", "d", ">", "b"}));
        QCOMPARE(tokensOf(*tokenizer, "<end<end>"), (Tokens{"<", "e", "n", "d", "<end>"}));
    }

    void aRowCannotEndItselfThroughMerges()
    {
        json file = sound();
        file["added_tokens"][0]["content"] = "abc";
        file["added_tokens"][0]["id"] = file["model"]["vocab"]["abc"];
        file["model"]["ignore_merges"] = true;
        const auto tokenizer = made(file);
        QCOMPARE(tokensOf(*tokenizer, "abc"), (Tokens{"abc"}));
        QCOMPARE(tokensOf(*tokenizer, "abc", SpecialTokens::AsText), (Tokens{"a", "b", "c"}));
        QCOMPARE(tokensOf(*tokenizer, "abc"), (Tokens{"abc"}));
    }

    void ofSeveralAddedTokensTheLongestCounts()
    {
        json file = sound();
        for (const char* text : {"<e", "<end>x", "nd>"}) {
            json token = file["added_tokens"][0];
            token["content"] = text;
            token["id"] = file["model"]["vocab"].size() + file["added_tokens"].size();
            file["added_tokens"].push_back(token);
        }
        const auto tokenizer = made(file);
        QCOMPARE(tokensOf(*tokenizer, "<end>x<end>y<e"), (Tokens{"<end>x", "<end>", "y", "<e"}));
    }

    void addedTokensTakeSpacesAndStandAlone()
    {
        json file = sound();
        file["added_tokens"][0].merge_patch({{"lstrip", true}, {"rstrip", true}, {"single_word", true}, {"content", "end"}});
        const auto tokenizer = made(file);
        QCOMPARE(tokensOf(*tokenizer, "a  end  b"), (Tokens{"a", "end", "b"}));
        QCOMPARE(tokensOf(*tokenizer, "aend"), (Tokens{"a", "e", "n", "d"}));
        QCOMPARE(tokensOf(*tokenizer, "end end"), (Tokens{"end", "end"}));
    }

    void bytesWithoutATokenAreUnknownOrLeftOut()
    {
        json file = sound();
        QCOMPARE(tokensOf(*made(file), "a\xC3\xBC" "b"), (Tokens{"ab"}));
        file["model"]["unk_token"] = "<s>";
        QCOMPARE(tokensOf(*made(file), "a\xC3\xBC" "b"), (Tokens{"a", "<s>", "<s>", "b"}));
        file["model"]["fuse_unk"] = true;
        QCOMPARE(tokensOf(*made(file), "a\xC3\xBC" "b"), (Tokens{"a", "<s>", "b"}));
    }

    void charactersWithoutATokenAreTheirBytesAndComeBack()
    {
        const auto tokenizer = made(pieces());
        QCOMPARE(tokensOf(*tokenizer, "\u00fc"), (Tokens{"\u2581", "<0xC3>", "<0xBC>"}));
        for (const std::string text : {"\u00fc", "a\u00fc\u4e2d b", "\U0001F600", "\x01", "  a", "a  "})
            QCOMPARE(tokenizer->decode(tokenizer->encode(text), TextPart::Whole), text);
    }

    void byteTokensThatMakeNoCharacterBecomeReplacements()
    {
        const auto tokenizer = made(pieces());
        const auto byte = [&](const char* name) { return *tokenizer->tokenOf(name); };
        const std::vector<std::int32_t> broken{byte("<0xE4>"), byte("<0xB8>"), byte("a"), byte("<0xFF>")};
        QCOMPARE(tokenizer->decode(broken), std::string("\uFFFD\uFFFD" "a\uFFFD"));
        const std::vector<std::int32_t> whole{byte("<0xE4>"), byte("<0xB8>"), byte("<0xAD>")};
        QCOMPARE(tokenizer->decode(whole), std::string("\u4e2d"));
    }

    void brokenUtf8IsReadAsReplacements()
    {
        const auto tokenizer = made(pieces());
        QCOMPARE(tokensOf(*tokenizer, "a\xFF"), tokensOf(*tokenizer, "a\uFFFD"));
        QCOMPARE(tokensOf(*tokenizer, "\xE4\xB8"), tokensOf(*tokenizer, "\uFFFD"));
        QCOMPARE(tokensOf(*tokenizer, "\xED\xA0\x80"), tokensOf(*tokenizer, "\uFFFD\uFFFD\uFFFD"));
    }

    void textsAtEveryEdgeOfMemoryAreRead()
    {
        const auto tokenizer = made(sound());
        QVERIFY(tokenizer->encode("").empty());
        for (std::size_t length = 1; length < 300; ++length) {
            const auto exact = std::make_unique<char[]>(length);  // nothing readable behind it
            std::fill_n(exact.get(), length, 'q');
            QCOMPARE(tokenizer->encode({exact.get(), length}).size(), length);
        }
    }

    void wordsOfEveryLengthComeBackFromTheCache()
    {
        const auto tokenizer = made(sound());
        for (int round = 0; round < 3; ++round)
            for (std::size_t length = 1; length < 140; ++length) {
                const std::string text = std::string(length, 'x') + " " + std::string(length, 'y');
                QCOMPARE(tokenizer->encode(text).size(), 2 * length + 1);
            }
    }

    void moreWordsThanTheCacheHoldsAreStillRight()
    {
        const auto tokenizer = made(sound());
        std::vector<std::string> texts;
        for (int i = 0; i < 300000; ++i)
            texts.push_back("w" + std::to_string(i));
        for (const std::string& text : texts)
            QCOMPARE(tokenizer->encode(text).size(), text.size());
        for (const std::string& text : texts)
            QCOMPARE(tokenizer->encode(text).front(), *tokenizer->tokenOf("w"));
    }

    void oneWordOfAMegabyteIsQuick_data()
    {
        QTest::addColumn<QByteArray>("unit");
        for (const char* unit : {"a", "ab", "abc", "\U0001F600", "\u4e2d", " ", "ba", "bca"})
            QTest::newRow(unit) << QByteArray(unit);
    }
    // Time is the test's limit: what grows with the square of the length would take hours.
    void oneWordOfAMegabyteIsQuick()
    {
        QFETCH(QByteArray, unit);
        const std::string text = unit.repeated((1 << 20) / static_cast<int>(unit.size())).toStdString();
        const auto tokenizer = made(pieces());
        QCOMPARE(tokenizer->decode(tokenizer->encode(text), TextPart::Whole), text);
        QVERIFY(made(sound())->encode(text).size() <= text.size());
    }

    void filesThatCannotBeReadSaySo()
    {
        const QTemporaryDir folder;
        QVERIFY(!openTokenizer(folder.path().toStdString()));
        QVERIFY(!openTokenizer("/nowhere/at/all"));
        std::ofstream(folder.filePath(u"tokenizer.model"_s).toStdString()) << "not a model";
        const auto wrong = openTokenizer(folder.path().toStdString());
        QVERIFY(!wrong);
        QVERIFY(wrong.error().detail.find("SentencePiece") != std::string::npos);
        std::ofstream(folder.filePath(u"vocab.json"_s).toStdString()) << R"({"a": 0})";
        std::filesystem::remove(folder.filePath(u"tokenizer.model"_s).toStdString());
        const auto half = openTokenizer(folder.path().toStdString());
        QVERIFY(!half);
        QVERIFY(half.error().detail.find("merges.txt") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TokenizerFaultsTest)
#include "tst_tokenizerfaults.moc"
