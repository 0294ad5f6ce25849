#include "engine/data/csv.h"

#include <algorithm>

namespace taskfold::data {

namespace {

// A record may hold line ends in quotes, but hardly a hundred thousand bytes of them: then the quote is a mistake.
constexpr std::size_t kLongestQuoted = 1 << 20;

class CsvScanner {
public:
    CsvScanner(std::string_view text, const CsvShape& shape) : m_text(text), m_shape(shape) { }

    bool atEnd() const { return m_at >= m_text.size(); }

    CsvRecord next()
    {
        const std::size_t start = m_at;
        CsvRecord record{m_line, {}, {}, false};
        while (cell(record) && !record.unclosedQuote) { }
        if (record.unclosedQuote)
            return broken(start);
        record.raw = m_text.substr(start, m_end - start);
        m_line += 1 + std::count(record.raw.begin(), record.raw.end(), '\n');
        return record;
    }

private:
    // The line alone, where the quote was opened in vain.
    CsvRecord broken(std::size_t start)
    {
        const std::size_t end = std::min(m_text.find('\n', start), m_text.size());
        CsvRecord record{m_line++, {}, m_text.substr(start, end - start), true};
        m_at = std::min(end + 1, m_text.size());
        return record;
    }

    // Whether another cell follows in this record.
    bool cell(CsvRecord& record)
    {
        std::string value;
        if (m_shape.quotes && m_at < m_text.size() && m_text[m_at] == '"') {
            if (!quoted(value)) {
                record.unclosedQuote = true;
                return false;
            }
        }
        const char stops[] = {m_shape.delimiter, '\n'};
        const std::size_t end = std::min(m_text.find_first_of(std::string_view(stops, 2), m_at), m_text.size());
        value += m_text.substr(m_at, end - m_at);
        m_end = end;
        const bool more = end < m_text.size() && m_text[end] == m_shape.delimiter;
        if (!more && !value.empty() && value.back() == '\r')
            value.pop_back();
        if (!more && m_end > 0 && m_text[m_end - 1] == '\r')
            --m_end;
        record.cells.push_back(std::move(value));
        m_at = std::min(end + 1, m_text.size());
        if (more && m_at == m_text.size()) {
            record.cells.emplace_back();  // a delimiter was the last byte
            return false;
        }
        return more;
    }

    bool quoted(std::string& value)
    {
        std::size_t at = m_at + 1;
        const std::size_t limit = std::min(m_text.size(), at + kLongestQuoted);
        while (at < limit) {
            const std::size_t quote = m_text.find('"', at);
            if (quote == std::string_view::npos || quote >= limit)
                return false;
            value += m_text.substr(at, quote - at);
            if (quote + 1 < m_text.size() && m_text[quote + 1] == '"') {
                value += '"';
                at = quote + 2;
                continue;
            }
            m_at = quote + 1;
            return true;
        }
        return false;
    }

    std::string_view m_text;
    CsvShape m_shape;
    std::size_t m_at = 0;
    std::size_t m_end = 0;
    std::int64_t m_line = 1;
};

}  // namespace

void readCsv(std::string_view text, const CsvShape& shape, const std::function<bool(CsvRecord)>& told)
{
    CsvScanner scanner(text, shape);
    while (!scanner.atEnd()) {
        if (!told(scanner.next()))
            return;
    }
}

}  // namespace taskfold::data
