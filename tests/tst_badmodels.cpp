#include "engine/core/random.h"
#include "engine/format/gguf.h"
#include "engine/format/ggufvocabulary.h"
#include "engine/format/llama2c.h"
#include "engine/format/modelfolder.h"
#include "engine/format/modelsource.h"
#include "tests/support/codeof.h"
#include "tests/support/ggufbytes.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <functional>

using namespace taskfold;
using taskfold::test::codeOf;
using taskfold::test::GgufBytes;

using Bytes = std::string;
using Kind = GgufBytes;

Q_DECLARE_METATYPE(Bytes)

namespace {

template <typename Number>
std::string raw(Number number)
{
    return GgufBytes::raw(number);
}

void addCase(const char* name, const std::string& bytes)
{
    QTest::newRow(name) << Bytes(bytes);
}

GgufBytes small()
{
    return test::smallGguf();
}

GgufBytes bare()
{
    return {};
}

GgufBytes with(std::function<void(GgufBytes&)> change, GgufBytes file = small())
{
    change(file);
    return file;
}

// A file whose one tensor has these sizes, type and bytes.
std::string tensor(const std::vector<std::uint64_t>& sizes, std::uint32_t type, std::size_t bytes, std::int64_t at = -1,
    const std::string& name = "t")
{
    return bare().tensor(name, sizes, type, std::string(bytes, 'x'), at).bytes();
}

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

std::string safetensors(const std::string& header, std::size_t data, std::uint64_t claimed = 0)
{
    return raw<std::uint64_t>(claimed > 0 ? claimed : header.size()) + header + std::string(data, '\1');
}

std::string one(const std::string& entry, std::size_t data, const std::string& name = "a")
{
    return safetensors("{\"" + name + "\":" + entry + "}", data);
}

}  // namespace

/// Hostile model files: each is refused with one clear sentence, and none ends the program.
class BadModelsTest : public QObject {
    Q_OBJECT

private slots:
    void theSmallModelIsGood()
    {
        const auto file = write(small().bytes());
        const auto preview = previewModel(file);
        QVERIFY2(preview, preview ? "" : preview.error().detail.c_str());
        QVERIFY(!codeOf(GgufFile::open(write(bare().bytes()))));
    }

    void badGguf_data()
    {
        QTest::addColumn<Bytes>("bytes");
        headers();
        settings();
        tensors();
    }

    void badGguf()
    {
        QFETCH(Bytes, bytes);
        refuses(GgufFile::open(write(bytes)));
    }

    void badMeaning_data()
    {
        QTest::addColumn<Bytes>("bytes");
        const auto u32 = [](const char* key, std::uint32_t value) {
            return GgufBytes().str("general.architecture", "llama").u32(key, value).bytes();
        };
        addCase("no architecture", bare().bytes());
        addCase("an unknown architecture", bare().str("general.architecture", "mamba").bytes());
        addCase("an architecture that is a number", bare().u32("general.architecture", 7).bytes());
        addCase("nothing but an architecture", u32("llama.block_count", 1));
        for (const char* key : {"llama.block_count", "llama.embedding_length", "llama.attention.head_count"}) {
            for (const std::uint32_t value : {0U, 100000U, 0xFFFFFFFFU}) {
                GgufBytes file;
                file.str("general.architecture", "llama").tensor("token_embd.weight", {4, 6}, 0, std::string(96, '\0'));
                for (const char* name : {"llama.block_count", "llama.context_length", "llama.embedding_length",
                         "llama.feed_forward_length", "llama.attention.head_count"})
                    file.u32(name, std::string(name) == key ? value : 2);
                file.f32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
                QTest::addRow("%s = %u", key, value) << Bytes(file.bytes());
            }
        }
        for (const auto& [name, key, value] : {std::tuple("experts", "llama.expert_count", 8U),
                 {"a scale nobody knows", "llama.logit_scale", 3U}, {"another head for values", "llama.attention.value_length", 8U},
                 {"half a rotation", "llama.rope.dimension_count", 1U}, {"parts", "split.count", 2U},
                 {"a start token outside", "tokenizer.ggml.unknown_token_id", 99U}})
            addCase(name, with([&, k = key, v = value](GgufBytes& f) { f.u32(k, v); }).bytes());
        addCase("not causal", with([](GgufBytes& f) { f.flag("llama.attention.causal", false); }).bytes());
        addCase("an adapter", with([](GgufBytes& f) { f.str("general.type", "adapter"); }).bytes());
        addCase("an unknown tensor", with([](GgufBytes& f) { f.tensor("blk.0.ssm", {2}, 0, std::string(8, '\0')); }).bytes());
        addCase("a layer too many", with([](GgufBytes& f) { f.tensor("blk.7.ffn_up.weight", {2}, 0, std::string(8, '\0')); }).bytes());
        addCase("an unknown scaling", with([](GgufBytes& f) { f.str("llama.rope.scaling.type", "longrope"); }).bytes());
        addCase("a scaling without factor", with([](GgufBytes& f) { f.str("llama.rope.scaling.type", "linear"); }).bytes());
        addCase("strange rotary factors", with([](GgufBytes& f) { f.tensor("rope_freqs.weight", {1}, 0, raw(0.3F)); }).bytes());
        addCase("rotary factors that are NaN", with([](GgufBytes& f) {
            f.tensor("rope_freqs.weight", {1}, 0, raw(std::numeric_limits<float>::quiet_NaN()));
        }).bytes());
        addCase("per-layer heads", with([](GgufBytes& f) {
            f.numbers<std::uint32_t>("llama.attention.key_length", Kind::U32, {2, 4});
        }).bytes());
        addCase("a negative size", with([](GgufBytes& f) { f.pair("llama.attention.key_length", Kind::I32, raw(-2)); }).bytes());
        addCase("a size that is a text", with([](GgufBytes& f) { f.str("llama.attention.key_length", "2"); }).bytes());
        addCase("an infinite size", with([](GgufBytes& f) {
            f.numbers<float>("llama.attention.key_length", Kind::F32, {std::numeric_limits<float>::infinity()});
        }).bytes());
    }

    void badMeaning()
    {
        QFETCH(Bytes, bytes);
        refuses(previewModel(write(bytes)));
    }

    void badTokenizers_data()
    {
        QTest::addColumn<Bytes>("bytes");
        const auto file = [](std::function<void(GgufBytes&)> tokens) {
            GgufBytes bytes;
            tokens(bytes);
            return bytes.bytes();
        };
        const auto spm = [](GgufBytes& f) { f.str("tokenizer.ggml.model", "llama"); };
        const auto bpe = [](GgufBytes& f) { f.str("tokenizer.ggml.model", "gpt2").str("tokenizer.ggml.pre", "gpt-2"); };
        addCase("none", file([](GgufBytes&) {}));
        addCase("an unknown model", file([](GgufBytes& f) { f.str("tokenizer.ggml.model", "rwkv"); }));
        addCase("wordpiece", file([](GgufBytes& f) { f.str("tokenizer.ggml.model", "bert"); }));
        addCase("no tokens", file(spm));
        addCase("tokens that are numbers", file([&](GgufBytes& f) {
            spm(f);
            f.numbers<std::uint8_t>("tokenizer.ggml.tokens", Kind::U8, {1, 2});
        }));
        addCase("no scores", file([&](GgufBytes& f) {
            spm(f);
            f.texts("tokenizer.ggml.tokens", {"a"});
        }));
        addCase("too few scores", file([&](GgufBytes& f) {
            spm(f);
            f.texts("tokenizer.ggml.tokens", {"a", "b"}).numbers<float>("tokenizer.ggml.scores", Kind::F32, {1});
        }));
        addCase("scores that are texts", file([&](GgufBytes& f) {
            spm(f);
            f.texts("tokenizer.ggml.tokens", {"a"}).texts("tokenizer.ggml.scores", {"1"});
        }));
        addCase("a score that is no number", file([&](GgufBytes& f) {
            spm(f);
            f.texts("tokenizer.ggml.tokens", {"a"});
            f.numbers<float>("tokenizer.ggml.scores", Kind::F32, {std::numeric_limits<float>::quiet_NaN()});
        }));
        addCase("an unknown kind", file([&](GgufBytes& f) {
            bpe(f);
            f.texts("tokenizer.ggml.tokens", {"a"}).numbers<std::int32_t>("tokenizer.ggml.token_type", Kind::I32, {9});
        }));
        addCase("no merges", file([&](GgufBytes& f) {
            bpe(f);
            f.texts("tokenizer.ggml.tokens", {"a"});
        }));
        addCase("an unknown way to cut", file([](GgufBytes& f) {
            f.str("tokenizer.ggml.model", "gpt2").str("tokenizer.ggml.pre", "novel").texts("tokenizer.ggml.tokens", {"a"});
        }));
        addCase("an end token outside", file([&](GgufBytes& f) {
            bpe(f);
            f.texts("tokenizer.ggml.tokens", {"a"}).texts("tokenizer.ggml.merges", {}).u32("tokenizer.ggml.eos_token_id", 1);
        }));
        addCase("a character map", file([&](GgufBytes& f) {
            spm(f);
            f.numbers<std::uint8_t>("tokenizer.ggml.precompiled_charsmap", Kind::U8, {1});
        }));
        addCase("a token twice", written({"a", "a"}));
        addCase("an empty token", written({"a", ""}));
        addCase("a token that isn't UTF-8", written({"a", "\xff\xfe"}));
        addCase("a byte that isn't one", written({"<0x-1>", std::string(2, '\0')}, {"a b"}));
    }

    void badTokenizers()
    {
        QFETCH(Bytes, bytes);
        const auto file = GgufFile::open(write(bytes));
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        const auto vocabulary = vocabularyOf(*file);
        if (!vocabulary)
            return refuses(vocabulary);
        // What only shows when it is put together: written, or refused, and never a crash.
        const QTemporaryDir folder;
        const auto done = writeTokenizer(*vocabulary, folder.path().toStdString());
        if (!done)
            QVERIFY(done.error().detail.starts_with("tokenizer"));
        else
            QCOMPARE(QString::fromLatin1(QTest::currentDataTag()), QStringLiteral("a byte that isn't one"));
    }

    void badSafetensors_data()
    {
        QTest::addColumn<Bytes>("bytes");
        const auto entry = [](const char* dtype, const char* shape, const char* offsets) {
            return std::string("{\"dtype\":\"") + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
        };
        addCase("nothing", "");
        addCase("seven bytes", "1234567");
        addCase("a header longer than the file", safetensors("{}", 0, 3));
        addCase("a header over the cap", safetensors("{}", 16, 100'000'001));
        addCase("a header of 2^64 - 1", safetensors("{}", 16, kHuge));
        addCase("a header of 2^63", safetensors("{}", 16, std::uint64_t{1} << 63));
        addCase("no JSON", safetensors("hello", 0));
        addCase("an array", safetensors("[1]", 0));
        addCase("a number", safetensors("5", 0));
        addCase("half a header", safetensors(R"({"a":{"dtype")", 0));
        addCase("a header that isn't UTF-8", safetensors("{\"\xff\":1}", 0));
        addCase("text behind the header", safetensors("{} {}", 0));
        addCase("a deep header", safetensors("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}", 0));
        addCase("a tensor twice", safetensors("{\"a\":" + entry("U8", "[1]", "[0,1]") + ",\"a\":" + entry("U8", "[1]", "[1,2]") + "}", 2));
        addCase("a key twice", safetensors(R"({"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", 1));
        addCase("an overlap", safetensors("{\"a\":" + entry("U8", "[4]", "[0,4]") + ",\"b\":" + entry("U8", "[4]", "[2,6]") + "}", 6));
        addCase("the same bytes twice", safetensors("{\"a\":" + entry("U8", "[4]", "[0,4]") + ",\"b\":" + entry("U8", "[4]", "[0,4]") + "}", 4));
        addCase("a hole", safetensors("{\"a\":" + entry("U8", "[2]", "[0,2]") + ",\"b\":" + entry("U8", "[2]", "[4,6]") + "}", 6));
        addCase("a hole in front", one(entry("U8", "[2]", "[2,4]"), 4));
        addCase("bytes behind", one(entry("U8", "[2]", "[0,2]"), 3));
        addCase("bytes and no tensor", safetensors("{}", 8));
        addCase("an unknown dtype", one(entry("F31", "[1]", "[0,4]"), 4));
        addCase("no dtype", one(R"({"shape":[1],"data_offsets":[0,4]})", 4));
        addCase("no shape", one(R"({"dtype":"F32","data_offsets":[0,4]})", 4));
        addCase("no place", one(R"({"dtype":"F32","shape":[1]})", 4));
        addCase("a tensor that is a list", one("[1,2]", 0));
        addCase("a dtype that is a number", one(R"({"dtype":4,"shape":[1],"data_offsets":[0,4]})", 4));
        addCase("a shape that is a number", one(entry("F32", "1", "[0,4]"), 4));
        addCase("too few bytes for the shape", one(entry("F32", "[2]", "[0,4]"), 4));
        addCase("too many bytes for the shape", one(entry("F32", "[1]", "[0,8]"), 8));
        addCase("bytes for no size", one(entry("F32", "[0]", "[0,4]"), 4));
        addCase("a shape that overflows", one(entry("F32", "[4294967296,4294967296]", "[0,4]"), 4));
        addCase("a shape that overflows to the right size", one(entry("F32", "[4611686018427387905]", "[0,4]"), 4));
        addCase("a size of 2^63", one(entry("U8", "[9223372036854775808]", "[0,4]"), 4));
        addCase("zero times an overflow", one(entry("F32", "[18446744073709551615,0]", "[0,0]"), 0));
        addCase("a negative size", one(entry("F32", "[-1]", "[0,4]"), 4));
        addCase("half a size", one(entry("F32", "[1.0]", "[0,4]"), 4));
        addCase("nine dimensions", one(entry("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), 1));
        addCase("a negative place", one(entry("U8", "[1]", "[-1,0]"), 1));
        addCase("a place past the end", one(entry("U8", "[8]", "[0,8]"), 4));
        addCase("a place of 2^64 - 1", one(entry("U8", "[1]", "[18446744073709551614,18446744073709551615]"), 4));
        addCase("an end before its begin", one(entry("U8", "[1]", "[1,0]"), 1));
        addCase("three places", one(entry("U8", "[1]", "[0,1,1]"), 1));
        addCase("metadata that is a list", safetensors(R"({"__metadata__":["a"]})", 0));
        addCase("metadata that isn't text", safetensors(R"({"__metadata__":{"a":1}})", 0));
        addCase("metadata that is a text", safetensors(R"({"__metadata__":"a"})", 0));
    }

    void badSafetensors()
    {
        QFETCH(Bytes, bytes);
        refuses(Safetensors::openFile(write(bytes)));
    }

    void badFolders_data()
    {
        QTest::addColumn<Bytes>("index");
        addCase("no JSON", "nonsense");
        addCase("no map", R"({"metadata": {}})");
        addCase("a map that is a list", R"({"weight_map": ["a"]})");
        addCase("a file that is a number", R"({"weight_map": {"a": 1}})");
        addCase("a file above", R"({"weight_map": {"a": "../model-1.safetensors"}})");
        addCase("an absolute file", R"({"weight_map": {"a": "/etc/passwd"}})");
        addCase("a file below", R"({"weight_map": {"a": "sub/model-1.safetensors"}})");
        addCase("a backslash", R"({"weight_map": {"a": "..\\model-1.safetensors"}})");
        addCase("a NUL", R"({"weight_map": {"a": "x\u0000.safetensors"}})");
        addCase("another kind of file", R"({"weight_map": {"a": "model.bin"}})");
        addCase("a file that isn't there", R"({"weight_map": {"a": "model-2.safetensors"}})");
        addCase("a tensor that isn't there", R"({"weight_map": {"a": "model-1.safetensors", "z": "model-1.safetensors"}})");
        addCase("an empty map", R"({"weight_map": {}})");
        addCase("a tensor the index doesn't say", R"({"weight_map": {"b": "model-1.safetensors"}})");
        addCase("a tensor twice in the index", R"({"weight_map": {"a": "model-1.safetensors", "a": "model-1.safetensors"}})");
        addCase("another file than the index says", R"({"weight_map": {"a": "model-3.safetensors", "b": "model-1.safetensors"}})");
    }

    void badFolders()
    {
        QFETCH(Bytes, index);
        const QTemporaryDir temp;
        const std::filesystem::path folder = temp.path().toStdString();
        const auto shard = [&](const char* file, const char* name) {
            std::ofstream(folder / file, std::ios::binary)
                << one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})", 1, name);
        };
        shard("model-1.safetensors", "a");
        shard("model-3.safetensors", "b");
        std::ofstream(folder / "model.safetensors.index.json", std::ios::binary) << index;
        refuses(Safetensors::openFolder(folder));
        std::ofstream(folder / "model.safetensors.index.json", std::ios::binary | std::ios::trunc)
            << R"({"metadata": {"total_size": 2}, "weight_map": {"a": "model-1.safetensors", "b": "model-3.safetensors"}})";
        QVERIFY(!codeOf(Safetensors::openFolder(folder)));  // and the right one is right
    }

    void badLlama2c_data()
    {
        QTest::addColumn<Bytes>("bytes");
        const auto header = [](std::initializer_list<std::int32_t> numbers, std::size_t floats) {
            std::string bytes;
            for (const std::int32_t number : numbers)
                bytes += raw(number);
            return bytes + std::string(floats * 4, '\0');
        };
        addCase("too short", std::string(27, '\0'));
        addCase("zeros", std::string(28, '\0'));
        addCase("a newer version", "24ka" + std::string(100, '\0'));
        addCase("negative sizes", header({-4, 4, 1, 2, 1, 6, 16}, 100));
        addCase("the least number", header({4, 4, 1, 2, 1, std::numeric_limits<std::int32_t>::min(), 16}, 100));
        addCase("the largest numbers", header({0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF}, 10));
        addCase("the largest that pass", header({1 << 20, 1 << 20, 1000, 1 << 14, 1 << 14, 1 << 24, 1 << 24}, 10));
        addCase("too few floats", header({4, 4, 1, 2, 1, 6, 16}, 100));
        addCase("too many floats", header({4, 4, 1, 2, 1, 6, 16}, 100000));
        addCase("heads that don't fit", header({4, 4, 1, 3, 2, 6, 16}, 100));
    }

    void badLlama2c()
    {
        QFETCH(Bytes, bytes);
        refuses(Llama2cFile::open(write(bytes)));
    }

    void cutAnywhereIsRefused()
    {
        for (const std::string& whole : {small().bytes(), one(R"({"dtype":"F32","shape":[8,8],"data_offsets":[0,256]})", 256)}) {
            const bool gguf = whole.starts_with("GGUF");
            for (int part = 0; part < 256; ++part) {
                const auto file = write(whole.substr(0, whole.size() * static_cast<std::size_t>(part) / 256));
                if (gguf)
                    refuses(GgufFile::open(file));
                else
                    refuses(Safetensors::openFile(file));
            }
        }
    }

    void flippedBitsAreRefusedOrHarmless()
    {
        Random random{11};
        const std::string good = small().bytes();
        int accepted = 0;
        for (int i = 0; i < 1000; ++i) {
            std::string bytes = good;
            const std::size_t at = random.below(bytes.size());
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
            const auto file = write(bytes);
            const auto preview = previewModel(file);
            if (preview)
                ++accepted;  // a weight, a score, or a name that only names
            else
                QVERIFY(!preview.error().detail.empty() && preview.error().detail.find('\n') == std::string::npos);
        }
        QVERIFY(accepted > 0 && accepted < 1000);
    }

    void whatIsNoFileIsRefused()
    {
        QCOMPARE(codeOf(GgufFile::open("/dev/zero")), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(GgufFile::open(m_folder.path().toStdString())), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(GgufFile::open("/nowhere/at/all")), ErrorCode::NotFound);
        QCOMPARE(codeOf(Safetensors::openFile("/dev/null")), ErrorCode::InvalidInput);
    }

private:
    static void headers()
    {
        addCase("nothing", "");
        addCase("one byte", "G");
        addCase("another start", "GGUG" + std::string(60, '\0'));
        addCase("only the start", "GGUF");
        for (const std::uint32_t version : {0U, 1U, 4U, 0x03000000U, 0xFFFFFFFFU})
            QTest::addRow("version %u", version) << Bytes(with([&](GgufBytes& f) { f.version = version; }).bytes());
        for (const std::int64_t count : {std::int64_t{1} << 32, std::numeric_limits<std::int64_t>::max(), std::int64_t{100}}) {
            QTest::addRow("%lld tensors", static_cast<long long>(count)) << Bytes(with([&](GgufBytes& f) { f.claimedTensors = count; }).bytes());
            QTest::addRow("%lld settings", static_cast<long long>(count)) << Bytes(with([&](GgufBytes& f) { f.claimedPairs = count; }).bytes());
        }
        addCase("a tensor fewer than there are", with([](GgufBytes& f) { f.claimedTensors = 3; }).bytes());
        addCase("a setting fewer than there are", with([](GgufBytes& f) { f.claimedPairs = 3; }).bytes());
        addCase("no tensor counted", with([](GgufBytes& f) { f.claimedTensors = 0; f.claimedPairs = 14; }).bytes());
    }

    static void settings()
    {
        const auto pair = [](std::uint32_t kind, const std::string& value) { return bare().pair("k", kind, value).bytes(); };
        addCase("an unknown kind of setting", pair(13, "\1"));
        addCase("a kind of 2^32 - 1", pair(0xFFFFFFFF, "\1"));
        addCase("neither true nor false", pair(Kind::Bool, "\2"));
        addCase("a text past the end", pair(Kind::Text, raw<std::uint64_t>(100) + "abc"));
        addCase("a text of 2^64 - 1", pair(Kind::Text, raw<std::uint64_t>(kHuge) + "abc"));
        addCase("a text whose end wraps", pair(Kind::Text, raw<std::uint64_t>(kHuge - 30) + "abc"));
        addCase("half a number", pair(Kind::U64, "1234"));
        addCase("no name", bare().pair("", Kind::U8, "\1").bytes());
        addCase("a name past the end", "GGUF" + raw(3U) + raw<std::uint64_t>(0) + raw<std::uint64_t>(1) + raw<std::uint64_t>(1000) + "abcdefgh");
        addCase("a name of 64 KiB", bare().pair(std::string(65536, 'k'), Kind::U8, "\1").bytes());
        addCase("a setting twice", bare().u32("k", 1).u32("k", 2).bytes());
        addCase("an array of arrays", pair(Kind::Array, raw<std::uint32_t>(Kind::Array) + raw<std::uint64_t>(1) + raw<std::uint32_t>(Kind::U8) + raw<std::uint64_t>(1) + "\1"));
        addCase("an array of nothing known", pair(Kind::Array, raw(77U) + raw<std::uint64_t>(1) + "\1"));
        addCase("an array past the end", pair(Kind::Array, raw<std::uint32_t>(Kind::U32) + raw<std::uint64_t>(100) + "1234"));
        addCase("an array whose size wraps", pair(Kind::Array, raw<std::uint32_t>(Kind::U32) + raw<std::uint64_t>((kHuge >> 2) + 2) + "1234"));
        addCase("an array of 2^64 - 1 texts", pair(Kind::Array, raw<std::uint32_t>(Kind::Text) + raw<std::uint64_t>(kHuge) + "1234"));
        addCase("an array of 2^60 texts", pair(Kind::Array, raw<std::uint32_t>(Kind::Text) + raw<std::uint64_t>(std::uint64_t{1} << 60) + "1234"));
        addCase("an array's text past the end", pair(Kind::Array, raw<std::uint32_t>(Kind::Text) + raw<std::uint64_t>(1) + raw<std::uint64_t>(9) + "1"));
        addCase("half an array", pair(Kind::Array, raw<std::uint32_t>(Kind::U8)));
        for (const std::uint32_t alignment : {0U, 3U, 48U, 0x80000000U})
            QTest::addRow("alignment %u", alignment) << Bytes(with([&](GgufBytes& f) { f.u32("general.alignment", alignment); }).bytes());
        addCase("an alignment that is a text", with([](GgufBytes& f) { f.str("general.alignment", "32"); }).bytes());
        addCase("another alignment than the tensors'", with([](GgufBytes& f) { f.u32("general.alignment", 256); }).bytes());
    }

    static void tensors()
    {
        addCase("no dimension", tensor({}, 0, 4));
        addCase("five dimensions", tensor({1, 1, 1, 1, 1}, 0, 4));
        addCase("2^32 - 1 dimensions", "GGUF" + raw(3U) + raw<std::uint64_t>(1) + raw<std::uint64_t>(0) + GgufBytes::text("t") + raw(0xFFFFFFFFU) + std::string(64, '\1'));
        addCase("a size of nothing", tensor({0, 4}, 0, 4));
        addCase("a size of 2^63", tensor({std::uint64_t{1} << 63}, 0, 4));
        addCase("a size of 2^64 - 1", tensor({kHuge}, 0, 4));
        addCase("sizes that overflow", tensor({std::uint64_t{1} << 32, std::uint64_t{1} << 32}, 0, 4));
        addCase("sizes that overflow to one", tensor({(kHuge >> 1) - 1, 3, 3, 3}, 0, 4));
        addCase("bytes that overflow", tensor({std::uint64_t{1} << 62}, 0, 4));
        addCase("blocks that overflow", tensor({std::uint64_t{1} << 62, 32}, 2, 4));
        addCase("a row that isn't whole blocks", tensor({33}, 8, 34));
        addCase("a row of half a large block", tensor({128}, 12, 72));
        for (const std::uint32_t type : {4U, 5U, 9U, 10U, 11U, 16U, 31U, 99U, 0xFFFFFFFFU})
            QTest::addRow("type %u", type) << Bytes(tensor({256}, type, 256));
        addCase("past the end", tensor({9}, 0, 4));
        addCase("far past the end", tensor({1}, 0, 4, std::int64_t{1} << 40));
        addCase("a place that wraps", tensor({1}, 0, 4, std::numeric_limits<std::int64_t>::max()));
        addCase("a place that isn't aligned", tensor({1}, 0, 64, 4));
        addCase("a hole in front", tensor({1}, 0, 64, 32));
        addCase("two at one place", bare().tensor("a", {8}, 0, std::string(32, 'x')).tensor("b", {8}, 0, std::string(32, 'y'), 0).bytes());
        addCase("an overlap", bare().tensor("a", {16}, 0, std::string(64, 'x')).tensor("b", {8}, 0, std::string(32, 'y'), 32).bytes());
        addCase("a tensor twice", bare().tensor("a", {8}, 0, std::string(32, 'x')).tensor("a", {8}, 0, std::string(32, 'y')).bytes());
        addCase("a tensor without name", tensor({1}, 0, 4, -1, ""));
        addCase("a name of 64 bytes", tensor({1}, 0, 4, -1, std::string(64, 'n')));
        addCase("a name past the end", "GGUF" + raw(3U) + raw<std::uint64_t>(1) + raw<std::uint64_t>(0) + raw<std::uint64_t>(kHuge) + std::string(64, '\1'));
        addCase("bytes behind the last tensor", with([](GgufBytes& f) { f.behind = std::string(64, 'z'); }).bytes());
        addCase("half an entry", "GGUF" + raw(3U) + raw<std::uint64_t>(1) + raw<std::uint64_t>(0) + GgufBytes::text("t") + raw(1U) + std::string(20, '\1'));
        addCase("no data at all", small().bytes().substr(0, 900));
    }

    // A byte-level vocabulary of these tokens.
    static std::string written(const std::vector<std::string>& tokens, const std::vector<std::string>& merges = {})
    {
        return bare().str("tokenizer.ggml.model", "gpt2").str("tokenizer.ggml.pre", "gpt-2").texts("tokenizer.ggml.tokens", tokens)
            .texts("tokenizer.ggml.merges", merges).bytes();
    }

    std::filesystem::path write(const std::string& bytes)
    {
        const std::filesystem::path file = std::filesystem::path(m_folder.path().toStdString()) / "model.gguf";
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
        return file;
    }

    template <typename T>
    static void refuses(const Result<T>& result)
    {
        QVERIFY2(!result, "it was accepted");
        const Error& error = result.error();
        QVERIFY2(error.code == ErrorCode::InvalidInput || error.code == ErrorCode::Unsupported || error.code == ErrorCode::NotFound,
            error.detail.c_str());
        QVERIFY2(error.detail.size() > 10 && error.detail.size() < 600 && error.detail.find('\n') == std::string::npos, error.detail.c_str());
    }

    QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(BadModelsTest)
#include "tst_badmodels.moc"
