#include "engine/data/fold.h"

#include "engine/data/encoding.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

namespace taskfold::data {

std::string foldedLabel(std::string_view text)
{
    const std::string normal = normalised(text);
    std::string folded;
    icu::StringByteSink<std::string> sink(&folded);
    UErrorCode failure = U_ZERO_ERROR;
    icu::CaseMap::utf8Fold(0, normal, sink, nullptr, failure);
    return U_FAILURE(failure) ? normal : folded;
}

}  // namespace taskfold::data
