#include "engine/data/jsonstencil.h"

#include "engine/data/quickjson.h"
#include "engine/data/quicktext.h"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace taskfold::data {

namespace {

// Cutting costs more than it brings where lines have many forms.
constexpr std::size_t kCutsAtLeast = 32, kHitsOfCut = 4;

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

const char* behindText(const char* at, const char* end)
{
    for (++at; at < end && *at != '"'; ++at)
        at += *at == '\\' ? 1 : 0;
    return at + 1;
}

const char* behindBlanks(const char* at, const char* end)
{
    while (at < end && isBlank(*at))
        ++at;
    return at;
}

}  // namespace

bool JsonStencil::Piece::stands(const char* at) const
{
#ifdef __SSE2__
    const auto same = [&](std::size_t i) {
        const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
        const __m128i wanted = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes.data() + i));
        return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(here, wanted)));
    };
    static_assert(kLongest == 32);
    return ((same(0) | same(16) << 16) & mask) == mask;
#else
    return std::memcmp(at, bytes.data(), size) == 0;
#endif
}

bool JsonStencil::addPiece(const char* from, const char* to)
{
    const auto size = static_cast<std::size_t>(to - from);
    if (size > kLongest || m_pieces.size() > kMostValues)
        return false;
    Piece piece;
    std::memcpy(piece.bytes.data(), from, size);
    piece.size = static_cast<std::uint32_t>(size);
    piece.mask = size == kLongest ? ~0U : (1U << size) - 1;
    m_pieces.push_back(piece);
    return true;
}

// The line is known to be an object of names and single values.
bool JsonStencil::divide(const char* at, const char* end)
{
    const char* from = at;
    at = std::find(at, end, '{') + 1;
    for (;;) {
        at = behindBlanks(at, end);
        if (at >= end || *at != '"')
            return false;  // nothing is in it
        at = behindBlanks(behindText(at, end), end) + 1;  // the colon
        at = behindBlanks(at, end);
        if (at >= end || !addPiece(from, at))
            return false;
        at = *at == '"' ? behindText(at, end) : std::find_if(at, end, [](char c) { return c == ',' || c == '}' || isBlank(c); });
        from = at;
        at = behindBlanks(at, end);
        if (at >= end)
            return false;
        if (*at == '}')
            return addPiece(from, end);
        ++at;  // the comma
    }
}

void JsonStencil::cut(std::string_view line, Record& record)
{
    m_pieces.clear();
    const Value root = record.root;
    if (++m_cuts > kCutsAtLeast + m_hits / kHitsOfCut || root.count == 0 || root.first != 0)
        return;
    for (std::uint32_t i = 0; i < root.count; ++i)
        if (const ValueKind kind = record.child(root, i).kind; kind == ValueKind::List || kind == ValueKind::Object)
            return;
    if (!divide(line.data(), line.data() + line.size()) || m_pieces.size() != root.count + 1) {
        m_pieces.clear();
        return;
    }
    m_root = root;
    m_names.resize(root.count);
    for (std::uint32_t i = 0; i < root.count; ++i) {
        m_names[i] = record.nameOf(root, i);
        record.rename(i, m_names[i]);
    }
}

bool JsonStencil::read(std::string_view block, std::size_t& at, Record& record)
{
    if (m_pieces.empty())
        return false;
    const char* here = block.data() + at;
    const char* const end = block.data() + block.size();
    record.again(m_root);
    for (std::uint32_t i = 0; i < m_root.count; ++i) {
        const Piece& piece = m_pieces[i];
        Value& value = record.childAgain(i);
        if (!piece.stands(here))
            return false;
        here += piece.size;
        value = {};
        if (*here == '"') {
            value.kind = ValueKind::Text;
            here = readJsonText(here + 1, end, record, value.text, value.plain);
            if (!here)
                return false;
        } else if (!readQuickScalar(here, end, value)) {
            return false;
        }
    }
    if (!m_pieces.back().stands(here))
        return false;
    here += m_pieces.back().size;
    const char* const last = here;
    here += here < end && *here == '\r' ? 1 : 0;
    if (here < end && *here != '\n')
        return false;
    record.raw = block.substr(at, static_cast<std::size_t>(last - block.data()) - at);
    at = std::min(static_cast<std::size_t>(here - block.data()) + 1, block.size());
    ++m_hits;
    return true;
}

}  // namespace taskfold::data
