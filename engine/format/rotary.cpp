#include "engine/format/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taskfold {

namespace {

constexpr double kPi = std::numbers::pi;

// Long waves are stretched by the factor, short ones kept, those between a mixture of both.
void scaleLlama3(std::vector<float>& frequencies, const RopeScaling& scaling)
{
    const double original = scaling.originalContext;
    const auto longest = static_cast<float>(original / scaling.lowFrequency);
    const auto shortest = static_cast<float>(original / scaling.highFrequency);
    const auto factor = static_cast<float>(scaling.factor);
    const auto low = static_cast<float>(scaling.lowFrequency);
    for (float& frequency : frequencies) {
        const float wave = static_cast<float>(2 * kPi) / frequency;
        if (wave > longest)
            frequency /= factor;
        else if (wave >= shortest) {
            const float smooth = (static_cast<float>(original) / wave - low)
                / static_cast<float>(scaling.highFrequency - scaling.lowFrequency);
            frequency = (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }
}

// The pair that turns so many times within the original context.
double pairOf(double turns, const ModelConfig& config)
{
    return config.headSize * std::log(config.ropeScaling.originalContext / (turns * 2 * kPi))
        / (2 * std::log(config.ropeTheta));
}

void scaleYarn(std::vector<float>& frequencies, const ModelConfig& config)
{
    const RopeScaling& scaling = config.ropeScaling;
    double low = pairOf(scaling.betaFast, config), high = pairOf(scaling.betaSlow, config);
    if (scaling.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, config.headSize - 1.0);
    if (low == high)
        high += 0.001;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const float ramp = std::clamp(
            (static_cast<float>(i) - static_cast<float>(low)) / static_cast<float>(high - low), 0.0F, 1.0F);
        const float kept = 1 - ramp;
        const float stretched = 1 / (static_cast<float>(scaling.factor) * (1 / frequencies[i]));
        frequencies[i] = stretched * (1 - kept) + frequencies[i] * kept;
    }
}

}  // namespace

Rotary rotaryOf(const ModelConfig& config)
{
    Rotary rotary;
    for (int i = 0; i < config.headSize; i += 2) {
        const float exponent = static_cast<float>(i) / static_cast<float>(config.headSize);
        rotary.frequencies.push_back(1 / std::pow(static_cast<float>(config.ropeTheta), exponent));
    }
    switch (config.ropeScaling.kind) {
    case RopeScaling::Kind::None:
    case RopeScaling::Kind::Dynamic: break;
    case RopeScaling::Kind::Linear:
        for (float& frequency : rotary.frequencies)
            frequency /= static_cast<float>(config.ropeScaling.factor);
        break;
    case RopeScaling::Kind::Llama3: scaleLlama3(rotary.frequencies, config.ropeScaling); break;
    case RopeScaling::Kind::Yarn:
        scaleYarn(rotary.frequencies, config);
        rotary.scale = static_cast<float>(config.ropeScaling.attentionFactor);
        break;
    }
    return rotary;
}

}  // namespace taskfold
