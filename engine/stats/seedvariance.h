#pragma once

namespace taskfold::stats {

/// What is known of a mean difference over S seeds: variances of the difference, in the metric's unit squared.
struct SeedVariance {
    double rows = 0;  // of the mean, by resampling rows with the seeds as they are
    double ownNoise = 0;  // of one seed's difference, by the choice of rows alone, beyond what all seeds share
    double between = 0;  // of the seeds' differences, as found
    double seeds = 2;  // S
};

struct SeedError {
    double se = 0;
    double df = 1e6;  // bounds are Student's t at 95 % with these degrees of freedom
};

/// SE² = C + s²/S: C = rows - ownNoise / S is what the choice of rows does to all seeds alike, and s² = `between` holds both what it
/// does to each alone and the trainings' luck, so nothing counts twice and nothing has to be cut off at zero. SE is at least half of
/// what the rows alone give: equal seeds may be chance.
///
/// The 95 % quantile lies between the normal one (all of SE² known by rows) and Student's with S - 1 degrees of freedom (all of it
/// from S differences), at the power 1.5 of the part of SE² that comes from s². Cochran (1964) weighs by the part itself, Satterthwaite
/// (1946) by degrees of freedom: integrated over s² for C / ownNoise of 0 to 20 and any luck, those hold 95.0 to 96.5 % and 93.8 to
/// 95.1 % with three seeds, this one 94.8 to 95.8 % (two seeds: 94.7 to 97.2, 91.6 to 95.1, 93.9 to 96.1 %).
SeedError seedError(const SeedVariance& known);

}  // namespace taskfold::stats
