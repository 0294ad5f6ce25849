#include "engine/data/csv.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace taskfold::data {

namespace {

// A cell may hold line ends in quotes, but hardly a million bytes of them: then the quote is a mistake.
constexpr std::size_t kLongestQuoted = 1 << 20;

std::size_t findByte(std::string_view text, char byte, std::size_t from)
{
    if (from >= text.size())
        return text.size();
    const void* found = std::memchr(text.data() + from, byte, text.size() - from);
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : text.size();
}

// The first of two bytes from there on.
std::size_t findEither(std::string_view text, char one, char other, std::size_t at)
{
#ifdef __SSE2__
    const __m128i ones = _mm_set1_epi8(one), others = _mm_set1_epi8(other);
    for (; at + 16 <= text.size(); at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        const int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, ones), _mm_cmpeq_epi8(bytes, others)));
        if (found != 0)
            return at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found)));
    }
#endif
    while (at < text.size() && text[at] != one && text[at] != other)
        ++at;
    return at;
}

// Where the quote that was opened before `at` is closed; npos where it isn't as it should be. `find` knows what may be one.
template <typename Find>
std::size_t closing(std::string_view text, char delimiter, std::size_t at, bool& doubled, bool& cut, const Find& find)
{
    const std::size_t limit = std::min(text.size(), at + kLongestQuoted);
    for (;;) {
        const std::size_t quote = find(at);
        if (quote >= limit) {
            cut = limit == text.size();
            return std::string_view::npos;
        }
        if (text[quote] == '\\') {
            doubled = true;
            at = quote + 2;
            continue;
        }
        if (quote + 1 == text.size()) {
            cut = true;
            return quote;
        }
        const char after = text[quote + 1];
        if (after == '"') {
            doubled = true;
            at = quote + 2;
            continue;
        }
        return after == delimiter || after == '\n' || after == '\r' ? quote : std::string_view::npos;
    }
}

// Behind the last line end of a part; 0 where there is none.
std::size_t lastEnd(std::string_view text, std::size_t from, std::size_t to)
{
    const std::size_t found = text.substr(from, to - from).rfind('\n');
    return found == std::string_view::npos ? 0 : from + found + 1;
}

}  // namespace

// Where a cell without quotes ends, which may have backslashes.
std::size_t CsvScanner::endOfBare(std::size_t at, bool& doubled) const
{
    for (const std::size_t start = at;; ++at) {
        at = findEither(m_text, m_shape.delimiter, '\n', at);
        std::size_t slashes = 0;
        while (at - slashes > start && m_text[at - slashes - 1] == '\\')
            ++slashes;
        doubled = doubled || m_text.substr(start, at - start).find('\\') != std::string_view::npos;
        if (slashes % 2 == 0 || at >= m_text.size())
            return at;
    }
}

void CsvScanner::finish(std::size_t start, std::size_t end, std::size_t next)
{
    m_at = std::min(next, m_text.size());
    m_raw = m_text.substr(start, end - start);
    if (m_raw.ends_with('\r'))
        m_raw.remove_suffix(1);
}

CsvState CsvScanner::scan(std::vector<CsvCell>* cells)
{
    const std::size_t start = m_at;
    std::size_t at = start;
    bool cut = false;
    m_quoted = false;
    CsvCell none;
    for (;;) {
        CsvCell& cell = cells ? cells->emplace_back() : none;
        if (m_shape.quotes && at < m_text.size() && m_text[at] == '"') {
            m_quoted = true;
            const std::size_t close = closing(m_text, m_shape.delimiter, at + 1, cell.doubled, cut,
                [this](std::size_t from) { return m_shape.escapes ? findEither(m_text, '"', '\\', from) : m_marks.quote(from); });
            if (close == std::string_view::npos) {
                const std::size_t end = findByte(m_text, '\n', start);
                finish(start, end, end + 1);
                if (cells)
                    cells->pop_back();
                return cut ? CsvState::CutInQuotes : CsvState::OpenQuote;
            }
            cell.text = m_text.substr(at + 1, close - at - 1);
            cell.plain = !m_shape.escapes && m_marks.isPlain(at + 1, close);
            at = m_marks.separator(close + 1);  // behind a carriage return
        } else {
            const std::size_t from = at;
            at = m_shape.escapes ? endOfBare(at, cell.doubled) : m_marks.separator(at);
            cell.text = m_text.substr(from, at - from);
            cell.plain = !m_shape.escapes && m_marks.isPlain(from, at);
        }
        const bool more = at < m_text.size() && m_text[at] == m_shape.delimiter;
        if (!more && cell.text.ends_with('\r') && !cell.doubled)
            cell.text.remove_suffix(1);
        if (!more)
            break;
        ++at;
    }
    const bool ended = at < m_text.size();
    finish(start, at, at + 1);
    return ended ? CsvState::Whole : CsvState::Cut;
}

CsvState CsvScanner::next(std::vector<CsvCell>& cells)
{
    cells.clear();
    return scan(&cells);
}

CsvState CsvScanner::skip()
{
    return scan(nullptr);
}

std::optional<std::size_t> wholeRecords(std::string_view text, char delimiter)
{
    std::size_t whole = 0;
    for (std::size_t at = 0;;) {
        const std::size_t quote = findByte(text, '"', at);
        whole = std::max(whole, lastEnd(text, at, quote));
        if (quote >= text.size())
            return whole;
        at = quote + 1;
        if (quote > 0 && text[quote - 1] != delimiter && text[quote - 1] != '\n')
            continue;  // a letter like any other
        bool doubled = false, cut = false;
        const std::size_t close = closing(text, delimiter, at, doubled, cut, [text](std::size_t from) { return findByte(text, '"', from); });
        if (close == std::string_view::npos && !cut)
            return std::nullopt;
        if (cut)
            return whole;
        at = close + 1;
    }
}

bool namesDelimiter(std::string_view text)
{
    constexpr std::string_view kWord = "sep=";
    return text.size() > kWord.size() + 1 && text.starts_with(kWord) && (text[kWord.size() + 1] == '\n' || text[kWord.size() + 1] == '\r');
}

std::string_view textOf(const CsvCell& cell, const CsvShape& shape, char* room)
{
    std::size_t size = 0;
    for (std::size_t i = 0; i < cell.text.size(); ++i) {
        if (!shape.escapes) {  // up to the next quote, of a pair one
            const std::size_t quote = std::min(findByte(cell.text, '"', i) + 1, cell.text.size());
            std::memcpy(room + size, cell.text.data() + i, quote - i);
            size += quote - i;
            i = quote;
            continue;
        }
        const char c = cell.text[i], after = i + 1 < cell.text.size() ? cell.text[i + 1] : '\0';
        if (c == '\\' && (after == '"' || after == '\\' || after == '\'' || after == '\n' || after == shape.delimiter)) {
            room[size++] = after;
            ++i;
        } else if (c == '\\' && (after == 'n' || after == 't')) {
            room[size++] = after == 'n' ? '\n' : '\t';
            ++i;
        } else {
            room[size++] = c;
            i += c == '"' && after == '"' ? 1 : 0;
        }
    }
    return {room, size};
}

}  // namespace taskfold::data
