#pragma once

#include "engine/compute/compute.h"
#include "engine/model/modelio.h"
#include "engine/model/packednet.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace taskfold::infer {

/// A model that is kept, ready to answer.
struct Served {
    model::Loaded loaded;
    std::unique_ptr<model::PackedNet> net;
};

/// Loads every model, keeps all of them, and answers the requests one by one. Cancelled between two requests.
Result<compute::ServeOutcome> serve(const compute::ServeSetup& setup,
    const std::function<Result<Served>(const std::filesystem::path&)>& open, const std::stop_token& stop);

}  // namespace taskfold::infer
