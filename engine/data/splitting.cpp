#include "engine/data/splitting.h"

#include "engine/core/hash.h"

#include <algorithm>
#include <cmath>

namespace taskfold::data {

namespace {

// Evenly over 0 to 1, the same on every machine.
double placeOf(const RawRow& raw)
{
    const std::string hex = sha256(raw.row.group.empty() ? raw.row.input : raw.row.group).substr(0, 13);
    return static_cast<double>(std::stoull(hex, nullptr, 16)) / std::pow(2.0, 52);
}

Split splitAt(double place)
{
    return place < 0.8 ? Split::Train : place < 0.9 ? Split::Validation : Split::Test;
}

}  // namespace

std::map<Split, std::vector<RawRow>> splitUp(const Task& task, std::vector<RawRow> rows)
{
    const bool grouped
        = std::any_of(rows.begin(), rows.end(), [](const RawRow& raw) { return !raw.row.group.empty(); });
    std::vector<Split> splits(rows.size());
    std::map<std::string, std::vector<std::pair<double, std::size_t>>> labels;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double place = placeOf(rows[i]);
        splits[i] = splitAt(place);
        if (!grouped && choosesLabels(task))
            labels[rows[i].row.target].emplace_back(place, i);
    }
    for (auto& [label, places] : labels) {
        std::sort(places.begin(), places.end());
        for (std::size_t k = 0; k < places.size(); ++k)
            splits[places[k].second]
                = splitAt((static_cast<double>(k) + 0.5) / static_cast<double>(places.size()));
    }
    std::map<Split, std::vector<RawRow>> parts;
    for (std::size_t i = 0; i < rows.size(); ++i)
        parts[splits[i]].push_back(std::move(rows[i]));
    return parts;
}

std::vector<RawRow> takeValidation(std::vector<RawRow>& train)
{
    std::vector<RawRow> kept, taken;
    for (RawRow& raw : train)
        (placeOf(raw) < 0.1 ? taken : kept).push_back(std::move(raw));
    train = std::move(kept);
    return taken;
}

}  // namespace taskfold::data
