#include "engine/data/encoding.h"

#include "engine/data/stream.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace taskfold::data {

namespace {

struct Named {
    std::string_view ours, icus;
};

constexpr std::array<Named, 6> kNames{{{"utf-16le", "UTF-16LE"}, {"utf-16be", "UTF-16BE"}, {"latin-1", "ISO-8859-1"},
    {"windows-1252", "windows-1252"}, {"gb18030", "GB18030"}, {"utf-8", "UTF-8"}}};

std::string converterOf(const std::string& name)
{
    for (const Named& one : kNames)
        if (one.ours == name)
            return std::string(one.icus);
    return name;
}

struct CloseConverter {
    void operator()(UConverter* converter) const { ::ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter openConverter(const std::string& name)
{
    UErrorCode failure = U_ZERO_ERROR;
    Converter converter(::ucnv_open(converterOf(name).c_str(), &failure));
    return U_FAILURE(failure) ? nullptr : std::move(converter);
}

// Other encodings' bytes as UTF-8; what can't be decoded becomes U+FFFD, whose row is told.
class DecodedStream final : public ByteStream {
public:
    DecodedStream(std::unique_ptr<ByteStream> bytes, Converter from, Converter to)
        : m_bytes(std::move(bytes))
        , m_from(std::move(from))
        , m_to(std::move(to))
        , m_source(1 << 16)
        , m_pivot(1 << 14)
    {
    }

    Result<std::size_t> read(char* to, std::size_t room) override
    {
        char* out = to;
        while (out == to && !m_ended) {
            if (m_at == m_size && !m_last) {
                Result<std::size_t> got = m_bytes->read(m_source.data(), m_source.size());
                if (!got)
                    return got;
                m_at = 0;
                m_size = *got;
                m_last = m_size == 0;
            }
            UErrorCode failure = U_ZERO_ERROR;
            const char* in = m_source.data() + m_at;
            ::ucnv_convertEx(m_to.get(), m_from.get(), &out, to + room, &in, m_source.data() + m_size, m_pivot.data(),
                &m_pivotSource, &m_pivotTarget, m_pivot.data() + m_pivot.size(), m_first, m_last, &failure);
            m_first = false;
            m_at = static_cast<std::size_t>(in - m_source.data());
            if (failure != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(failure))
                return Error{ErrorCode::InvalidInput, std::string("the text can't be decoded: ") + ::u_errorName(failure)};
            m_ended = m_last && failure != U_BUFFER_OVERFLOW_ERROR;
        }
        return static_cast<std::size_t>(out - to);
    }

    std::int64_t done() const override { return m_bytes->done(); }
    std::int64_t total() const override { return m_bytes->total(); }
    std::string hash() override { return m_bytes->hash(); }

private:
    std::unique_ptr<ByteStream> m_bytes;
    Converter m_from, m_to;
    std::vector<char> m_source;
    std::vector<UChar> m_pivot;
    UChar* m_pivotSource = m_pivot.data();
    UChar* m_pivotTarget = m_pivot.data();
    std::size_t m_at = 0, m_size = 0;
    bool m_first = true, m_last = false, m_ended = false;
};

// How many characters of more than one byte are well-formed, how many bytes aren't, and in how many lines.
struct Utf8Count {
    std::size_t good = 0, bad = 0, badLines = 0;
};

Utf8Count countUtf8(std::string_view head)
{
    Utf8Count count;
    bool badLine = false;
    for (std::size_t at = 0; at < head.size();) {
        const auto byte = static_cast<unsigned char>(head[at]);
        if (byte < 0x80) {
            badLine = badLine && byte != '\n';
            ++at;
            continue;
        }
        auto end = static_cast<std::int32_t>(0);
        UChar32 point = 0;
        const std::string_view rest = head.substr(at, 4);
        U8_NEXT(rest.data(), end, static_cast<std::int32_t>(rest.size()), point);
        if (at + 4 > head.size() && point < 0)
            break;  // the head may end in the middle of a character
        const std::size_t size = point < 0 ? 1 : static_cast<std::size_t>(end);
        if (point >= 0) {
            ++count.good;
        } else {
            ++count.bad;
            count.badLines += badLine ? 0 : 1;
            badLine = true;
        }
        at += size;
    }
    return count;
}

std::string oursOf(std::string name)
{
    for (const Named& one : kNames)
        if (one.icus == name)
            return std::string(one.ours);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

EncodingGuess byStatistics(std::string_view head)
{
    UErrorCode failure = U_ZERO_ERROR;
    UCharsetDetector* detector = ::ucsdet_open(&failure);
    EncodingGuess guess{"utf-8", 0.3, "nothing else fits better"};
    ::ucsdet_setText(detector, head.data(), static_cast<std::int32_t>(std::min<std::size_t>(head.size(), 1 << 16)), &failure);
    const UCharsetMatch* match = U_FAILURE(failure) ? nullptr : ::ucsdet_detect(detector, &failure);
    if (match && U_SUCCESS(failure)) {
        std::string name = ::ucsdet_getName(match, &failure);
        const double sure = ::ucsdet_getConfidence(match, &failure) / 100.0;
        if (name.starts_with("ISO-8859-1") && name.size() == 10 && std::any_of(head.begin(), head.end(), [](char c) {
                const auto byte = static_cast<unsigned char>(c);
                return byte >= 0x80 && byte < 0xA0;
            }))
            name = "windows-1252";
        if (sure >= 0.15 && !name.starts_with("UTF-"))
            guess = {oursOf(name), sure, "it isn't UTF-8, and its letters are as frequent as in this encoding"};
    }
    ::ucsdet_close(detector);
    return guess;
}

EncodingGuess byZeros(std::string_view head)
{
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i)
        zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    const std::size_t all = zeros[0] + zeros[1];
    if (all * 4 > head.size() && zeros[1] * 10 > all * 9)
        return {"utf-16le", 0.9, "every other byte is zero"};
    if (all * 4 > head.size() && zeros[0] * 10 > all * 9)
        return {"utf-16be", 0.9, "every other byte is zero"};
    return {};
}

}  // namespace

EncodingGuess guessedEncoding(std::string_view head)
{
    if (head.starts_with("\xFF\xFE"))
        return {"utf-16le", 1, "the byte order mark says so"};
    if (head.starts_with("\xFE\xFF"))
        return {"utf-16be", 1, "the byte order mark says so"};
    if (head.starts_with("\xEF\xBB\xBF"))
        return {"utf-8", 1, "the byte order mark says so"};
    if (EncodingGuess zeros = byZeros(head); !zeros.name.empty())
        return zeros;
    const Utf8Count count = countUtf8(head);
    if (count.bad == 0)
        return {"utf-8", 1, count.good > 0 ? "it is well-formed UTF-8" : "it is plain ASCII so far"};
    if (count.good > 0 && count.good * 2 >= count.bad)
        return {"utf-8", 0.8, "most of it is well-formed UTF-8"};
    if (count.badLines < 2 && count.bad < 3)
        return {"utf-8", 0.5, "only a few bytes aren't UTF-8"};
    return byStatistics(head);
}

bool isUtf8Name(const std::string& name)
{
    return name.empty() || name == "utf-8";
}

Result<void> checkEncoding(const std::string& name)
{
    if (isUtf8Name(name) || openConverter(name))
        return {};
    return Error{ErrorCode::InvalidInput,
        "the encoding “" + name + "” isn't known: utf-8, utf-16le, utf-16be, latin-1, windows-1252, gb18030, or a name of ICU's"};
}

Result<std::unique_ptr<ByteStream>> openText(const std::filesystem::path& file, const std::string& encoding)
{
    Result<std::unique_ptr<ByteStream>> bytes = openBytes(file);
    if (!bytes || isUtf8Name(encoding))
        return bytes;
    if (Result<void> known = checkEncoding(encoding); !known)
        return std::move(known).error();
    return std::unique_ptr<ByteStream>(
        std::make_unique<DecodedStream>(*std::move(bytes), openConverter(encoding), openConverter("utf-8")));
}

}  // namespace taskfold::data
