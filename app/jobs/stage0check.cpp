#include "app/jobs/stage0check.h"

#include <cstdio>

namespace taskfold::jobs {

namespace {

std::string changeWords(const char* what, const compute::Perplexity& before, const compute::Perplexity& after)
{
    char words[160];
    std::snprintf(words, sizeof words, "%s perplexity %.2f before, %.2f after (%.3f and %.3f bits a byte)", what, before.perplexity,
        after.perplexity, before.bitsPerByte, after.bitsPerByte);
    return words;
}

}  // namespace

std::string generalRiseWords(double before, double after)
{
    if (before <= 0 || after <= before * (1 + kMostGeneralRise))
        return {};
    char words[120];
    std::snprintf(words, sizeof words, "general perplexity rose by %.1f %%, more than the %.0f %% that are allowed",
        (after / before - 1) * 100, kMostGeneralRise * 100);
    return words;
}

std::string stage0Note(const compute::PretrainResult& result, std::int64_t leftOut)
{
    std::string note;
    if (const std::string rise = generalRiseWords(result.generalBefore.perplexity, result.generalAfter.perplexity); !rise.empty())
        note += "warning: " + rise + "; ";
    if (result.domainBefore.tokens > 0 && result.domainAfter.perplexity >= result.domainBefore.perplexity)
        note += "warning: domain perplexity did not fall; ";
    note += changeWords("domain", result.domainBefore, result.domainAfter);
    if (result.generalBefore.tokens > 0)
        note += "; " + changeWords("general", result.generalBefore, result.generalAfter);
    else
        note += "; without general text nobody knows what was forgotten";
    if (leftOut > 0)
        note += "; " + std::to_string(leftOut) + (leftOut == 1 ? " document was" : " documents were") + " left out: an input of a validation or test split stands in them";
    return note;
}

}  // namespace taskfold::jobs
