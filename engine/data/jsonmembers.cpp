#include "engine/data/jsonmembers.h"

namespace taskfold::data {

Error brokenJson(const std::string& words)
{
    return {ErrorCode::InvalidInput, "the file isn't valid JSON: " + words};
}

Result<bool> JsonMembers::enter(const std::string& quotedName)
{
    if (Result<bool> any = open('{'); !any || !*any)
        return any;
    for (;;) {
        Result<bool> key = nextKey();
        if (!key || !*key)
            return key;
        if (m_key == quotedName)
            return true;
        if (Result<bool> skipped = m_window.skipValue(); !skipped || !*skipped)
            return skipped;
    }
}

Result<std::vector<std::string>> JsonMembers::names()
{
    std::vector<std::string> all;
    Result<bool> more = open('{');
    while (more && *more) {
        more = nextKey();
        if (!more || !*more)
            break;
        all.push_back(m_key);
        more = m_window.skipValue();
    }
    return more ? Result<std::vector<std::string>>(std::move(all)) : Result<std::vector<std::string>>(std::move(more).error());
}

Result<bool> JsonMembers::begin()
{
    Result<bool> any = m_window.skipBlank();
    if (!any || !*any || m_kind == Kind::File)
        return any;
    const char c = m_window.at(0);
    if (c != '{' && c != '[')
        return false;
    m_kind = c == '{' ? Kind::Object : Kind::List;
    m_key.clear();
    m_window.consume(1);
    return true;
}

Result<std::size_t> JsonMembers::next()
{
    if (m_kind == Kind::Object) {
        Result<bool> key = nextKey();
        if (!key)
            return std::move(key).error();
        if (!*key)
            return std::size_t{0};
    } else {
        Result<bool> any = skipSeparators();
        if (!any)
            return std::move(any).error();
        if (!*any)
            return m_kind == Kind::File ? Result<std::size_t>(0) : Result<std::size_t>(brokenJson("a list is never closed"));
        if (m_kind == Kind::List && m_window.at(0) == ']')
            return std::size_t{0};
    }
    const Result<std::size_t> end = m_window.endOf(0);
    if (end && (*end == std::string_view::npos || *end == 0))
        return brokenJson("a value is never closed, or has more than 64 MiB");
    return end;
}

Result<bool> JsonMembers::open(char bracket)
{
    Result<bool> any = m_window.skipBlank();
    if (!any || !*any || m_window.at(0) != bracket)
        return any ? Result<bool>(false) : any;
    m_window.consume(1);
    return true;
}

Result<bool> JsonMembers::skipSeparators()
{
    for (;;) {
        Result<bool> any = m_window.skipBlank();
        if (!any || !*any || m_window.at(0) != ',')
            return any;
        m_window.consume(1);
    }
}

Result<bool> JsonMembers::nextKey()
{
    Result<bool> any = skipSeparators();
    if (!any)
        return any;
    if (!*any)
        return brokenJson("an object is never closed");
    if (m_window.at(0) == '}')
        return false;
    if (m_window.at(0) != '"')
        return brokenJson("a field has no name");
    Result<std::string> key = m_window.take();
    if (!key)
        return std::move(key).error();
    m_key = *std::move(key);
    any = m_window.skipBlank();
    if (!any)
        return any;
    if (!*any || m_window.at(0) != ':')
        return brokenJson("a field has no value");
    m_window.consume(1);
    any = m_window.skipBlank();
    return any && !*any ? Result<bool>(brokenJson("a field has no value")) : any;
}

}  // namespace taskfold::data
