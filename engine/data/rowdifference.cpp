#include "engine/data/rowdifference.h"

#include "engine/data/rowkeys.h"
#include "engine/data/rowstore.h"

#include <algorithm>
#include <iterator>

namespace taskfold::data {

namespace {

constexpr std::int64_t kAtOnce = 8'000'000;  // hashes in memory

// The sorted hashes of one part of a file's rows.
std::vector<std::uint64_t> hashesOf(const RowFile& rows, std::uint64_t part, std::uint64_t parts)
{
    std::vector<std::uint64_t> hashes;
    rows.each([&](std::int64_t i) {
        const Row row = rows.row(i);
        std::uint64_t hash = hashText(row.input) * 31 + hashText(row.target);
        for (const std::string& reference : row.references)
            hash = hash * 31 + hashText(reference);
        if ((hash >> 32) % parts == part)
            hashes.push_back(hash);
        return true;
    });
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

}  // namespace

Result<RowDifference> differenceOf(const std::filesystem::path& folder, const std::string& before, const std::string& after)
{
    const Result<RowFile> old = RowFile::open(folder, before);
    if (!old)
        return old.error();
    const Result<RowFile> fresh = RowFile::open(folder, after);
    if (!fresh)
        return fresh.error();
    RowDifference difference;
    if (before == after) {
        difference.same = fresh->size();
        return difference;
    }
    const auto parts = static_cast<std::uint64_t>(std::max(old->size(), fresh->size()) / kAtOnce + 1);
    for (std::uint64_t part = 0; part < parts; ++part) {
        const std::vector<std::uint64_t> one = hashesOf(*old, part, parts), other = hashesOf(*fresh, part, parts);
        std::vector<std::uint64_t> common;
        std::set_intersection(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(common));
        difference.same += static_cast<std::int64_t>(common.size());
    }
    difference.removed = old->size() - difference.same;
    difference.added = fresh->size() - difference.same;
    return difference;
}

}  // namespace taskfold::data
