#include "engine/text/normaliser.h"

#include "engine/text/characters.h"
#include "engine/text/utf8.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>

#include <algorithm>

namespace taskfold {

namespace {

using Kind = NormaliserStep::Kind;

// Characters younger than Unicode 11 are left alone.
struct Forms {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeSet old{u"[:age=11.0:]", status};
    icu::FilteredNormalizer2 nfc{*icu::Normalizer2::getNFCInstance(status), old};
    icu::FilteredNormalizer2 nfd{*icu::Normalizer2::getNFDInstance(status), old};
    icu::FilteredNormalizer2 nfkc{*icu::Normalizer2::getNFKCInstance(status), old};
    icu::FilteredNormalizer2 nfkd{*icu::Normalizer2::getNFKDInstance(status), old};
};

const icu::Normalizer2& formOf(Kind kind)
{
    static const Forms kForms;
    switch (kind) {
    case Kind::Nfc: return kForms.nfc;
    case Kind::Nfd: return kForms.nfd;
    case Kind::Nfkc: return kForms.nfkc;
    default: return kForms.nfkd;
    }
}

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

// Whether no character could change under NFC: most texts, and quicker to see than to normalise.
bool isQuiet(std::string_view text)
{
    const Characters& characters = Characters::all();
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        if (static_cast<signed char>(*at) >= 0) {
            ++at;
            continue;
        }
        const Decoded next = decodedAt(at);
        if ((characters.of(next.point) & kComposes) != 0)
            return false;
        at += next.bytes;
    }
    return true;
}

bool unicodeForm(Kind kind, std::string_view text, std::string& out)
{
    if (kind == Kind::Nfc ? isQuiet(text) : isAscii(text))
        return true;
    out.clear();
    icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 1 << 30)));
    UErrorCode status = U_ZERO_ERROR;
    formOf(kind).normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
    return U_FAILURE(status) || out == text;
}

char32_t lowerOf(char32_t point)
{
    // Later than the library on Debian knows (Unicode 16 and 17).
    if (point >= 0x10D50 && point <= 0x10D65)
        return point + 0x20;
    if (point >= 0x16EA0 && point <= 0x16EB8)
        return point + 0x1B;
    switch (point) {
    case 0x1C89:
    case 0xA7CC:
    case 0xA7CE:
    case 0xA7D2:
    case 0xA7D4:
    case 0xA7DA: return point + 1;
    case 0xA7CB: return 0x264;
    case 0xA7DC: return 0x19B;
    default: return static_cast<char32_t>(u_tolower(static_cast<UChar32>(point)));
    }
}

bool lowercase(std::string_view text, std::string& out)
{
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
        const Decoded next = decodedAt(text.data() + at);
        if (next.point == 0x130)
            out += "i\xCC\x87";
        else
            appendUtf8(out, lowerOf(next.point));
        at += next.bytes;
    }
    return out == text;
}

bool strip(const NormaliserStep& step, std::string_view text, std::string& out)
{
    const Characters& characters = Characters::all();
    const char *begin = text.data(), *end = text.data() + text.size();
    while (step.left && begin < end && (characters.of(decodedAt(begin).point) & kSpace) != 0)
        begin += decodedAt(begin).bytes;
    while (step.right && begin < end && (characters.of(decodedBefore(end, begin).point) & kSpace) != 0)
        end -= decodedBefore(end, begin).bytes;
    out.assign(begin, end);
    return out.size() == text.size();
}

bool replace(std::string_view text, std::string_view what, std::string_view by, std::string& out)
{
    std::size_t found = text.find(what);
    if (found == std::string_view::npos)
        return true;
    out.clear();
    std::size_t from = 0;
    for (; found != std::string_view::npos; found = text.find(what, from)) {
        out.append(text.substr(from, found - from)).append(by);
        from = found + what.size();
    }
    out.append(text.substr(from));
    return false;
}

bool replaceSpaceRuns(std::string_view text, std::string_view by, std::string& out)
{
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_not_of(' ', at), text.size());
        if (end - at > 1)
            out.append(by);
        else
            out.append(text.substr(at, std::max<std::size_t>(end - at, 1)));
        at = std::max(end, at + 1);
    }
    return out == text;
}

}  // namespace

Normaliser::Normaliser(std::vector<NormaliserStep> steps) : m_steps(std::move(steps)) { }

bool Normaliser::leaves(std::string_view text, TextPart part, std::string& out) const
{
    bool same = true;
    std::string next;
    for (const NormaliserStep& step : m_steps) {
        if (!apply(step, same ? text : std::string_view(out), part, next)) {
            out.swap(next);
            same = false;
        }
    }
    return same;
}

// Whether it leaves the text as it is.
bool Normaliser::apply(const NormaliserStep& step, std::string_view text, TextPart part, std::string& out)
{
    switch (step.kind) {
    case Kind::Nfc:
    case Kind::Nfd:
    case Kind::Nfkc:
    case Kind::Nfkd: return unicodeForm(step.kind, text, out);
    case Kind::Lowercase: return lowercase(text, out);
    case Kind::Strip: return strip(step, text, out);
    case Kind::Replace: return replace(text, step.what, step.by, out);
    case Kind::ReplaceSpaceRuns: return replaceSpaceRuns(text, step.by, out);
    case Kind::Prepend: break;
    }
    if (text.empty() || part == TextPart::Continuation)
        return true;
    out.assign(step.by).append(text);
    return false;
}

}  // namespace taskfold
