// JSON arrays and objects with lists of rows somewhere inside.
#include "tests/fuzz/readall.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    return {
        std::string(1, '\0') + R"([{"input": "one", "target": "a"}, {"input": "two", "target": "b"}])",
        std::string(1, '\0') + R"({"version": 1, "data": {"items": [{"text": "x", "label": [1, 2]}, {"text": "y"}]}})",
        std::string(1, '\1') + R"({"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"question": "q", "answers": []}]}]}]})",
        std::string(1, '\2') + "\xEF\xBB\xBF [ {\"a\": \"\\u00e9]}\"} , 5, null, {\"a\": [[[1]]]} ] trailing",
        std::string(1, '\3') + "{\"rows\": [{\"a\": \"cut",
    };
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    static const char* const kPaths[] = {"", "data.paragraphs.qas", "data.items", "rows"};
    std::string_view bytes = fuzz::viewOf(data, size);
    data::ReadOptions options;
    options.format = data::FileFormat::Json;
    options.rows = kPaths[fuzz::takeByte(bytes) % 4];
    fuzz::readBytes(bytes, options);
    return 0;
}
