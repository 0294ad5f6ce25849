#pragma once

#include <QString>

#include <array>
#include <optional>

namespace taskfold {

/// The pages, in the order of the mode bar.
enum class Mode { Welcome, Data, Filter, Plan, Runs, Compare, Report };

inline constexpr std::array<Mode, 7> kModes{
    Mode::Welcome, Mode::Data, Mode::Filter, Mode::Plan, Mode::Runs, Mode::Compare, Mode::Report};

/// What the command line, the settings and the icons call it: "data".
QString wordOf(Mode mode);
QString titleOf(Mode mode);
std::optional<Mode> modeOf(const QString& word);

}  // namespace taskfold
