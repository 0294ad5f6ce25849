#pragma once

#include "engine/core/dataset.h"
#include "widgets/models/rowmodel.h"

#include <array>
#include <vector>

namespace taskfold {

/// What became of a row, in few enough groups for a plot.
enum class Fate { Kept, Duplicate, Leak, Conflict, Invalid, TooLong };

inline constexpr std::array<Fate, 6> kFates{
    Fate::Kept, Fate::Duplicate, Fate::Leak, Fate::Conflict, Fate::Invalid, Fate::TooLong};

QString titleOf(Fate fate);
Fate fateOf(Reason reason);

enum class VolumeUnit { Rows, Tokens };
enum class VolumeOrder { Volume, Name, Left };  // Left: the largest share left out first

/// One task's volume in one split.
struct VolumeLine {
    TaskId task;
    QString name;
    std::int64_t imported = 0;
    std::int64_t tokens = 0;  // of the kept rows
    std::array<std::int64_t, kFates.size()> rows{};

    std::int64_t count(Fate fate) const { return rows[static_cast<std::size_t>(fate)]; }
};

std::vector<VolumeLine> volumeLines(const std::vector<TaskVolume>& tasks, Split split, VolumeOrder order);

/// The volume plot as a table.
class VolumeModel : public RowModel<VolumeLine> {
public:
    explicit VolumeModel(QObject* parent = nullptr);
};

}  // namespace taskfold
