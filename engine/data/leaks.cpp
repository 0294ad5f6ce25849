#include "engine/data/leaks.h"

#include "engine/data/rowkeys.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace taskfold::data {

void HeldOut::add(const std::string& task, Split split, const RowFile& rows)
{
    const std::uint64_t source = m_sources.size();
    m_sources.push_back(task + "/" + std::string(wordOf(split)));
    m_inputs.reserve(m_inputs.size() + static_cast<std::size_t>(rows.size()));
    rows.each([&](std::int64_t i) {
        m_inputs.push_back({hashText(rows.input(i)), source << 48 | static_cast<std::uint64_t>(rows.line(i))});
        return true;
    });
    m_sorted = false;
}

std::string HeldOut::twinOf(std::string_view input) const
{
    if (!std::exchange(m_sorted, true))
        std::sort(m_inputs.begin(), m_inputs.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.hash, a.place) < std::tie(b.hash, b.place); });
    const std::uint64_t hash = hashText(input);
    const auto found = std::lower_bound(
        m_inputs.begin(), m_inputs.end(), hash, [](const Entry& entry, std::uint64_t wanted) { return entry.hash < wanted; });
    if (found == m_inputs.end() || found->hash != hash)
        return {};
    return m_sources[found->place >> 48] + " line " + std::to_string(found->place & ((std::uint64_t{1} << 48) - 1));
}

std::map<std::int64_t, std::string> HeldOut::masksFor(const RowFile& train) const
{
    std::map<std::int64_t, std::string> masks;
    train.each([&](std::int64_t i) {
        if (std::string twin = twinOf(train.input(i)); !twin.empty())
            masks.emplace(train.line(i), std::move(twin));
        return true;
    });
    return masks;
}

}  // namespace taskfold::data
