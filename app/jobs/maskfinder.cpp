#include "app/jobs/maskfinder.h"

#include "engine/data/leaksearch.h"

#include <cstdio>

namespace taskfold::jobs {

namespace {

std::string percent(double share)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", share * 100);
    return text;
}

}  // namespace

MaskFinder::MaskFinder(const std::vector<SplitRows>& splits, const MaskRules& rules, std::filesystem::path scratch,
    const JobContext& context, std::size_t inMemory)
    : m_splits(splits)
    , m_rules(rules)
    , m_scratch(std::move(scratch))
    , m_context(context)
    , m_found(m_scratch, inMemory)
{
}

Result<void> MaskFinder::find()
{
    Result<void> done = findSame();
    if (done && m_rules.nearLeaks)
        done = findNearHeldOut();
    if (done && m_rules.nearDuplicates)
        done = findNearTraining();
    if (done)
        done = m_found.add(m_load);
    return done ? m_found.begin() : done;
}

Result<std::optional<db::Mask>> MaskFinder::next(std::size_t split)
{
    for (const Entry* entry = m_found.front(); entry && entry->split <= split; entry = m_found.front()) {
        const bool isNew = entry->split == split && m_lastLine != entry->line;
        m_lastLine = entry->line;
        const std::optional<db::Mask> mask = isNew ? std::optional(maskOf(*entry)) : std::nullopt;
        if (Result<void> popped = m_found.pop(); !popped)
            return std::move(popped).error();
        if (mask)
            return mask;
    }
    m_lastLine.reset();
    return std::optional<db::Mask>();
}

bool MaskFinder::nextStep(const char* phase)
{
    if (m_context.report)
        m_context.report({++m_step, static_cast<std::int64_t>(m_splits.size()), {}, phase});
    return !m_context.stop.stop_requested();
}

Result<void> MaskFinder::findSame()
{
    std::int64_t heldOut = 0;
    for (const SplitRows& one : m_splits)
        heldOut += one.split == Split::Train ? 0 : one.rows.size();
    data::LeakSearch search(m_scratch, heldOut);
    for (const bool training : {false, true})
        for (std::size_t i = 0; i < m_splits.size(); ++i) {
            if ((m_splits[i].split == Split::Train) != training)
                continue;
            if (!nextStep("looking for leaks"))
                return Error{ErrorCode::Cancelled, {}};
            Result<void> added = training ? search.addTraining(i, m_splits[i].rows, m_context.stop)
                                          : search.addHeldOut(i, m_splits[i].rows, m_context.stop);
            if (!added)
                return added;
        }
    const auto told = [&](const data::LeakSearch::Place& row, const data::LeakSearch::Place& twin) {
        return keep({row.line, twin.line, 1, static_cast<std::uint32_t>(row.number), static_cast<std::uint32_t>(twin.number), Kind::Same});
    };
    return search.find(told, m_context.stop);
}

Result<void> MaskFinder::findNearHeldOut()
{
    JoinedRows rows;
    for (const SplitRows& one : m_splits)
        if (one.split != Split::Train)
            rows.add(one);
    const std::int64_t references = rows.size();
    for (const SplitRows& one : m_splits)
        if (one.split == Split::Train)
            rows.add(one);
    return references > 0 ? findNear(rows, references, Kind::NearHeldOut) : Result<void>{};
}

Result<void> MaskFinder::findNearTraining()
{
    for (const SplitRows& one : m_splits) {
        if (one.split != Split::Train)
            continue;
        JoinedRows rows;
        rows.add(one);
        if (Result<void> done = findNear(rows, 0, Kind::NearTraining); !done)
            return done;
    }
    return {};
}

Result<void> MaskFinder::findNear(const JoinedRows& rows, std::int64_t references, Kind kind)
{
    const auto told = [&](const data::NearPair& pair) {
        const auto [split, row] = rows.at(pair.row);
        const auto [other, twin] = rows.at(pair.twin);
        return keep({split->rows.line(row), other->rows.line(twin), pair.similarity, static_cast<std::uint32_t>(split - m_splits.data()),
            static_cast<std::uint32_t>(other - m_splits.data()), kind});
    };
    return rows.eachNear(references, m_scratch, told, m_context);
}

Result<void> MaskFinder::keep(const Entry& entry)
{
    constexpr std::size_t kAtOnce = 1 << 12;
    m_load.push_back(entry);
    if (m_load.size() < kAtOnce)
        return {};
    Result<void> added = m_found.add(m_load);
    m_load.clear();
    return added;
}

db::Mask MaskFinder::maskOf(const Entry& entry) const
{
    std::string twin = m_splits[entry.twinSplit].placeOf(entry.twinLine);
    return {entry.line, entry.kind == Kind::Same ? std::move(twin) : percent(entry.similarity) + " like " + twin};
}

}  // namespace taskfold::jobs
