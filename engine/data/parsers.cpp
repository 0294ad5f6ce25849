#include "engine/data/parsers.h"

#include "engine/data/csv.h"
#include "engine/data/encoding.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace taskfold::data {

namespace {

std::int64_t endsIn(std::string_view text)
{
    std::int64_t count = 0;
    for (std::size_t at = 0; const void* found = std::memchr(text.data() + at, '\n', text.size() - at); ++count)
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
    return count;
}

class TableParser final : public BlockParser {
public:
    explicit TableParser(const OpenFile& file)
        : m_shape{file.used.delimiter.front(), file.used.quotes.value_or(true), file.used.escapes.value_or(false)}
        , m_columns(file.columns)
        , m_header(file.used.header.value_or(true))
        , m_decoded(!isUtf8Name(file.used.encoding))
        , m_encoding(file.used.encoding)
    {
    }

    std::int64_t parse(const Block& block, bool first, RecordSink& sink) override
    {
        if (block.overlong) {
            sink.bad(1, Reason::TooLong, block.text(), kOverlong);
            return 1;
        }
        CsvScanner scanner(block.text(), m_shape);
        std::int64_t line = 1;
        bool header = first && m_header;
        if (first && namesDelimiter(block.text())) {
            scanner.next(m_cells);
            ++line;
        }
        const bool fine = textTrouble(block.text(), false).empty();
        while (!scanner.atEnd() && sink.wantsMore()) {
            const CsvState state = scanner.next(m_cells);
            const std::string_view raw = scanner.raw();
            if (!std::exchange(header, false))
                one(state, raw, line, fine, sink);
            line += 1;
            if (scanner.hasQuoted())
                line += endsIn(raw);
        }
        return line - 1;
    }

private:
    void one(CsvState state, std::string_view raw, std::int64_t line, bool fine, RecordSink& sink)
    {
        if (m_cells.size() <= 1 && isBlankText(raw) && raw.find(m_shape.delimiter) == std::string_view::npos)
            return;
        if (state == CsvState::OpenQuote || state == CsvState::CutInQuotes)
            return sink.bad(line, Reason::Quote, raw, "a quote is opened and not closed at the end of its cell");
        if (m_cells.size() != m_columns.size())
            return sink.bad(line, Reason::Ragged, raw,
                std::to_string(m_cells.size()) + " columns where the table has " + std::to_string(m_columns.size()));
        if (!fine || m_decoded)
            if (std::string words = textTrouble(raw, m_decoded); !words.empty())
                return sink.bad(line, Reason::Encoding, raw, std::move(words));
        m_record.againNamed(m_columns);
        m_record.line = line;
        m_record.raw = raw;
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            const CsvCell& cell = m_cells[i];
            Value& value = m_record.childAgain(static_cast<std::uint32_t>(i));
            value.setText(cell.doubled ? textOf(cell, m_shape, m_record.room(cell.text.size())) : cell.text);
            value.plain = cell.plain;
        }
        sink.record(m_record);
    }

    CsvShape m_shape;
    std::vector<std::string> m_columns;
    bool m_header, m_decoded;
    std::string m_encoding;
    std::vector<CsvCell> m_cells;
    Record m_record;
};

// Plain text: documents parted by blank lines.
class DocumentParser final : public BlockParser {
public:
    explicit DocumentParser(bool decoded) : m_decoded(decoded) { }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        if (block.overlong) {
            sink.bad(1, Reason::TooLong, block.text(), kOverlong);
            return 1;
        }
        LineWalk lines(block.text());
        std::string_view line, document;
        std::int64_t start = 0;
        while (lines.next(line)) {
            if (isBlankText(line)) {
                tell(document, start, sink);
                document = {};
                continue;
            }
            if (document.empty())
                start = lines.number();
            const char* from = document.empty() ? line.data() : document.data();
            document = {from, static_cast<std::size_t>(line.data() + line.size() - from)};
        }
        tell(document, start, sink);
        return lines.number();
    }

private:
    void tell(std::string_view document, std::int64_t line, RecordSink& sink)
    {
        if (document.empty() || !sink.wantsMore())
            return;
        if (std::string words = textTrouble(document, m_decoded); !words.empty())
            return sink.bad(line, Reason::Encoding, document, std::move(words));
        m_record.clear();
        m_record.line = line;
        m_record.raw = document;
        m_record.push("text", {ValueKind::Text, document, 0, 0});
        m_record.root = m_record.close(ValueKind::Object, 0);
        sink.record(m_record);
    }

    bool m_decoded;
    Record m_record;
};

class ParallelParser final : public BlockParser {
public:
    explicit ParallelParser(bool decoded) : m_decoded(decoded) { }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        LineWalk inputs(block.text()), targets(block.other);
        std::string_view input, target;
        for (;;) {
            const bool one = inputs.next(input), other = targets.next(target);
            if ((!one && !other) || !sink.wantsMore())
                break;
            if (one != other)
                sink.bad(std::max(inputs.number(), targets.number()), Reason::PairLength, one ? input : target,
                    one ? "the file of targets ends before this line" : "the file of inputs ends before this line");
            else if (!isBlankText(input) || !isBlankText(target))
                tell(input, target, inputs.number(), sink);
        }
        return std::max(inputs.number(), targets.number());
    }

private:
    void tell(std::string_view input, std::string_view target, std::int64_t line, RecordSink& sink)
    {
        for (const std::string_view text : {input, target})
            if (std::string words = textTrouble(text, m_decoded); !words.empty())
                return sink.bad(line, Reason::Encoding, text, std::move(words));
        m_record.clear();
        m_record.line = line;
        m_record.raw = input;
        m_record.push("input", {ValueKind::Text, input, 0, 0});
        m_record.push("target", {ValueKind::Text, target, 0, 0});
        m_record.root = m_record.close(ValueKind::Object, 0);
        sink.record(m_record);
    }

    bool m_decoded;
    Record m_record;
};

}  // namespace

bool LineWalk::next(std::string_view& line)
{
    if (m_at >= m_text.size())
        return false;
    const void* found = std::memchr(m_text.data() + m_at, '\n', m_text.size() - m_at);
    const std::size_t end = found ? static_cast<std::size_t>(static_cast<const char*>(found) - m_text.data()) : m_text.size();
    line = m_text.substr(m_at, end - m_at);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    m_at = end + 1;
    ++m_number;
    return true;
}

bool isBlankText(std::string_view text)
{
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string textTrouble(std::string_view text, bool decoded)
{
    if (!simdjson::validate_utf8(text.data(), text.size()))
        return "bytes that aren't UTF-8";
    if (decoded && text.find("\xEF\xBF\xBD") != std::string_view::npos)
        return "bytes that aren't of the file's encoding";
    if (!text.empty() && std::memchr(text.data(), '\0', text.size()))
        return "a zero byte in the text";
    return {};
}

std::unique_ptr<BlockParser> tableParser(const OpenFile& file)
{
    return std::make_unique<TableParser>(file);
}

std::unique_ptr<BlockParser> documentParser(bool decoded)
{
    return std::make_unique<DocumentParser>(decoded);
}

std::unique_ptr<BlockParser> parallelParser(bool decoded)
{
    return std::make_unique<ParallelParser>(decoded);
}

}  // namespace taskfold::data
