#include "app/jobs/memory.h"

#include "app/jobs/baseconfig.h"
#include "engine/core/processor.h"

#include <algorithm>
#include <fstream>

namespace taskfold::jobs {

namespace {

constexpr double kLibrary = 145;  // libtorch and the program, in MiB, as measured by tst_memory
constexpr double kHalfLibrary = 15;  // what products in bf16 keep for themselves
constexpr double kTilesLibrary = 5;  // the same where they are in tiles of our own
constexpr double kMib = 1024.0 * 1024.0;
constexpr double kReal = 4;  // bytes of sums, norms and weights
constexpr double kLogitRows = 192;

bool inTiles(const TrainingShape& shape)
{
    return shape.precision == Precision::Bf16 ? multipliesPairs() : outpacesLibrary();
}

double libraryMib(const TrainingShape& shape)
{
    if (shape.precision != Precision::Bf16)
        return kLibrary;
    return kLibrary + (inTiles(shape) ? kTilesLibrary : kHalfLibrary);
}

// Bytes of weights and of what the optimiser keeps.
double weightBytes(const ModelConfig& config, const TrainingShape& shape)
{
    const auto parameters = static_cast<double>(parameterCount(config));
    const bool half = shape.precision == Precision::Bf16 && !shape.plain;
    if (shape.method == Method::Full && half && !shape.addsUp)  // 4 + 2 for the copy and the gradient + 8; the head's apart
        return 14 * parameters + 2.0 * config.vocabulary * config.hidden;
    if (shape.method == Method::Full)
        return 16 * parameters;  // fp32: 4 + 4 + 8; bf16: 4 + 2 for the copy + 2 + 8
    return (half ? 6 : 4) * parameters + 16 * adapterParameters(config, shape.rank, shape.targets) * shape.adapters;
}

struct Widths {
    double hidden, feedForward, queries, keys, heads, keyHeads, operand, low;
};

Widths widthsOf(const ModelConfig& config, const TrainingShape& shape)
{
    const double size = config.headSize, heads = config.heads, keyHeads = config.keyValueHeads;
    return {static_cast<double>(config.hidden), static_cast<double>(config.feedForward), heads * size, keyHeads * size, heads, keyHeads,
        shape.precision == Precision::Bf16 ? 2.0 : 4.0, shape.method == Method::Lora ? 7.0 * shape.rank : 0.0};
}

// Of one token in one layer, for the gradient: attention's part, and that of the mlp.
double attentionBytes(const Widths& w, bool qkNorm)
{
    const double norms = qkNorm ? w.operand * (w.queries + w.keys) + kReal * (w.heads + w.keyHeads) : 0;
    return kReal + w.operand * (w.queries + 2 * w.keys) + w.operand * w.queries + kReal * w.heads + w.operand * w.low + norms;
}

double mlpBytes(const Widths& w)
{
    return kReal + kReal * w.hidden + 2 * w.operand * w.feedForward;
}

// Of one token, in buffers that all layers share.
double sharedBytes(const Widths& w)
{
    const double forward = w.operand * (3 * w.hidden + w.feedForward);
    const double backward = kReal * w.hidden + w.operand * (2 * w.hidden + w.feedForward + 2 * w.queries)
        + w.operand * (w.queries + 2 * w.keys) + 2 * kReal * w.queries;
    return forward + backward;
}

// The left matrix of a product in tiles: the widest one of a layer, or the gradient of logits.
double tileBytes(const ModelConfig& config, const TrainingShape& shape, double tokens, double logits)
{
    if (!inTiles(shape))
        return 0;
    const Widths w = widthsOf(config, shape);
    return std::max(tokens * w.operand * std::max({2 * w.feedForward, w.queries + 2 * w.keys, w.hidden}), logits);
}

double packedBytes(const ModelConfig& config, const TrainingShape& shape, double tokens)
{
    const Widths w = widthsOf(config, shape);
    const double targets = static_cast<double>(shape.batch) * std::min(shape.targetTokens, shape.context);
    const double layers = config.layers;
    const double inputs = kReal * w.hidden * layers;
    const double kept = shape.checkpointing
        ? attentionBytes(w, config.qkNorm) + mlpBytes(w)
        : layers * attentionBytes(w, config.qkNorm) + (layers - 1) * mlpBytes(w);
    const double last = mlpBytes(w) + w.operand * (w.queries + w.low) + 3 * kReal * w.hidden + 2 * w.operand * w.hidden;
    const double logits = std::min(targets, kLogitRows) * w.operand * config.vocabulary;
    return tokens * (kept + inputs + sharedBytes(w)) + targets * last + logits + tileBytes(config, shape, tokens, logits);
}

}  // namespace

double trainingMemoryMib(const ModelConfig& config, const TrainingShape& shape)
{
    const double tokens = static_cast<double>(shape.batch) * std::min<double>(shape.context, std::max(1, config.context));
    const double plain = tokens * (34.0 * config.hidden * config.layers * (shape.precision == Precision::Bf16 ? 2 : 4) + 2.0 * config.vocabulary * 4);
    return libraryMib(shape) + (weightBytes(config, shape) + (shape.plain ? plain : packedBytes(config, shape, tokens))) / kMib;
}

double planMemoryMib(const ModelConfig& config, const Plan& plan, double batchTokens, double batchTargets, int together)
{
    const int parts = std::clamp(plan.accumulate, 1, std::max(1, plan.batch)), rows = std::max(1, plan.batch);
    TrainingShape shape;
    shape.method = plan.method;
    shape.precision = plan.precision;
    shape.adapters = std::max(1, together);
    shape.batch = (rows + parts - 1) / parts * shape.adapters;
    shape.context = batchTokens / rows;
    shape.targetTokens = batchTargets / rows;
    shape.rank = plan.lora.rank;
    shape.targets = plan.lora.targets;
    shape.checkpointing = plan.checkpointing;
    shape.addsUp = parts > 1 || plan.weighting == Weighting::PcGrad;
    shape.plain = plan.device != "cpu" || (plan.method == Method::Lora && (plan.lora.dora || plan.lora.dropout > 0));
    return trainingMemoryMib(config, shape);
}

double availableMemoryMib()
{
    std::ifstream file("/proc/meminfo");
    std::string name, unit;
    double kib = 0;
    while (file >> name >> kib) {
        std::getline(file, unit);
        if (name == "MemAvailable:")
            return kib / 1024;
    }
    return 0;
}

}  // namespace taskfold::jobs
