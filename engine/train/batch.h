#pragma once

#include "engine/core/plan.h"
#include "engine/model/packednet.h"
#include "engine/train/examples.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace taskfold::train {

struct BatchLoss {
    double total = 0;
    std::vector<double> perExample;  // mean over the example's targets
    std::int64_t tokens = 0, targetTokens = 0;
};

/// A model and what of it is trained: itself, or an adapter beside it. On the CPU through PackedNet, elsewhere (and with
/// dropout or DoRA) by the plain form.
class Learner {
public:
    explicit Learner(model::Transformer& model, Precision precision = Precision::Fp32, model::Adapter* adapter = nullptr);
    /// Another adapter on the same base: computes by the other's network, one at a time or together.
    Learner(const Learner& other, model::Adapter& adapter);

    /// Makes room for gradients. Called before the first of them; `addsUp`: those of several passes are added before the
    /// optimiser's step, which costs memory.
    void train(bool addsUp = true);
    /// Before a step's first pass.
    void startGradient();
    /// After a pass whose gradient isn't used.
    void dropGradient();
    model::Parameters& trained() const { return m_adapter ? m_adapter->parameters() : m_model.parameters(); }
    model::Transformer& model() const { return m_model; }
    model::Adapter* adapter() const { return m_adapter; }
    model::PackedNet* net() const { return m_net.get(); }  // none on other devices
    Precision precision() const { return m_precision; }
    /// To be called when the weights were set by anyone but the optimiser.
    void weightsChanged();
    void setCheckpointing(bool on);
    /// Lets go of what is kept from step to step.
    void forgetMemory();

    /// Mean over examples of the mean over each one's target tokens, or over all target tokens (method.md 2). The gradient
    /// of `scale` times that is added to the buffers, unless `scale` is 0. `factors`, one a row, weigh the rows in the gradient;
    /// the loss that is told is without them.
    BatchLoss loss(std::span<const Example* const> batch, LossMean mean, double scale = 0, std::span<const double> factors = {});

    /// One batch of each learner in one pass over the base that they share: losses and gradients as each one's alone.
    static std::vector<BatchLoss> together(std::span<Learner* const> learners,
        std::span<const std::vector<const Example*>> batches, LossMean mean);

    /// Floating point operations since it was made: counted by the network, else estimated from tokens and parameters.
    double work() const { return m_net ? m_net->flops() : m_plainWork; }

    /// Mean over examples of each one's mean loss, `batch` at a time.
    double meanLoss(std::span<const Example> examples, int batch);

private:
    model::Transformer& m_model;
    Precision m_precision;
    model::Adapter* m_adapter;
    std::shared_ptr<model::PackedNet> m_net;
    double m_plainWork = 0;
};

/// AdamW (Loshchilov and Hutter 2019) in one pass over whole buffers; clips the gradient first. Returns its norm before
/// clipping; where that isn't finite nothing is changed.
struct AdamW {
    double learningRate = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01, clip = 1;
    double step(model::Parameters& parameters, torch::Tensor& first, torch::Tensor& second, std::int64_t count) const;
};

}  // namespace taskfold::train
