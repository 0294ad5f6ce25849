#include "engine/data/jsonwindow.h"

#include <utility>

namespace taskfold::data {

bool isJsonBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t endOfJsonValue(std::string_view text, std::size_t at)
{
    int depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        switch (text[i]) {
        case '"':
            for (++i; i < text.size() && text[i] != '"'; ++i)
                i += text[i] == '\\' ? 1 : 0;
            if (i >= text.size())
                return std::string_view::npos;
            break;
        case '{':
        case '[': ++depth; continue;
        case '}':
        case ']':
            if (depth == 0)
                return i;  // the list's own end, after a bare word
            --depth;
            break;
        case ',':
            if (depth == 0)
                return i;
            continue;
        default: continue;
        }
        if (depth == 0)
            return i + 1;
    }
    return std::string_view::npos;
}

Result<bool> JsonWindow::ensure(std::size_t place)
{
    if (m_from > 4 * kBlock) {
        m_window.erase(0, m_from);
        m_from = 0;
    }
    while (m_from + place >= m_window.size() && !m_atEnd) {
        const std::size_t size = m_window.size();
        m_window.resize(size + kBlock);
        const Result<std::size_t> got = m_stream->read(m_window.data() + size, kBlock);
        if (!got)
            return got.error();
        m_window.resize(size + *got);
        m_atEnd = *got == 0;
    }
    return m_from + place < m_window.size();
}

Result<bool> JsonWindow::skipBlank()
{
    for (;; ++m_from) {
        const Result<bool> there = ensure(0);
        if (!there || !*there)
            return there;
        const char c = m_window[m_from];
        if (std::exchange(m_beginning, false) && c == '\xEF') {
            m_from += 2;  // the byte order mark
            continue;
        }
        if (!isJsonBlank(c))
            return true;
    }
}

Result<std::string> JsonWindow::take()
{
    const Result<std::size_t> end = endOf(0);
    if (!end)
        return end.error();
    if (*end == std::string_view::npos || *end == 0)
        return Error{ErrorCode::InvalidInput, "the file isn't valid JSON before its rows"};
    std::string value = m_window.substr(m_from, *end);
    m_from += *end;
    return value;
}

Result<std::size_t> JsonWindow::endOf(std::size_t place)
{
    for (;;) {
        const std::size_t end = endOfJsonValue(ahead(), place), had = m_window.size() - m_from;
        if (end != std::string_view::npos || had > place + kLongest)
            return end != std::string_view::npos ? end : std::string_view::npos;
        if (const Result<bool> more = ensure(had + kBlock / 2); !more)
            return more.error();
        if (m_window.size() - m_from == had)
            return std::string_view::npos;
    }
}

// Byte by byte, so that it may be longer than what is ever held.
Result<bool> JsonWindow::skipValue()
{
    int depth = 0;
    bool quoted = false;
    for (;; ++m_from) {
        const Result<bool> there = ensure(1);
        if (!there)
            return there;
        if (m_from >= m_window.size())
            return false;
        const char c = m_window[m_from];
        if (quoted) {
            m_from += c == '\\' ? 1 : 0;
            quoted = c != '"';
            if (!quoted && depth == 0)
                return ++m_from, true;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == ',' || c == '}' || c == ']') && depth == 0) {
            return true;  // behind a bare word
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return ++m_from, true;
        }
    }
}

Result<bool> JsonWindow::readRest()
{
    std::string dust(kBlock, '\0');
    for (;;) {
        const Result<std::size_t> got = m_stream->read(dust.data(), dust.size());
        if (!got)
            return got.error();
        if (*got == 0)
            return true;
    }
}

}  // namespace taskfold::data
