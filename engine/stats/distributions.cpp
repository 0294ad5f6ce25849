#include "engine/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace taskfold::stats {

namespace {

// Continued fraction of the incomplete beta function (Lentz's method; Abramowitz and Stegun 26.5.8).
double betaFraction(double x, double a, double b)
{
    constexpr double kTiny = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    double result = d;
    for (int m = 1; m < 500; ++m) {
        for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                 -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
            d = 1 + term * d;
            d = 1 / (std::abs(d) < kTiny ? kTiny : d);
            c = 1 + term / c;
            c = std::abs(c) < kTiny ? kTiny : c;
            result *= c * d;
        }
        if (std::abs(c * d - 1) < 1e-14)
            break;
    }
    return result;
}

double incompleteBeta(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    const double front
        = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * betaFraction(x, a, b) / a;
    return 1 - front * betaFraction(1 - x, b, a) / b;
}

}  // namespace

double quantile(std::vector<double> values, double p)
{
    if (values.empty())
        return 0;
    const double place = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(below), values.end());
    const double low = values[below];
    if (below + 1 >= values.size())
        return low;
    const double high = *std::min_element(values.begin() + static_cast<std::ptrdiff_t>(below) + 1, values.end());
    return low + (place - static_cast<double>(below)) * (high - low);
}

double studentBelow(double t, double df)
{
    const double outside = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
    return t < 0 ? outside : 1 - outside;
}

// By Newton's steps from the normal quantile, which is the smaller one: where the share is concave they never step too far.
double studentQuantile(double p, double df)
{
    const double scale = std::exp(std::lgamma((df + 1) / 2) - std::lgamma(df / 2)) / std::sqrt(df * std::numbers::pi);
    double t = p > 0.5 ? normalQuantile(p) : 0;
    for (int step = 0; step < 500; ++step) {
        const double density = scale * std::exp(-(df + 1) / 2 * std::log1p(t * t / df));
        const double further = (p - studentBelow(t, df)) / density;
        t += further;
        if (std::abs(further) <= 1e-14 * (1 + t))
            break;
    }
    return t;
}

double normalBelow(double z)
{
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double normalQuantile(double p)
{
    double low = -40;
    double high = 40;
    for (int i = 0; i < 64; ++i) {
        const double middle = (low + high) / 2;
        (normalBelow(middle) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

double fairCoinsAtMost(std::int64_t k, std::int64_t n)
{
    if (k >= n)
        return 1;
    double sum = 0;
    for (std::int64_t i = 0; i <= k; ++i)
        sum += std::exp(std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(i) + 1)
            - std::lgamma(static_cast<double>(n - i) + 1) - static_cast<double>(n) * std::log(2.0));
    return std::min(1.0, sum);
}

double varianceOf(const std::vector<double>& values)
{
    if (values.size() < 2)
        return 0;
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return squares / static_cast<double>(values.size() - 1);
}

}  // namespace taskfold::stats
