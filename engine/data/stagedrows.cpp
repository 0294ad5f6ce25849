#include "engine/data/stagedrows.h"

#include <new>

namespace taskfold::data {

void TextPlaces::clear()
{
    places.clear();
    count = 0;
}

TextPlace StagedRows::kept(std::string_view text)
{
    if (own.size() + text.size() >= TextPlace::kOwn)
        throw std::bad_alloc();
    const TextPlace place{TextPlace::kOwn + static_cast<std::uint32_t>(own.size()), static_cast<std::uint32_t>(text.size())};
    own.append(text);
    return place;
}

void StagedRows::endReferences()
{
    if (referenceEnds.empty() && references.count == 0)
        return;
    referenceEnds.resize(lines.size());
    referenceEnds.push_back(static_cast<std::uint32_t>(references.count));
}

void StagedRows::clear()
{
    source = {};
    lines.clear();
    for (TextPlaces* texts : {&input, &target, &group, &references})
        texts->clear();
    referenceEnds.clear();
    own.clear();
}

RowsView StagedRows::view() const
{
    const auto texts = [this](const TextPlaces& column) {
        return TextsView{column.places.empty() ? nullptr : column.places.data(), column.count, source.data(), own.data()};
    };
    return {0, lines.size(), lines.data(), texts(input), texts(target), texts(group), texts(references),
        referenceEnds.empty() ? nullptr : referenceEnds.data()};
}

}  // namespace taskfold::data
