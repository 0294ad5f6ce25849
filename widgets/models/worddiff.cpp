#include "widgets/models/worddiff.h"

#include <algorithm>
#include <cstdint>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::size_t kMostCells = 1'000'000;  // a few milliseconds

enum class Class { Space, Word, Alone };

Class classOf(QChar c)
{
    if (c.isSpace())
        return Class::Space;
    const ushort code = c.unicode();
    const bool ideograph = (code >= 0x2E80 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7AF) || (code >= 0xF900 && code <= 0xFAFF);
    return !ideograph && (c.isLetterOrNumber() || c.isMark() || c.isSurrogate() || c == u'_') ? Class::Word : Class::Alone;
}

std::vector<QStringView> tokensOf(const QString& text)
{
    std::vector<QStringView> tokens;
    for (qsizetype at = 0; at < text.size();) {
        const Class kind = classOf(text[at]);
        qsizetype end = at + 1;
        while (kind != Class::Alone && end < text.size() && classOf(text[end]) == kind)
            ++end;
        tokens.push_back(QStringView(text).mid(at, end - at));
        at = end;
    }
    return tokens;
}

class Differ {
public:
    Differ(std::vector<QStringView> before, std::vector<QStringView> after) : m_before(std::move(before)), m_after(std::move(after)) { }

    std::vector<DiffPart> parts()
    {
        std::size_t from = 0, tail = 0;
        const std::size_t most = std::min(m_before.size(), m_after.size());
        while (from < most && m_before[from] == m_after[from])
            ++from;
        while (tail < most - from && m_before[m_before.size() - 1 - tail] == m_after[m_after.size() - 1 - tail])
            ++tail;
        for (std::size_t i = 0; i < from; ++i)
            add(DiffPart::Kind::Same, m_before[i]);
        middle(from, m_before.size() - tail, m_after.size() - tail);
        for (std::size_t i = m_before.size() - tail; i < m_before.size(); ++i)
            add(DiffPart::Kind::Same, m_before[i]);
        return std::move(m_parts);
    }

private:
    void middle(std::size_t from, std::size_t beforeEnd, std::size_t afterEnd)
    {
        const std::size_t rows = beforeEnd - from, columns = afterEnd - from;
        std::size_t i = 0, j = 0;
        if (rows * columns > 0 && rows <= kMostCells / columns) {
            // Lengths of the longest common subsequence of what follows (i, j).
            std::vector<std::uint16_t> lengths((rows + 1) * (columns + 1), 0);
            const auto at = [&](std::size_t a, std::size_t b) -> std::uint16_t& { return lengths[a * (columns + 1) + b]; };
            for (std::size_t a = rows; a-- > 0;)
                for (std::size_t b = columns; b-- > 0;)
                    at(a, b) = m_before[from + a] == m_after[from + b] ? static_cast<std::uint16_t>(at(a + 1, b + 1) + 1)
                                                                       : std::max(at(a + 1, b), at(a, b + 1));
            while (i < rows && j < columns) {
                if (m_before[from + i] == m_after[from + j]) {
                    add(DiffPart::Kind::Same, m_before[from + i]);
                    ++i, ++j;
                } else if (at(i + 1, j) >= at(i, j + 1)) {
                    add(DiffPart::Kind::Removed, m_before[from + i++]);
                } else {
                    add(DiffPart::Kind::Added, m_after[from + j++]);
                }
            }
        }
        while (i < rows)
            add(DiffPart::Kind::Removed, m_before[from + i++]);
        while (j < columns)
            add(DiffPart::Kind::Added, m_after[from + j++]);
    }

    void add(DiffPart::Kind kind, QStringView text)
    {
        if (m_parts.empty() || m_parts.back().kind != kind)
            m_parts.push_back({kind, {}});
        m_parts.back().text += text;
    }

    std::vector<QStringView> m_before, m_after;
    std::vector<DiffPart> m_parts;
};

}  // namespace

std::vector<DiffPart> wordDiff(const QString& before, const QString& after)
{
    return Differ(tokensOf(before), tokensOf(after)).parts();
}

QString diffHtml(const std::vector<DiffPart>& parts, const QString& removedColour, const QString& addedColour)
{
    QString html;
    for (const DiffPart& part : parts) {
        const QString text = part.text.toHtmlEscaped().replace(u'\n', u"<br>"_s);
        if (part.kind == DiffPart::Kind::Same)
            html += text;
        else if (part.kind == DiffPart::Kind::Removed)
            html += u"<s style=\"color:"_s + removedColour + u"\">"_s + text + u"</s>"_s;
        else
            html += u"<u style=\"color:"_s + addedColour + u"\">"_s + text + u"</u>"_s;
    }
    return html;
}

}  // namespace taskfold
