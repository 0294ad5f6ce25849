#include "app/jobs/labelcounts.h"

namespace taskfold::jobs {

void LabelCounts::add(std::string_view target, std::int64_t rows)
{
    if (const auto label = m_labels.find(target); label != m_labels.end()) {
        label->second += rows;
    } else if (m_many) {
        m_manyOthers += rows;
    } else if (const auto other = m_others.find(target); other != m_others.end()) {
        other->second += rows;
    } else {
        m_others.emplace(target, rows);
        m_many = m_others.size() > kMostOthers;
        if (!m_many)
            return;
        for (const auto& [text, count] : m_others)
            m_manyOthers += count;
        m_others.clear();
    }
}

void LabelCounts::add(const LabelCounts& other)
{
    for (const auto& [label, count] : other.m_labels)
        add(label, count);
    for (const auto& [text, count] : other.m_others)
        add(text, count);
    if (!other.m_many)
        return;
    for (const auto& [text, count] : m_others)
        m_manyOthers += count;
    m_others.clear();
    m_many = true;
    m_manyOthers += other.m_manyOthers;
}

std::map<std::string, std::int64_t> LabelCounts::all() const
{
    std::map<std::string, std::int64_t> counts;
    for (const Counts* some : {&m_labels, &m_others})
        for (const auto& [text, count] : *some)
            if (count > 0)
                counts.emplace(text, count);
    if (m_manyOthers > 0)
        counts[std::string(kOthers)] += m_manyOthers;
    return counts;
}

}  // namespace taskfold::jobs
