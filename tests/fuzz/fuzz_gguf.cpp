// A GGUF file with hostile bytes: refused, or all of it can be read: settings, numbers of every type, config, tokenizer.
#include "engine/format/gguf.h"
#include "engine/format/ggufmodel.h"
#include "engine/format/ggufvocabulary.h"
#include "engine/format/spmmerges.h"
#include "tests/fuzz/memoryfile.h"
#include "tests/fuzz/target.h"
#include "tests/support/ggufbytes.h"

#include <algorithm>

namespace taskfold::fuzz {

namespace {

using test::GgufBytes;

std::string everyType()
{
    GgufBytes file;
    for (const auto& [type, elements, bytes] : {std::tuple(0U, 1U, 4U), {1U, 1U, 2U}, {2U, 32U, 18U}, {3U, 32U, 20U},
             {6U, 32U, 22U}, {7U, 32U, 24U}, {8U, 32U, 34U}, {12U, 256U, 144U}, {13U, 256U, 176U}, {14U, 256U, 210U}, {30U, 1U, 2U}})
        file.tensor("t" + std::to_string(type), {elements, 2}, type, std::string(std::size_t{bytes} * 2, '\x2a'));
    return file.bytes();
}

std::string everyKind()
{
    GgufBytes file;
    file.pair("u8", GgufBytes::U8, "\1").pair("i8", GgufBytes::I8, "\2").flag("bool", true).f32("f32", 1.5F);
    file.pair("i64", GgufBytes::I64, GgufBytes::raw<std::int64_t>(-5)).pair("f64", GgufBytes::F64, GgufBytes::raw(2.5));
    file.pair("u64", GgufBytes::U64, GgufBytes::raw<std::uint64_t>(7)).u32("general.alignment", 64).str("s", "text");
    file.numbers<std::uint16_t>("list", GgufBytes::U16, {1, 2, 3}).texts("texts", {"a", "", "bc"});
    file.alignment = 64;
    file.version = 2;
    return file.tensor("t", {3}, 1, "abcdef").bytes();
}

std::string byteLevel()
{
    GgufBytes bpe;
    bpe.str("general.architecture", "qwen2").str("tokenizer.ggml.model", "gpt2").str("tokenizer.ggml.pre", "qwen2");
    bpe.texts("tokenizer.ggml.tokens", {"a", "b", "ab", "<|end|>"}).texts("tokenizer.ggml.merges", {"a b"});
    bpe.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufBytes::I32, {1, 1, 1, 3});
    return bpe.u32("tokenizer.ggml.eos_token_id", 3).bytes();
}

}  // namespace

std::vector<std::string> seeds()
{
    return {test::smallGguf().bytes(), everyType(), everyKind(), byteLevel(), GgufBytes().bytes()};
}

}  // namespace taskfold::fuzz

namespace {

using namespace taskfold;

void readNumbers(const GgufFile& file)
{
    for (const GgufTensor& tensor : file.tensors()) {
        const BlockFacts block = blockOf(tensor.type);
        fuzz::require(tensor.bytes.size() / block.bytes * block.elements == static_cast<std::size_t>(tensor.elements()));
        fuzz::require(file.find(tensor.name) != nullptr);
        std::vector<float> numbers(block.elements);
        dequantise(tensor.type, tensor.bytes.last(block.bytes), numbers);
    }
    for (const auto& [key, value] : file.metadata())
        if (const auto* list = std::get_if<GgufNumbers>(&value); list != nullptr && list->size() > 0)
            list->at(list->size() - 1);
}

void readMeaning(const GgufFile& file)
{
    const auto vocabulary = vocabularyOf(file);
    if (vocabulary && vocabulary->form == Vocabulary::Form::SentencePiece)
        mergesOf(*vocabulary);
    const auto config = configOf(file);
    const auto sources = config ? tensorsOf(file, *config) : Result<std::vector<TensorSource>>(Error{});
    if (!sources)
        return;
    for (const TensorSource& source : *sources) {
        fuzz::require(source.rowBytes() > 0);
        std::vector<std::byte> row(static_cast<std::size_t>(source.rowBytes()));
        source.rows(source.shape.front() - 1, row);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static fuzz::MemoryFile memory;
    memory.hold({reinterpret_cast<const char*>(data), size});
    const Result<GgufFile> file = GgufFile::open(memory.path());
    if (!file)
        return 0;
    readNumbers(*file);
    readMeaning(*file);
    return 0;
}
