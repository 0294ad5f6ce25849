// Part of kernelbody.h: the optimiser's passes over whole buffers.

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

template <typename R, typename O>
double sumSquares(const O* x, std::int64_t count)
{
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto value = static_cast<double>(real(x[i]));
        sum += value * value;
    }
    return sum;
}

// Loshchilov and Hutter 2019, as torch.optim.AdamW computes it.
template <typename R, typename O>
void adamW(R* weight, const O* gradient, R* first, R* second, O* copy, std::int64_t count, const AdamSettings& settings)
{
    const R b1 = R(settings.beta1), b2 = R(settings.beta2), epsilon = R(settings.epsilon), scale = R(settings.scale);
    const R keep = R(1 - settings.rate * settings.decay);
    const R step = R(settings.rate / settings.correction1);
    const R turn = R(1) / root(R(settings.correction2));
    for (std::int64_t i = 0; i < count; ++i) {
        const R g = scale * real(gradient[i]);
        const R m = b1 * first[i] + (R(1) - b1) * g;
        const R v = b2 * second[i] + (R(1) - b2) * g * g;
        first[i] = m;
        second[i] = v;
        weight[i] = keep * weight[i] - step * m / (root(v) * turn + epsilon);
    }
    if (copy != nullptr)
        for (std::int64_t i = 0; i < count; ++i)
            put(copy[i], weight[i]);
}

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
