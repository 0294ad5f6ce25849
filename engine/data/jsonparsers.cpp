#include "engine/data/parsers.h"

#include "engine/data/jsonstencil.h"
#include "engine/data/jsonvalue.h"
#include "engine/data/quickjson.h"

#include <simdjson.h>

#include <algorithm>

namespace taskfold::data {

namespace {

class JsonLinesParser final : public BlockParser {
public:
    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        if (block.overlong) {
            sink.bad(1, Reason::TooLong, block.text(), kOverlong);
            return 1;
        }
        const std::string_view text = block.text();
        const bool fine = simdjson::validate_utf8(text.data(), text.size());
        std::int64_t number = 0;
        for (std::size_t at = 0; at < text.size() && sink.wantsMore();) {
            ++number;
            if (fine && quickly(text, at)) {
                m_record.line = number;
                sink.record(m_record);
                continue;
            }
            m_stencil.forget();
            LineWalk rest(text.substr(at));
            std::string_view line;
            rest.next(line);
            at += rest.consumed();
            if (!isBlankText(line))
                one(line, number, sink);
        }
        return number;
    }

private:
    bool quickly(std::string_view text, std::size_t& at)
    {
        if (m_stencil.read(text, at, m_record))
            return true;
        m_record.clear();
        if (!readQuickly(text, at, m_record, m_names))
            return false;
        m_stencil.cut(m_record.raw, m_record);
        return true;
    }

    void one(std::string_view line, std::int64_t number, RecordSink& sink)
    {
        m_record.clear();
        m_record.line = number;
        m_record.raw = line;
        const std::string wrong = m_json.read(line, m_record);
        if (!wrong.empty())
            return sink.bad(number, wrong == "bytes that aren't UTF-8" ? Reason::Encoding : Reason::Json, line, wrong);
        if (m_record.root.kind != ValueKind::Object)
            return sink.bad(number, Reason::Json, line,
                "expected an object with named fields, not " + std::string(wordOf(m_record.root.kind)));
        sink.record(m_record);
    }

    JsonValues m_json;
    Record m_record;
    LikelyNames m_names;
    JsonStencil m_stencil;
};

// Elements of a JSON list; of lists in lists, every innermost element together with the fields around it.
class JsonListParser final : public BlockParser {
public:
    explicit JsonListParser(std::string inner)
    {
        for (std::size_t at = 0; at < inner.size();) {
            const std::size_t end = std::min(inner.find('.', at), inner.size());
            m_inner.push_back(inner.substr(at, end - at));
            at = end + 1;
        }
    }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        std::int64_t number = 0;
        for (const auto& [from, size] : block.spans) {
            if (!sink.wantsMore())
                return number;
            const std::string_view raw = block.text().substr(from, size);
            m_record.clear();
            const std::string wrong = m_json.read(raw, m_record);
            if (!wrong.empty()) {
                ++number;
                sink.bad(number, wrong == "bytes that aren't UTF-8" ? Reason::Encoding : Reason::Json, raw, wrong);
            } else {
                m_record.raw = raw;
                expand(m_record.root, 0, number, sink);
            }
        }
        if (!block.trouble.empty())
            sink.bad(++number, Reason::Json, {}, block.trouble);
        return number;
    }

private:
    // Values are copies: what is told adds to the record, and moves what it holds.
    void expand(const Value value, std::size_t depth, std::int64_t& number, RecordSink& sink)
    {
        if (depth == m_inner.size()) {
            ++number;
            if (value.kind != ValueKind::Object)
                return sink.bad(number, Reason::Json, m_record.raw,
                    "expected an object with named fields, not " + std::string(wordOf(value.kind)));
            return tell(value, number, sink);
        }
        std::uint32_t hint = 0;
        const Value* found = value.kind == ValueKind::Object ? m_record.find(value, m_inner[depth], hint) : nullptr;
        if (!found || found->kind != ValueKind::List)
            return sink.bad(++number, Reason::MissingField, m_record.raw, "there is no list “" + m_inner[depth] + "”");
        const Value list = *found;
        m_outer.push_back(value);
        for (std::uint32_t i = 0; i < list.count; ++i)
            expand(m_record.child(list, i), depth + 1, number, sink);
        m_outer.pop_back();
    }

    void tell(const Value value, std::int64_t number, RecordSink& sink)
    {
        m_record.line = number;
        if (m_outer.empty()) {
            sink.record(m_record);
            return;
        }
        const Value whole = m_record.root;
        const std::size_t height = m_record.height();
        push(value);
        for (auto outer = m_outer.rbegin(); outer != m_outer.rend(); ++outer)
            push(*outer);
        m_record.root = m_record.close(ValueKind::Object, height);
        sink.record(m_record);
        m_record.root = whole;
    }

    void push(const Value& object)
    {
        for (std::uint32_t i = 0; i < object.count; ++i)
            m_record.push(m_record.nameOf(object, i), m_record.child(object, i));
    }

    JsonValues m_json;
    Record m_record;
    std::vector<std::string> m_inner;
    std::vector<Value> m_outer;
};

}  // namespace

std::unique_ptr<BlockParser> jsonLinesParser()
{
    return std::make_unique<JsonLinesParser>();
}

std::unique_ptr<BlockParser> jsonListParser(std::string innerPath)
{
    return std::make_unique<JsonListParser>(std::move(innerPath));
}

}  // namespace taskfold::data
