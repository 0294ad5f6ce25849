#pragma once

#include "engine/core/random.h"

#include <functional>
#include <string>
#include <vector>

/// The sentences that the demo's tasks are made of.
namespace taskfold::data::demo {

struct Pair {
    std::string input, target;
};

struct Maker {
    std::string name;
    std::string type, metric, instruction;
    std::vector<std::string> labels;
    int train = 0, validation = 0, test = 0;
    std::function<Pair(Random&)> next;
};

/// All tasks but the shuffled one.
std::vector<Maker> makers();

/// A document of travel talk.
std::string document(Random& random);

}  // namespace taskfold::data::demo
