#include "engine/data/splitwriters.h"

#include "engine/data/sealedfile.h"

#include <algorithm>

namespace taskfold::data {

SplitWriter& SplitWriters::at(Split split)
{
    auto& place = m_writers[static_cast<std::size_t>(split)];
    if (!place)
        place = std::make_unique<SplitWriter>(m_folder, m_pool);
    return *place;
}

void SplitWriters::letGo()
{
    for (const auto& writer : m_writers)
        if (writer)
            writer->letGo();
}

Result<std::map<Split, ReadySplit>> SplitWriters::finish(IntakeFiles files)
{
    std::map<Split, ReadySplit> splits;
    for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
        const bool named = std::any_of(files.begin(), files.end(), [&](const IntakeFile& file) { return file.split == split; });
        if (!m_writers[static_cast<std::size_t>(split)] && !named)
            continue;
        Result<ReadySplit> done = at(split).finish();
        if (!done)
            return std::move(done).error();
        done->version.split = split;
        for (const IntakeFile& file : files)
            done->version.sources.push_back(file.source);
        splits.emplace(split, *std::move(done));
    }
    return splits;
}

}  // namespace taskfold::data
