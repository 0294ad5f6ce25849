#pragma once

#include "engine/core/id.h"

#include <cstdint>
#include <string>

namespace taskfold {

/// A model that training starts from: a folder in Hugging Face form.
struct BaseModel {
    BaseId id;
    std::string name;
    std::string path;  // relative when it lies inside the project
    RunId run;  // whose checkpoint it is
    std::string hash;  // of its weights
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
    int context = 0;
    int vocabulary = 0;
    std::string created;
};

}  // namespace taskfold
