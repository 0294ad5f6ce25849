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

}  // namespace

// Where the quote that was opened before `at` is closed; npos where it isn't as it should be.
std::size_t CsvScanner::closingQuote(std::size_t at, bool& doubled, bool& cut) const
{
    const std::size_t limit = std::min(m_text.size(), at + kLongestQuoted);
    for (;;) {
        const std::string_view within = m_text.substr(0, limit);
        const std::size_t quote = m_shape.escapes ? findEither(within, '"', '\\', at) : findByte(within, '"', at);
        if (quote >= limit) {
            cut = limit == m_text.size();
            return std::string_view::npos;
        }
        if (m_text[quote] == '\\') {
            doubled = true;
            at = quote + 2;
            continue;
        }
        if (quote + 1 == m_text.size()) {
            cut = true;
            return quote;
        }
        const char after = m_text[quote + 1];
        if (after == '"') {
            doubled = true;
            at = quote + 2;
            continue;
        }
        return after == m_shape.delimiter || after == '\n' || after == '\r' ? quote : std::string_view::npos;
    }
}

// Where a cell without quotes ends.
std::size_t CsvScanner::endOfBare(std::size_t at, bool& doubled) const
{
    for (const std::size_t start = at;; ++at) {
        at = findEither(m_text, m_shape.delimiter, '\n', at);
        if (!m_shape.escapes)
            return at;
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
            const std::size_t close = closingQuote(at + 1, cell.doubled, cut);
            if (close == std::string_view::npos) {
                const std::size_t end = findByte(m_text, '\n', start);
                finish(start, end, end + 1);
                if (cells)
                    cells->pop_back();
                return cut ? CsvState::CutInQuotes : CsvState::OpenQuote;
            }
            cell.text = m_text.substr(at + 1, close - at - 1);
            at = close + 1;
            at = findEither(m_text, m_shape.delimiter, '\n', at);  // behind a carriage return
        } else {
            const std::size_t from = at;
            at = endOfBare(at, cell.doubled);
            cell.text = m_text.substr(from, at - from);
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

bool namesDelimiter(std::string_view text)
{
    constexpr std::string_view kWord = "sep=";
    return text.size() > kWord.size() + 1 && text.starts_with(kWord) && (text[kWord.size() + 1] == '\n' || text[kWord.size() + 1] == '\r');
}

std::string textOf(const CsvCell& cell, const CsvShape& shape)
{
    std::string text;
    text.reserve(cell.text.size());
    for (std::size_t i = 0; i < cell.text.size(); ++i) {
        const char c = cell.text[i], after = i + 1 < cell.text.size() ? cell.text[i + 1] : '\0';
        if (shape.escapes && c == '\\' && (after == '"' || after == '\\' || after == '\'' || after == '\n' || after == shape.delimiter)) {
            text += after;
            ++i;
        } else if (shape.escapes && c == '\\' && (after == 'n' || after == 't')) {
            text += after == 'n' ? '\n' : '\t';
            ++i;
        } else {
            text += c;
            i += c == '"' && after == '"' ? 1 : 0;
        }
    }
    return text;
}

}  // namespace taskfold::data
