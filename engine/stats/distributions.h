#pragma once

#include <cstdint>
#include <vector>

/// Distribution functions, exact to about 1e-12 where tests compare them with SciPy's.
namespace taskfold::stats {

/// Value below which a part p of the numbers lies, between neighbours on a straight line.
double quantile(std::vector<double> values, double p);

/// The share of Student's t below `t`; `df` may be a fraction.
double studentBelow(double t, double df);

/// Of Student's t with `df` degrees of freedom, for 0.5 <= p < 1.
double studentQuantile(double p, double df);

/// The share of the standard normal below `z`.
double normalBelow(double z);

/// Of the standard normal, for 0 < p < 1.
double normalQuantile(double p);

/// P(X <= k) of n fair coins.
double fairCoinsAtMost(std::int64_t k, std::int64_t n);

/// Unbiased; 0 for fewer than two values.
double varianceOf(const std::vector<double>& values);

}  // namespace taskfold::stats
