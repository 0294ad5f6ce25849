// JSON lines as a hostile file; and each line the quick way and the exact way, which must agree.
#include "engine/data/jsonstencil.h"
#include "engine/data/jsonvalue.h"
#include "engine/data/quickjson.h"
#include "tests/fuzz/readall.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    return {
        "{\"input\": \"one\", \"target\": \"a\"}\n{\"input\": \"two \\u00e9 \\ud83d\\ude00\", \"target\": \"b\"}\n",
        "{\"input\": \"x\\n\\\"y\\\"\", \"target\": 12, \"references\": [\"p\", \"q\"], \"flag\": true, \"none\": null}\r\n\r\n{\"a\": -5}\n",
        "{\"data\": {\"text\": \"deep\", \"spans\": [[0, 4, \"name\"], [5, 6, \"city\"]]}, \"n\": 1.5e3}\n{}\n[1, 2]\n{\"a\": 1, \"a\": 2}\n",
        "\xEF\xBB\xBF{\"input\": \"\xE4\xBD\xA0\xE5\xA5\xBD\", \"target\": \"\xC3\xA9\"}\n{\"input\": \"\xFF\", \"target\": \"z\"}",
        "{\"a\": \"x\", \"b\": 1}\n{\"a\": \"y\\n\", \"b\": -2.5}\n{\"a\": null, \"b\": true }\n{\"a\": \"z\", \"b\": \"w\"}\r\n\n{\"a\": \"v\", \"b\": 3}\n{\"a\": \"u\", \"b\": []}\n",
        "{\"input\": NaN}\n{\"input\": \"cut",
    };
}

namespace {

bool same(const data::Record& a, const data::Value& x, const data::Record& b, const data::Value& y)
{
    if (x.kind != y.kind || x.text != y.text || x.count != y.count)
        return false;
    for (std::uint32_t i = 0; i < x.count; ++i)
        if (a.nameOf(x, i) != b.nameOf(y, i) || !same(a, a.child(x, i), b, b.child(y, i)))
            return false;
    return true;
}

// The next line as the parser of such files reads it, if it is one for the quick ways.
bool readAsParsed(std::string_view block, std::size_t& at, data::Record& record)
{
    static data::LikelyNames names;
    static data::JsonStencil stencil;
    if (stencil.read(block, at, record))
        return true;
    record.clear();
    if (data::readQuickly(block, at, record, names)) {
        stencil.cut(record.raw, record);
        return true;
    }
    stencil.forget();
    return false;
}

void compareWays(std::string_view bytes)
{
    const std::string padded = std::string(bytes) + std::string(data::JsonValues::kPadding, '"');
    const std::string_view block(padded.data(), bytes.size());
    static data::JsonValues exact;
    static data::Record quickly, exactly;
    for (std::size_t at = 0; at < block.size();) {
        const std::size_t from = at;
        if (!readAsParsed(block, at, quickly)) {
            const std::size_t end = block.find('\n', from);
            at = end == std::string_view::npos ? block.size() : end + 1;
            continue;
        }
        require(at > from);
        exactly.clear();
        require(exact.read(quickly.raw, exactly).empty());
        require(same(quickly, quickly.root, exactly, exactly.root));
    }
}

bool isUtf8(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const std::size_t size = byte < 0x80 ? 1 : byte >= 0xC2 && byte < 0xE0 ? 2 : byte >= 0xE1 && byte < 0xED ? 3 : 0;
        if (size == 0 || i + size > bytes.size())
            return false;
        for (std::size_t k = 1; k < size; ++k)
            if ((static_cast<unsigned char>(bytes[i + k]) & 0xC0) != 0x80)
                return false;
        i += size;
    }
    return true;
}

}  // namespace
}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const std::string_view bytes = fuzz::viewOf(data, size);
    if (fuzz::isUtf8(bytes))
        fuzz::compareWays(bytes);
    data::ReadOptions options;
    options.format = data::FileFormat::JsonLines;
    fuzz::readBytes(bytes, options);
    return 0;
}
