#include "engine/stats/metrictext.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <utility>

namespace taskfold::stats {

namespace {

icu::UnicodeString unicode(std::string_view text)
{
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string utf8(const icu::UnicodeString& text)
{
    std::string out;
    return text.toUTF8String(out);
}

icu::UnicodeString normalised(std::string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    return U_SUCCESS(status) ? nfc->normalize(unicode(text), status) : unicode(text);
}

bool standsAlone(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

}  // namespace

std::string foldedLabel(std::string_view text)
{
    return utf8(unicode(collapsed(text)).foldCase());
}

std::string collapsed(std::string_view text)
{
    const icu::UnicodeString from = normalised(text);
    icu::UnicodeString to;
    bool gap = false;
    for (std::int32_t i = 0; i < from.length(); i = from.moveIndex32(i, 1)) {
        const UChar32 c = from.char32At(i);
        if (u_isUWhiteSpace(c)) {
            gap = true;
            continue;
        }
        if (gap && !to.isEmpty())
            to.append(static_cast<UChar32>(' '));
        gap = false;
        to.append(c);
    }
    return utf8(to);
}

std::vector<std::string> rougeTokens(std::string_view text)
{
    const icu::UnicodeString from = unicode(text).toLower(icu::Locale::getRoot());  // not the user's: i is i in Turkey, too
    std::vector<std::string> tokens;
    icu::UnicodeString run;
    const auto flush = [&] {
        if (!run.isEmpty())
            tokens.push_back(utf8(run));
        run.remove();
    };
    for (std::int32_t i = 0; i < from.length(); i = from.moveIndex32(i, 1)) {
        const UChar32 c = from.char32At(i);
        const bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 && !run.isEmpty();  // a vowel sign doesn't end its word
        if (!u_isalnum(c) && !mark) {
            flush();
        } else if (standsAlone(c)) {
            flush();
            run.append(c);
            flush();
        } else {
            run.append(c);
        }
    }
    flush();
    return tokens;
}

std::vector<std::string> rougeScoreTokens(std::string_view text)
{
    const std::string from = utf8(unicode(text).toLower(icu::Locale::getRoot()));
    std::vector<std::string> tokens;
    std::string run;
    for (const char c : from) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            run += c;
        } else if (!run.empty()) {
            tokens.push_back(std::exchange(run, {}));
        }
    }
    if (!run.empty())
        tokens.push_back(std::move(run));
    return tokens;
}

std::map<std::pair<std::string, std::string>, int> slotsOf(std::string_view text)
{
    const std::string line = foldedLabel(text);
    std::map<std::pair<std::string, std::string>, int> slots;
    if (line == "none")
        return slots;
    std::size_t from = 0;
    while (from <= line.size()) {
        const std::size_t to = std::min(line.find(';', from), line.size());
        const std::string part = collapsed(std::string_view(line).substr(from, to - from));
        const std::size_t colon = part.find(':');
        if (colon == std::string::npos || colon == 0)
            return {};  // malformed output has no items
        const std::string value = collapsed(std::string_view(part).substr(colon + 1));
        if (value.empty())
            return {};
        ++slots[{collapsed(std::string_view(part).substr(0, colon)), value}];
        from = to + 1;
    }
    return slots;
}

bool isSlots(std::string_view text)
{
    return foldedLabel(text) == "none" || !slotsOf(text).empty();
}

}  // namespace taskfold::stats
