#pragma once

#include "engine/format/modelconfig.h"

#include <nlohmann/json_fwd.hpp>

namespace taskfold {

/// config.json's rope_scaling (transformers 4) or rope_parameters (5). Throws configvalues::Refused.
RopeScaling ropeScalingOf(const nlohmann::json& value, int context);

/// As rope_scaling; null where there is none.
nlohmann::json ropeScalingJson(const RopeScaling& scaling);

}  // namespace taskfold
