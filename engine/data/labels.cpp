#include "engine/data/labels.h"

#include "engine/data/fold.h"

#include <algorithm>
#include <bit>

namespace taskfold::data {

namespace {

bool looksLikeSlots(std::string_view target)
{
    return target == "none" || target.find(": ") != std::string_view::npos;
}

// Exact below 64, then sixteen steps an octave.
std::size_t stepOf(std::size_t bytes)
{
    if (bytes < 64)
        return bytes;
    const auto octave = static_cast<std::size_t>(std::bit_width(bytes)) - 7;
    return std::min<std::size_t>(64 + octave * 16 + ((bytes >> (octave + 2)) & 15), 399);
}

std::int64_t endOfStep(std::size_t step)
{
    if (step < 64)
        return static_cast<std::int64_t>(step);
    const std::size_t octave = (step - 64) / 16;
    return static_cast<std::int64_t>(((16 + (step - 64) % 16 + 1) << (octave + 2)) - 1);
}

}  // namespace

void TargetCounts::add(std::string_view target, std::uint64_t hash, std::size_t bytes)
{
    ++rows;
    longest = std::max(longest, target.size());
    slots += looksLikeSlots(target) ? 1 : 0;
    ++lengths[stepOf(bytes)];
    if (many)
        return;
    One& one = targets[hash];
    if (one.count++ == 0)
        one.text = target;
    many = targets.size() > kCounted || longest > 4096;
}

void TargetCounts::add(const TargetCounts& other)
{
    rows += other.rows;
    slots += other.slots;
    longest = std::max(longest, other.longest);
    for (std::size_t i = 0; i < lengths.size(); ++i)
        lengths[i] += other.lengths[i];
    many = many || other.many;
    if (many)
        return;
    for (const auto& [hash, one] : other.targets) {
        One& mine = targets[hash];
        mine.count += one.count;
        if (mine.text.empty())
            mine.text = one.text;
    }
    many = targets.size() > kCounted;
}

std::int64_t TargetCounts::lengthAt(double share) const
{
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(rows));
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i)
        if ((seen += lengths[i]) > wanted || seen == rows)
            return endOfStep(i);
    return 0;
}

LabelBook::LabelBook(std::vector<std::string> labels, const std::map<std::string, std::string>& renamed, bool declared)
    : m_labels(std::move(labels))
    , m_declared(declared)
{
    for (const std::string& label : m_labels) {
        m_exact.emplace(label, label);
        m_folded.emplace(foldedLabel(label), label);
    }
    for (const auto& [from, to] : renamed) {
        m_exact.insert_or_assign(from, to);
        m_folded.insert_or_assign(foldedLabel(from), to);
    }
}

LabelBook::Found LabelBook::find(std::string_view target) const
{
    if (const auto exact = m_exact.find(target); exact != m_exact.end())
        return {&exact->second, exact->second != target};
    if (const auto folded = m_folded.find(foldedLabel(target)); folded != m_folded.end())
        return {&folded->second, true};
    return {};
}

std::map<std::string, std::string> variantsOf(const TargetCounts& counts)
{
    std::map<std::string, std::vector<const TargetCounts::One*>> byFold;
    for (const auto& [hash, one] : counts.targets)
        byFold[foldedLabel(one.text)].push_back(&one);
    std::map<std::string, std::string> variants;
    for (auto& [fold, same] : byFold) {
        const auto best = *std::max_element(same.begin(), same.end(), [](const auto* a, const auto* b) {
            return a->count != b->count ? a->count < b->count : a->text > b->text;
        });
        for (const auto* one : same)
            if (one != best)
                variants[one->text] = best->text;
    }
    return variants;
}

}  // namespace taskfold::data
