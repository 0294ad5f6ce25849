#include "engine/data/splitting.h"

#include <algorithm>
#include <cmath>

namespace taskfold::data {

namespace {

Split splitAt(double place)
{
    return place < 0.8 ? Split::Train : place < 0.9 ? Split::Validation : Split::Test;
}

}  // namespace

void Splitter::count(const std::vector<RowKey>& kept)
{
    for (const RowKey& key : kept) {
        Label& label = m_labels[key.target];
        if (label.many)
            continue;
        label.hashes.push_back(key.input[0]);
        if (label.hashes.size() > kRanked) {
            label.many = true;
            label.hashes = {};
        }
    }
}

// Hashes of one label in order: the row of rank k of n goes where (k + 1/2) / n lies.
void Splitter::settle()
{
    constexpr std::uint64_t kEnd = ~std::uint64_t{0};
    for (auto& [target, label] : m_labels) {
        if (label.many)
            continue;
        std::sort(label.hashes.begin(), label.hashes.end());
        const auto n = static_cast<double>(label.hashes.size());
        label.toValidation = label.toTest = kEnd;
        for (std::size_t k = 0; k < label.hashes.size(); ++k) {
            const Split split = splitAt((static_cast<double>(k) + 0.5) / n);
            if (split != Split::Train)
                label.toValidation = std::min(label.toValidation, label.hashes[k]);
            if (split == Split::Test)
                label.toTest = std::min(label.toTest, label.hashes[k]);
        }
        label.hashes = {};
    }
}

Split Splitter::splitOf(std::uint64_t inputHash, std::uint64_t targetHash) const
{
    const auto label = m_labels.find(targetHash);
    if (label == m_labels.end() || label->second.many)
        return splitOfInput(inputHash);
    return inputHash >= label->second.toTest ? Split::Test
        : inputHash >= label->second.toValidation ? Split::Validation
                                                  : Split::Train;
}

Split Splitter::splitOfGroup(std::string_view group)
{
    std::uint64_t hash[2];
    hashText(group, hash);
    return splitOfInput(hash[0]);
}

Split Splitter::splitOfInput(std::uint64_t inputHash)
{
    return splitAt(unit(inputHash));
}

bool takenForValidation(std::uint64_t inputHash)
{
    return unit(inputHash) < 0.1;
}

}  // namespace taskfold::data
