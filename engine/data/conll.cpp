#include "engine/data/encoding.h"
#include "engine/data/parsers.h"
#include "engine/data/tags.h"

#include <algorithm>

namespace taskfold::data {

namespace {

void cellsOf(std::string_view line, std::vector<std::string_view>& cells)
{
    cells.clear();
    const bool tabs = line.find('\t') != std::string_view::npos;
    for (std::size_t at = 0; at <= line.size();) {
        const std::size_t end = std::min(tabs ? line.find('\t', at) : line.find_first_of(" ", at), line.size());
        if (tabs || end > at)
            cells.push_back(line.substr(at, end - at));
        at = end + 1;
    }
}

class ConllParser final : public BlockParser {
public:
    ConllParser(int token, int tag, bool decoded) : m_token(token), m_tag(tag), m_decoded(decoded) { }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        if (block.overlong) {
            sink.bad(1, Reason::TooLong, block.text(), "a sentence of more than 64 MiB");
            return 1;
        }
        LineWalk lines(block.text());
        std::string_view line;
        begin(0);
        while (lines.next(line)) {
            if (isBlankText(line)) {
                tell(sink);
                continue;
            }
            if (line.starts_with("# ") && line.find('\t') == std::string_view::npos)
                continue;  // CoNLL-U's remarks
            if (m_tokens.empty() && m_trouble.empty())
                begin(lines.number());
            m_raw = {m_raw.empty() ? line.data() : m_raw.data(),
                static_cast<std::size_t>(line.data() + line.size() - (m_raw.empty() ? line.data() : m_raw.data()))};
            take(line, lines.number());
        }
        tell(sink);
        return lines.number();
    }

private:
    void begin(std::int64_t line)
    {
        m_line = line;
        m_raw = {};
        m_tokens.clear();
        m_tags.clear();
        m_trouble.clear();
    }

    void complain(std::int64_t line, Reason reason, std::string words)
    {
        if (!m_trouble.empty())
            return;
        m_troubleLine = line;
        m_reason = reason;
        m_trouble = std::move(words);
    }

    void take(std::string_view line, std::int64_t number)
    {
        if (std::string words = textTrouble(line, m_decoded); !words.empty())
            return complain(number, Reason::Encoding, std::move(words));
        cellsOf(line, m_cells);
        const auto count = static_cast<int>(m_cells.size());
        const int tag = m_tag > 0 ? m_tag : count;
        if (count < std::max(m_token, tag) || (m_tag <= 0 && count < 2))
            return complain(number, Reason::Ragged,
                std::to_string(count) + " columns where a token and its tag were expected");
        const Tag one = tagOf(m_cells[static_cast<std::size_t>(tag - 1)]);
        const std::string_view token = m_cells[static_cast<std::size_t>(m_token - 1)];
        if (isBlankText(token))
            return complain(number, Reason::Empty, "a token is empty");
        if (!one.known && token != "-DOCSTART-")
            return complain(number, Reason::Type,
                "the tag “" + excerptOf(m_cells[static_cast<std::size_t>(tag - 1)]) + "” isn't one of BIO, IOB2 or BIOES");
        m_tokens.push_back(token);
        m_tags.push_back(one);
    }

    void tell(RecordSink& sink)
    {
        if (!m_trouble.empty()) {
            sink.bad(m_troubleLine, m_reason, m_raw, m_trouble);
        } else if (!m_tokens.empty() && m_tokens.front() != "-DOCSTART-" && sink.wantsMore()) {
            std::string text;
            for (const std::string_view token : m_tokens)
                text += (text.empty() ? "" : " ") + std::string(token);
            m_record.clear();
            m_record.line = m_line;
            m_record.raw = m_raw;
            for (const std::string_view token : m_tokens)
                m_record.push({}, {ValueKind::Text, token, 0, 0});
            const Value tokens = m_record.close(ValueKind::List, 0);
            m_record.push("text", {ValueKind::Text, m_record.keep(std::move(text)), 0, 0});
            m_record.push("slots", {ValueKind::Text, m_record.keep(slotsOf(m_tokens, m_tags)), 0, 0});
            m_record.push("tokens", tokens);
            m_record.root = m_record.close(ValueKind::Object, 0);
            sink.record(m_record);
        }
        begin(0);
    }

    int m_token, m_tag;
    bool m_decoded;
    std::int64_t m_line = 0, m_troubleLine = 0;
    Reason m_reason = Reason::Ragged;
    std::string m_trouble;
    std::string_view m_raw;
    std::vector<std::string_view> m_cells, m_tokens;
    std::vector<Tag> m_tags;
    Record m_record;
};

}  // namespace

std::unique_ptr<BlockParser> conllParser(const OpenFile& file)
{
    return std::make_unique<ConllParser>(
        file.used.tokenColumn.value_or(1), file.used.tagColumn.value_or(0), !isUtf8Name(file.used.encoding));
}

}  // namespace taskfold::data
