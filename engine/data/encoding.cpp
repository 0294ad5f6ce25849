#include "engine/data/encoding.h"

#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

std::string detectedEncoding(std::string_view bytes)
{
    if (bytes.starts_with("\xFF\xFE"))
        return "utf-16le";
    if (bytes.starts_with("\xFE\xFF"))
        return "utf-16be";
    return "utf-8";
}

const char* converterOf(const std::string& encoding)
{
    if (encoding == "utf-16le")
        return "UTF-16LE";
    if (encoding == "utf-16be")
        return "UTF-16BE";
    if (encoding == "latin-1")
        return "ISO-8859-1";
    if (encoding == "windows-1252")
        return "windows-1252";
    return nullptr;
}

bool isPlain(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t'; });
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\n\r";
    const std::size_t from = text.find_first_not_of(kSpace);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::string withoutControls(std::string_view text)
{
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n')
                kept += '\n';
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F)
            continue;
        kept += c;
    }
    return kept;
}

}  // namespace

Result<std::string> decoded(std::string bytes, std::string& encoding)
{
    if (encoding.empty())
        encoding = detectedEncoding(bytes);
    if (encoding == "utf-8") {
        if (bytes.starts_with(kUtf8Mark))
            bytes.erase(0, kUtf8Mark.size());
        return bytes;
    }
    const char* name = converterOf(encoding);
    if (!name)
        return Error{ErrorCode::InvalidInput,
            "the encoding “" + encoding + "” isn't known: utf-8, utf-16le, utf-16be, latin-1 or windows-1252"};
    if (encoding.starts_with("utf-16") && detectedEncoding(bytes) == encoding)
        bytes.erase(0, 2);
    if (bytes.size() > 0x3FFFFFFF)
        return Error{ErrorCode::Unsupported, "files of this encoding may have at most 1 GiB: save it as UTF-8"};
    const icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()), name);
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

std::string normalised(std::string_view text)
{
    if (isPlain(text))
        return std::string(trimmed(text));
    std::string kept = withoutControls(trimmed(text));
    UErrorCode failure = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(failure);
    if (U_FAILURE(failure) || nfc->isNormalizedUTF8(kept, failure))
        return kept;
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal);
    nfc->normalizeUTF8(0, kept, sink, nullptr, failure);
    return U_FAILURE(failure) ? kept : normal;
}

}  // namespace taskfold::data
