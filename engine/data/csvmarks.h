#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

/// Where in a text its quotes, delimiters and line ends are, sixty-four bytes at a time. Only csv's sources include it.
namespace taskfold::data {

/// Sixty-four bytes: a bit of each that is a quote, a delimiter or line end, or anything but ASCII without controls.
struct CsvMasks {
    std::uint64_t quotes = 0, separators = 0, odd = 0;

    bool operator==(const CsvMasks&) const = default;
};
using FindCsvMasks = CsvMasks (*)(const char* from, char delimiter);

/// Those that this processor can, by name: the last is the fastest.
const std::vector<std::pair<const char*, FindCsvMasks>>& csvMaskFinders();

class CsvMarks {
public:
    CsvMarks(std::string_view text, char delimiter) : m_text(text), m_delimiter(delimiter), m_find(csvMaskFinders().back().second) { }

    /// The first one from there on; the text's size where there is none. Going on from place to place is what it is made for.
    std::size_t quote(std::size_t at) { return next(at, &CsvMasks::quotes); }
    std::size_t separator(std::size_t at) { return next(at, &CsvMasks::separators); }  // a delimiter or line end

    /// Whether the bytes up to where the last mark was found are ASCII without controls: false where that isn't known.
    bool isPlain(std::size_t from, std::size_t to) const
    {
        const std::uint64_t before = to - m_base < kStep ? m_masks.odd & ((std::uint64_t{1} << (to - m_base)) - 1) : m_masks.odd;
        const auto last = before ? static_cast<std::ptrdiff_t>(m_base) + 63 - std::countl_zero(before) : m_oddBefore;
        return last < static_cast<std::ptrdiff_t>(from);
    }

private:
    static constexpr std::size_t kStep = 64;

    std::size_t next(std::size_t at, std::uint64_t CsvMasks::*marks)
    {
        if (at - m_base >= kStep) {  // before it, too
            if (at >= m_text.size())
                return m_text.size();
            if (at - m_base < 2 * kStep)
                forward();
            else
                load(at / kStep * kStep, static_cast<std::ptrdiff_t>(at / kStep * kStep) - 1);
        }
        std::uint64_t found = m_masks.*marks & (~std::uint64_t{0} << (at - m_base));
        while (found == 0) {
            if (m_text.size() - m_base <= kStep)
                return m_text.size();
            forward();
            found = m_masks.*marks;
        }
        return m_base + static_cast<std::size_t>(std::countr_zero(found));
    }

    void forward()
    {
        load(m_base + kStep, m_masks.odd ? static_cast<std::ptrdiff_t>(m_base) + 63 - std::countl_zero(m_masks.odd) : m_oddBefore);
    }

    void load(std::size_t base, std::ptrdiff_t oddBefore)
    {
        m_base = base;
        m_oddBefore = oddBefore;
        char few[kStep] = {};
        const char* from = m_text.data() + base;
        if (m_text.size() - base < kStep)
            from = static_cast<const char*>(std::memcpy(few, from, m_text.size() - base));
        m_masks = m_find(from, m_delimiter);
        if (const std::size_t size = m_text.size() - base; size < kStep)
            m_masks.separators &= (std::uint64_t{1} << size) - 1;  // of a delimiter that is zero
    }

    std::string_view m_text;
    char m_delimiter;
    FindCsvMasks m_find;
    std::size_t m_base = ~std::size_t{0} - 2 * kStep;  // of what the masks are of: nowhere yet
    CsvMasks m_masks;
    std::ptrdiff_t m_oddBefore = -1;  // the last odd byte before it, as far as is known
};

}  // namespace taskfold::data
