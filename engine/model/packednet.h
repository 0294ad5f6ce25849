#pragma once

#include "engine/model/adapter.h"
#include "engine/model/transformer.h"
#include "engine/model/tree.h"

#include <atomic>
#include <memory>
#include <span>
#include <vector>

namespace taskfold::model {

/// One token that is to be predicted after a node.
struct Aim {
    std::int64_t node = 0, target = 0;
    double weight = 0;  // of its loss in the sum that is differentiated
};

/// Keys and values by slot, for each layer: [slots, keyHeads * headSize].
struct Store {
    std::vector<torch::Tensor> keys, values;
    std::int64_t slots = 0;
};

/// The transformer on the CPU: one list of nodes without padding, what rows share computed once, kernels of our own between
/// libtorch's products, gradients written by hand into the flat buffers, memory kept from step to step. Products in the
/// transformer's own type, or in bf16 (sums, norms, softmax and weights stay fp32). Equal to the plain form: tst_packednet.
/// One at a time on a thread.
class PackedNet {
public:
    /// `adapters`: none (the gradient is the transformer's), or one for each of a tree's groups (the gradient is theirs, the
    /// transformer stays as it is). Without dropout and DoRA.
    static std::unique_ptr<PackedNet> make(Transformer& model, Precision precision);
    virtual ~PackedNet() = default;

    /// Loss of each aim. With `gradient` that of the weighted sum is added to the gradient buffers.
    virtual std::vector<double> losses(
        const Tree& tree, std::span<const Aim> aims, std::span<Adapter* const> adapters, bool gradient)
        = 0;

    /// Hidden states after the last norm at the wanted nodes: [wanted, hidden]. With a store, keys and values go to the tree's
    /// slots, and its ranges are of slots. Without gradient.
    virtual torch::Tensor hidden(const Tree& tree, Store* store, std::span<const std::int64_t> wanted, Adapter* adapter = nullptr) = 0;
    virtual torch::Tensor logits(const torch::Tensor& hidden) = 0;
    /// log p of the aims: `node` is a row of `hidden` here, in ascending order.
    virtual std::vector<double> logProbabilities(const torch::Tensor& hidden, std::span<const Aim> aims) = 0;
    virtual Store emptyStore(std::int64_t slots) const = 0;
    /// Moves what lies in slots [from, from + count) of one store to the other's beginning at `to`.
    static void copySlots(const Store& source, std::int64_t from, std::int64_t count, Store& target, std::int64_t to);

    /// Forgets layers' insides and computes them again in the backward pass: less memory for a third more work.
    void setCheckpointing(bool on) { m_checkpointing = on; }
    /// Lets go of the memory that is kept from step to step.
    virtual void forgetMemory() = 0;
    /// To be called when the weights were changed by anyone but the optimiser's copies.
    virtual void weightsChanged() = 0;

    /// Of the model's matrix products since it was made.
    double flops() const { return m_flops.load(std::memory_order_relaxed); }

protected:
    std::atomic<double> m_flops = 0;  // of all threads
    bool m_checkpointing = false;
};

}  // namespace taskfold::model
