#include "engine/data/leaks.h"

namespace taskfold::data {

void HeldOut::add(const std::string& task, Split split, const RowFile& rows)
{
    const int source = static_cast<int>(m_sources.size());
    m_sources.push_back(task + "/" + std::string(wordOf(split)));
    for (std::int64_t i = 0; i < rows.size(); ++i)
        m_inputs.try_emplace(std::string(rows.input(i)), Place{source, rows.line(i)});
}

std::string HeldOut::twinOf(std::string_view input) const
{
    const auto found = m_inputs.find(std::string(input));
    if (found == m_inputs.end())
        return {};
    return m_sources[static_cast<std::size_t>(found->second.source)] + " line " + std::to_string(found->second.line);
}

std::map<std::int64_t, std::string> HeldOut::masksFor(const RowFile& train) const
{
    std::map<std::int64_t, std::string> masks;
    for (std::int64_t i = 0; i < train.size(); ++i)
        if (std::string twin = twinOf(train.input(i)); !twin.empty())
            masks.emplace(train.line(i), std::move(twin));
    return masks;
}

}  // namespace taskfold::data
