#include "engine/format/ropeconfig.h"

#include "engine/format/configvalues.h"
#include "engine/format/printable.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace taskfold {

using nlohmann::json;

namespace {

using namespace configvalues;
using namespace std::string_view_literals;

constexpr std::int64_t kLongest = 1 << 24;

RopeScaling::Kind kindOf(const std::string& word)
{
    if (word == "default")
        return RopeScaling::Kind::None;
    if (word == "linear")
        return RopeScaling::Kind::Linear;
    if (word == "dynamic")
        return RopeScaling::Kind::Dynamic;
    if (word == "llama3")
        return RopeScaling::Kind::Llama3;
    if (word == "yarn")
        return RopeScaling::Kind::Yarn;
    refuseUnsupported("rope_scaling of type " + printable(word));
}

// How yarn grows the attention's temperature (Peng et al. 2023, formula 22).
double yarnScale(double factor, double weight)
{
    return factor <= 1 ? 1 : 0.1 * weight * std::log(factor) + 1;
}

void readYarn(RopeScaling& scaling, const json& value, int context)
{
    scaling.originalContext = static_cast<int>(wholeAt(value, "original_max_position_embeddings", 1, kLongest, context));
    scaling.betaFast = positiveAt(value, "beta_fast", 32);
    scaling.betaSlow = positiveAt(value, "beta_slow", 1);
    scaling.truncate = flagAt(value, "truncate", true);
    scaling.attentionFactor = yarnScale(scaling.factor, 1);
    if (isSet(value, "mscale") && isSet(value, "mscale_all_dim"))
        scaling.attentionFactor = yarnScale(scaling.factor, positiveAt(value, "mscale"))
            / yarnScale(scaling.factor, positiveAt(value, "mscale_all_dim"));
    scaling.attentionFactor = positiveAt(value, "attention_factor", scaling.attentionFactor);
}

}  // namespace

RopeScaling ropeScalingOf(const json& value, int context)
{
    constexpr std::array kKnown{"rope_type"sv, "type"sv, "factor"sv,
        "low_freq_factor"sv, "high_freq_factor"sv,
        "original_max_position_embeddings"sv, "beta_fast"sv, "beta_slow"sv,
        "truncate"sv, "mscale"sv, "mscale_all_dim"sv,
        "attention_factor"sv, "rope_theta"sv, "partial_rotary_factor"sv};
    if (!value.is_object())
        refuse("rope_scaling isn't an object");
    RopeScaling scaling;
    scaling.kind = kindOf(wordAt(value, "rope_type", wordAt(value, "type", "default")));
    refuseUnknown(value, kKnown, "rope_scaling: ");
    if (positiveAt(value, "partial_rotary_factor", 1) != 1)
        refuseUnsupported("partial_rotary_factor");
    if (scaling.kind == RopeScaling::Kind::None)
        return scaling;
    scaling.factor = positiveAt(value, "factor");
    if (scaling.kind == RopeScaling::Kind::Llama3) {
        scaling.lowFrequency = positiveAt(value, "low_freq_factor");
        scaling.highFrequency = positiveAt(value, "high_freq_factor");
        scaling.originalContext = static_cast<int>(wholeAt(value, "original_max_position_embeddings", 1, kLongest));
        if (scaling.highFrequency <= scaling.lowFrequency)
            refuse("rope_scaling: high_freq_factor must be above low_freq_factor");
    }
    if (scaling.kind == RopeScaling::Kind::Yarn)
        readYarn(scaling, value, context);
    return scaling;
}

json ropeScalingJson(const RopeScaling& scaling)
{
    switch (scaling.kind) {
    case RopeScaling::Kind::None: break;
    case RopeScaling::Kind::Linear: return {{"rope_type", "linear"}, {"factor", scaling.factor}};
    case RopeScaling::Kind::Dynamic: return {{"rope_type", "dynamic"}, {"factor", scaling.factor}};
    case RopeScaling::Kind::Llama3:
        return {{"rope_type", "llama3"}, {"factor", scaling.factor}, {"low_freq_factor", scaling.lowFrequency},
            {"high_freq_factor", scaling.highFrequency}, {"original_max_position_embeddings", scaling.originalContext}};
    case RopeScaling::Kind::Yarn:
        return {{"rope_type", "yarn"}, {"factor", scaling.factor}, {"beta_fast", scaling.betaFast},
            {"beta_slow", scaling.betaSlow}, {"truncate", scaling.truncate}, {"attention_factor", scaling.attentionFactor},
            {"original_max_position_embeddings", scaling.originalContext}};
    }
    return nullptr;
}

}  // namespace taskfold
