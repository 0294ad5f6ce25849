#pragma once

#include "engine/text/tokenizerparts.h"

#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

/// A text as the vocabulary has it. Unicode forms are those of Unicode 11, lower case that of 17: what the
/// `tokenizers` package does (measured over all code points).
class Normaliser {
public:
    explicit Normaliser(std::vector<NormaliserStep> steps);

    bool empty() const { return m_steps.empty(); }
    /// Whether the text is what it was; otherwise `out` has the new one. A text that goes on an earlier one gets no
    /// prefix.
    bool leaves(std::string_view text, TextPart part, std::string& out) const;

private:
    static bool apply(const NormaliserStep& step, std::string_view text, TextPart part, std::string& out);

    std::vector<NormaliserStep> m_steps;
};

}  // namespace taskfold
