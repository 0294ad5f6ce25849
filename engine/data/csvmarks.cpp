#include "engine/data/csvmarks.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace taskfold::data {

namespace {

CsvMasks plainly(const char* from, char delimiter)
{
    CsvMasks masks;
    for (unsigned i = 0; i < 64; ++i) {
        const auto byte = static_cast<unsigned char>(from[i]);
        masks.quotes |= std::uint64_t{from[i] == '"'} << i;
        masks.separators |= std::uint64_t{from[i] == delimiter || from[i] == '\n'} << i;
        masks.odd |= std::uint64_t{byte < 0x20 || byte > 0x7E} << i;
    }
    return masks;
}

#ifdef __SSE2__
CsvMasks bySixteen(const char* from, char delimiter)
{
    const auto is = [](__m128i bytes, char what) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(what)); };
    const auto bits = [](__m128i bytes) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes))); };
    CsvMasks masks;
    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
        masks.quotes |= bits(is(bytes, '"')) << i;
        masks.separators |= bits(_mm_or_si128(is(bytes, delimiter), is(bytes, '\n'))) << i;
        masks.odd |= bits(_mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), is(bytes, '\x7F'))) << i;  // signed: over 127, too
    }
    return masks;
}

__attribute__((target("avx2"))) CsvMasks byThirtyTwo(const char* from, char delimiter)
{
    const __m256i quote = _mm256_set1_epi8('"'), end = _mm256_set1_epi8('\n'), between = _mm256_set1_epi8(delimiter);
    const __m256i space = _mm256_set1_epi8(' '), del = _mm256_set1_epi8('\x7F');
    CsvMasks masks;
    for (unsigned i = 0; i < 64; i += 32) {
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
        const __m256i separators = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, between), _mm256_cmpeq_epi8(bytes, end));
        const __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(space, bytes), _mm256_cmpeq_epi8(bytes, del));
        masks.quotes |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, quote)))} << i;
        masks.separators |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(separators))} << i;
        masks.odd |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(odd))} << i;
    }
    return masks;
}

__attribute__((target("avx512f,avx512bw"))) CsvMasks bySixtyFour(const char* from, char delimiter)
{
    const __m512i bytes = _mm512_loadu_si512(from);
    const auto is = [bytes](char what) __attribute__((target("avx512f,avx512bw"))) { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(what)); };
    return {is('"'), is(delimiter) | is('\n'), _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(' ')) | is('\x7F')};
}
#endif

}  // namespace

const std::vector<std::pair<const char*, FindCsvMasks>>& csvMaskFinders()
{
    static const auto made = [] {
        std::vector<std::pair<const char*, FindCsvMasks>> all{{"plainly", plainly}};
#ifdef __SSE2__
        all.emplace_back("by sixteen", bySixteen);
        if (__builtin_cpu_supports("avx2"))
            all.emplace_back("by thirty-two", byThirtyTwo);
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
            all.emplace_back("by sixty-four", bySixtyFour);
#endif
        return all;
    }();
    return made;
}

}  // namespace taskfold::data
