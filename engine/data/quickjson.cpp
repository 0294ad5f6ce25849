#include "engine/data/quickjson.h"

#include "engine/data/quicktext.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace taskfold::data {

namespace {

constexpr int kDeepest = 16;
constexpr std::uint32_t kMostFields = 24;  // whose names are compared in pairs
constexpr int kMostDigits = 18;  // of a number that every machine word holds
constexpr int kMostOfExponent = 2;  // digits; such a number is never too large

// Every function answers whether it took what stands there; `m_at` is behind it then.
class Quick {
public:
    Quick(const char* at, const char* end, Record& record, LikelyNames* likely)
        : m_at(at), m_end(end), m_record(record), m_likely(likely), m_leniently(!likely)
    {
    }

    bool whole(Value& root)
    {
        blanks();
        if (m_at >= m_end || *m_at != '{' || !object(root, 0))
            return false;
        blanks();
        return m_at == m_end;
    }

    bool line(Value& root)
    {
        blanks();
        if (*m_at != '{' || !object(root, 0))
            return false;
        blanks();
        if (m_at < m_end && *m_at == '\r')
            ++m_at;
        return m_at == m_end || (m_at < m_end && *m_at == '\n');
    }

    bool scalar(Value& into) { return m_at < m_end && *m_at != '"' && *m_at != '{' && *m_at != '[' && value(into, 0); }

    const char* at() const { return m_at; }

private:
    void blanks()
    {
        while (m_at < m_end && (*m_at == ' ' || *m_at == '\t' || (m_leniently && (*m_at == '\n' || *m_at == '\r'))))
            ++m_at;
    }

    // The byte is there, and is consumed.
    bool takes(char c)
    {
        if (m_at >= m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }

    bool value(Value& into, int depth)
    {
        if (m_at >= m_end)
            return false;
        switch (*m_at) {
        case '"': into.kind = ValueKind::Text; return text(into.text, into.plain);
        case '{': return depth < kDeepest && object(into, depth);
        case '[': return depth < kDeepest && list(into, depth);
        case 't': return word("true", ValueKind::Bool, into);
        case 'f': return word("false", ValueKind::Bool, into);
        case 'n': return word("null", ValueKind::Null, into);
        case 'N': return m_leniently && word("NaN", ValueKind::Null, into);
        case 'I': return m_leniently && word("Infinity", ValueKind::Null, into);
        case '-':
            if (m_leniently && m_at + 1 < m_end && m_at[1] == 'I')
                return word("-Infinity", ValueKind::Null, into);
            return number(into);
        default: return number(into);
        }
    }

    bool endsValue() const
    {
        return m_at < m_end
            && (*m_at == ',' || *m_at == '}' || *m_at == ']' || *m_at == ' ' || *m_at == '\t' || (m_leniently && (*m_at == '\n' || *m_at == '\r')));
    }

    bool word(std::string_view expected, ValueKind kind, Value& into)
    {
        if (std::memcmp(m_at, expected.data(), expected.size()) != 0)
            return false;
        m_at += expected.size();
        into.kind = kind;
        into.text = kind == ValueKind::Bool ? expected : std::string_view{};
        return endsValue();
    }

    bool number(Value& into)
    {
        const char* from = m_at;
        const bool minus = takes('-');
        const char* digits = m_at;
        skipDigits();
        const auto count = m_at - digits;
        const bool whole = m_at >= m_end || (*m_at != '.' && (*m_at | 0x20) != 'e');
        if (count < 1 || count > kMostDigits || (*digits == '0' && (count > 1 || (minus && whole))))
            return false;
        if (!fraction())
            return false;
        into.kind = ValueKind::Number;
        into.text = {from, static_cast<std::size_t>(m_at - from)};
        return endsValue();
    }

    // What may follow a number's whole part.
    bool fraction()
    {
        if (m_at < m_end && *m_at == '.') {
            const char* digits = ++m_at;
            skipDigits();
            if (m_at == digits || m_at - digits > kMostDigits)
                return false;
        }
        if (m_at >= m_end || (*m_at | 0x20) != 'e')
            return true;
        ++m_at;
        if (m_at < m_end && (*m_at == '+' || *m_at == '-'))
            ++m_at;
        const char* digits = m_at;
        skipDigits();
        return m_at > digits && m_at - digits <= kMostOfExponent;
    }

    void skipDigits()
    {
        while (m_at < m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
    }

    bool text(std::string_view& into, bool& plain)
    {
        const char* behind = readJsonText(m_at + 1, m_end, m_record, into, plain);
        m_at = behind ? behind : m_at;
        return behind != nullptr;
    }

    bool list(Value& into, int depth)
    {
        ++m_at;
        const std::size_t height = m_record.height();
        blanks();
        if (!takes(']')) {
            do {
                blanks();
                Value item;
                if (!value(item, depth + 1))
                    return false;
                m_record.push({}, item);
                blanks();
            } while (takes(','));
            if (!takes(']'))
                return false;
        }
        into = m_record.close(ValueKind::List, height);
        return true;
    }

    bool object(Value& into, int depth)
    {
        ++m_at;
        const std::size_t height = m_record.height();
        blanks();
        if (!takes('}')) {
            std::size_t place = depth == 0 && m_likely ? 0 : LikelyNames::kMost;
            do {
                if (!field(depth, place++))
                    return false;
            } while (takes(','));
            if (!takes('}'))
                return false;
        }
        into = m_record.close(ValueKind::Object, height);
        return into.count <= kMostFields && !namesTwice(into);
    }

    // The name that stands at that place in most lines is known at a glance.
    bool isLikely(std::size_t place, std::string_view& into)
    {
        if (place >= LikelyNames::kMost)
            return false;
        const std::string& name = m_likely->names[place];
        const auto size = static_cast<std::ptrdiff_t>(name.size());
        if (size == 0 || m_end - m_at < size + 2 || m_at[size + 1] != '"' || std::memcmp(m_at + 1, name.data(), name.size()) != 0)
            return false;
        into = {m_at + 1, name.size()};
        m_at += size + 2;
        return true;
    }

    bool name(std::size_t place, std::string_view& into)
    {
        if (m_at >= m_end || *m_at != '"')
            return false;
        if (isLikely(place, into))
            return true;
        bool plain = false;
        if (!text(into, plain))
            return false;
        if (place < LikelyNames::kMost && plain)
            m_likely->names[place] = into;
        return true;
    }

    bool field(int depth, std::size_t place)
    {
        blanks();
        std::string_view called;
        if (!name(place, called))
            return false;
        blanks();
        if (!takes(':'))
            return false;
        blanks();
        Value one;
        if (!value(one, depth + 1))
            return false;
        m_record.push(called, one);
        blanks();
        return true;
    }

    bool namesTwice(const Value& object) const
    {
        for (std::uint32_t i = 1; i < object.count; ++i)
            for (std::uint32_t j = 0; j < i; ++j)
                if (m_record.nameOf(object, i) == m_record.nameOf(object, j))
                    return true;
        return false;
    }

    const char* m_at;
    const char* m_end;
    Record& m_record;
    LikelyNames* m_likely;
    bool m_leniently;
};

}  // namespace

bool readLeniently(std::string_view text, Record& record)
{
    return Quick(text.data(), text.data() + text.size(), record, nullptr).whole(record.root);
}

bool readQuickScalar(const char*& at, const char* end, Value& into)
{
    static thread_local Record none;
    static thread_local LikelyNames names;
    Quick quick(at, end, none, &names);
    if (!quick.scalar(into))
        return false;
    at = quick.at();
    return true;
}

bool readQuickly(std::string_view block, std::size_t& at, Record& record, LikelyNames& names)
{
    Quick quick(block.data() + at, block.data() + block.size(), record, &names);
    if (!quick.line(record.root))
        return false;
    const auto end = static_cast<std::size_t>(quick.at() - block.data());
    record.raw = block.substr(at, end - at);
    if (record.raw.ends_with('\r'))
        record.raw.remove_suffix(1);
    at = std::min(end + 1, block.size());
    return true;
}

}  // namespace taskfold::data
