// The mapping language: any text as an expression, laid over any record.
#include "engine/data/jsonvalue.h"
#include "tests/fuzz/readall.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    const std::string record = "\n" R"({"text": "Ann in Rome", "a": {"b": ["x", "y"]}, "n": 3, "t": true, "spans": [[0, 3, "PER"], {"start": 7, "end": 11, "label": "LOC"}]})";
    std::vector<std::string> all;
    for (const char* expression : {"text", "a.b[0]", "a.b[]", "text+n", "{text}\\n{n}: {{x}}", "join(a.b, \", \")", "sorted(a.b, \"; \")",
             "first(a.b)", "words(n, 3=three, 4=\"f,our\")", "spans(text, spans)", "spans(text, spans, start=start, end=end, label=label)", "{join(a.b)} {text}"})
        all.push_back(expression + record);
    return all;
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const std::string_view bytes = fuzz::viewOf(data, size);
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const auto expression = data::Expression::compile(std::string(bytes.substr(0, end)));
    if (!expression) {
        fuzz::require(expression.error().code == ErrorCode::InvalidInput);
        return 0;
    }
    (void)expression->reads();
    static data::JsonValues json;
    static data::Record record;
    const std::string text = std::string(bytes.substr(std::min(end + 1, bytes.size())));
    const std::string padded = text + std::string(data::JsonValues::kPadding, '\0');
    record.clear();
    if (!json.read({padded.data(), text.size()}, record).empty() || record.root.kind != data::ValueKind::Object)
        return 0;
    std::vector<std::string_view> texts;
    data::ValueKind type{};
    const auto trouble = expression->evaluate(record, texts, type);
    const data::Value* single = expression->textOf(record);
    fuzz::require(!single || (!trouble && texts.size() == 1 && texts.front() == single->text));
    std::size_t sum = 0;
    for (const std::string_view one : texts)
        for (const char c : one)
            sum += static_cast<unsigned char>(c);
    fuzz::require(!trouble || !trouble->words.empty() || trouble->reason == Reason::Empty);
    return static_cast<int>(sum & 0);
}
