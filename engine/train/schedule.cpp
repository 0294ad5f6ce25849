#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taskfold::train {

double rateAt(Schedule schedule, std::int64_t step, std::int64_t steps, double peak, double warmUp, double finalShare)
{
    constexpr double kDecay = 0.2;  // of the steps, wsd's last part
    const double warm = warmUp > 0 ? std::max(1.0, warmUp * static_cast<double>(steps)) : 0;
    const auto now = static_cast<double>(step);
    if (now < warm)
        return peak * now / warm;
    const double rest = std::max(1.0, static_cast<double>(steps) - warm);
    const double t = std::min(1.0, (now - warm) / rest);
    const auto down = [&](double share) { return peak * (finalShare + (1 - finalShare) * share); };
    switch (schedule) {
    case Schedule::Constant: return peak;
    case Schedule::Linear: return down(1 - t);
    case Schedule::WarmStableDecay:
        return down(std::min(1.0, (static_cast<double>(steps) - now) / std::max(1.0, kDecay * static_cast<double>(steps))));
    case Schedule::Cosine: break;
    }
    return down(0.5 * (1 + std::cos(std::numbers::pi * t)));
}

}  // namespace taskfold::train
