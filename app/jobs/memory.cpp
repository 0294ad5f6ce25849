#include "app/jobs/memory.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

constexpr double kLibrary = 250;
constexpr double kMib = 1024.0 * 1024.0;

// LoRA's two matrices beside every linear layer.
double adapterParameters(const ModelConfig& config, int rank)
{
    double sum = 0;
    for (const NamedShape& tensor : tensorsOf(config))
        if (tensor.shape.size() == 2 && tensor.name.find("_proj.") != std::string::npos)
            sum += static_cast<double>(rank) * static_cast<double>(tensor.shape[0] + tensor.shape[1]);
    return sum;
}

}  // namespace

double trainingMemoryMib(const ModelConfig& config, const TrainingShape& shape)
{
    const double width = shape.precision == Precision::Fp32 ? 4 : 2;
    const auto parameters = static_cast<double>(parameterCount(config));
    double weights = 0;
    if (shape.method == Method::Lora)
        weights = width * parameters + 16 * adapterParameters(config, shape.rank);
    else
        weights = 16 * parameters + (shape.precision == Precision::Fp32 ? 0 : 2 * parameters);
    const double tokens = static_cast<double>(shape.batch) * std::min(shape.context, std::max(1, config.context));
    const double kept = tokens * 34 * config.hidden * config.layers * width;
    const double logits = tokens * 2 * config.vocabulary * 4;
    return kLibrary + (weights + kept + logits) / kMib;
}

}  // namespace taskfold::jobs
