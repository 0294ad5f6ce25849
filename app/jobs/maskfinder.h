#pragma once

#include "app/jobs/leakmasks.h"
#include "app/jobs/splitrows.h"
#include "db/datasetrepository.h"
#include "engine/data/sortedruns.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <tuple>
#include <vector>

namespace taskfold::jobs {

/// Which training rows may not be trained on, of any number of them in bounded memory: what is found is sorted by split and
/// line, on the disk if need be, and told from there.
class MaskFinder {
public:
    /// The splits must outlive it.
    MaskFinder(const std::vector<SplitRows>& splits, const MaskRules& rules, std::filesystem::path scratch, const JobContext& context,
        std::size_t inMemory = 1 << 20);  // 40 MB

    Result<void> find();

    /// The next mask of the split with that number, by line. Splits must rise; who has none left gets none.
    Result<std::optional<db::Mask>> next(std::size_t split);

private:
    // By weight of what was found: a row that is masked for several reasons is masked for the first.
    enum class Kind : std::uint8_t { Same, NearHeldOut, NearTraining };
    struct Entry {
        std::int64_t line = 0, twinLine = 0;
        double similarity = 0;
        std::uint32_t split = 0, twinSplit = 0;
        Kind kind = Kind::Same;
    };
    struct ByLine {
        bool operator()(const Entry& a, const Entry& b) const
        {
            return std::tie(a.split, a.line, a.kind, a.twinSplit, a.twinLine) < std::tie(b.split, b.line, b.kind, b.twinSplit, b.twinLine);
        }
    };

    bool nextStep(const char* phase);
    Result<void> findSame();
    Result<void> findNearHeldOut();
    Result<void> findNearTraining();
    Result<void> findNear(const JoinedRows& rows, std::int64_t references, Kind kind);
    Result<void> keep(const Entry& entry);
    db::Mask maskOf(const Entry& entry) const;

    const std::vector<SplitRows>& m_splits;
    MaskRules m_rules;
    std::filesystem::path m_scratch;
    const JobContext& m_context;
    std::int64_t m_step = 0;
    std::vector<Entry> m_load;
    data::SortedRuns<Entry, ByLine> m_found;
    std::optional<std::int64_t> m_lastLine;  // of the split that is being told
};

}  // namespace taskfold::jobs
