// tokenizer.json as a hostile text: refused by one sentence, or a tokenizer that encodes and decodes any text.
#include "engine/text/tokenizer.h"
#include "tests/fuzz/target.h"

namespace taskfold::fuzz {

namespace {

std::string file(const std::string& steps, const std::string& model)
{
    return "{" + steps + R"("added_tokens":[{"id":12,"content":"<e>","special":true,"lstrip":true},)"
        R"({"id":13,"content":"ad d","normalized":true,"single_word":true,"rstrip":true}],"model":{"type":"BPE",)"
        + model
        + R"("vocab":{"a":0,"b":1,"ab":2,"Ġ":3,"▁":4,"<0x41>":5,"<u>":6,"Ġa":7,"aa":8,"aaaa":9,"▁a":10,"1":11},)"
          R"("merges":["a b",["a","a"],"aa aa","Ġ a","▁ a"]}})";
}

}  // namespace

std::vector<std::string> seeds()
{
    const std::string bytes = R"("pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true},"decoder":{"type":"ByteLevel"},)";
    const std::string digits = R"("normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"},{"type":"Strip",)"
        R"("strip_left":true,"strip_right":true}]},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits",)"
        R"("individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]},)";
    const std::string metaspace = R"("pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true},)"
        R"("decoder":{"type":"Metaspace","replacement":"▁"},)";
    const std::string llama = R"("normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace",)"
        R"("pattern":{"String":" "},"content":"▁"}]},"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":)"
        R"({"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},)"
        R"("post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<e>"}},{"Sequence":{"id":"A"}}]},)";
    const std::string qwen = R"("pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","behavior":"Isolated","pattern":{"Regex":)"
        R"("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")"
        R"(}},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]},)";
    const std::string cut = R"("pre_tokenizer":{"type":"Split","behavior":"MergedWithPrevious","pattern":{"String":"a"}},)";
    return {file(bytes, ""), file(digits, R"("unk_token":"<u>",)"), file(metaspace, R"("unk_token":"<u>","fuse_unk":true,)"),
        file(llama, R"("byte_fallback":true,"unk_token":"<u>",)"), file(qwen, R"("ignore_merges":true,)"), file(cut, "")};
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const std::string input(reinterpret_cast<const char*>(data), size);
    const auto tokenizer = parseTokenizer(input);
    if (!tokenizer) {
        fuzz::require(!tokenizer.error().detail.empty());
        return 0;
    }
    // The file itself is the hostile text, too.
    for (const std::string& text : {input.substr(0, 2000), std::string(" aab  ab 1a1 <e> ad d\n\xE2\x96\x81" "a\xFF'll\xF0\x9F\x98\x80")}) {
        for (const SpecialTokens special : {SpecialTokens::Parse, SpecialTokens::AsText}) {
            const auto ids = (*tokenizer)->encode(text, special);
            for (const std::int32_t id : ids)
                fuzz::require(id >= 0 && id < (*tokenizer)->vocabularySize());
            fuzz::require(ids == (*tokenizer)->encode(text, special));
            (*tokenizer)->decode(ids, TextPart::Whole);
            (*tokenizer)->encodeContinuation(text, special);
        }
    }
    return 0;
}
