#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What BLEU counts, as sacrebleu 2.6 cuts texts, so that its numbers can be set beside others'.
namespace taskfold::stats {

/// sacrebleu's `none`, `13a` (mteval-v13a, for scripts with spaces), `zh` and `char`.
enum class BleuTokenizer { Whitespace, Mteval13a, Chinese, Characters };

std::string_view wordOf(BleuTokenizer tokenizer);

/// By the script that the right answers are mostly written in: zh for Han alone, char for other scripts without spaces
/// (Japanese, Thai, Lao, Khmer, Myanmar), else 13a. Never by what a model answered: both sides are cut alike.
BleuTokenizer bleuTokenizerFor(std::span<const std::string_view> targets);

/// Text that isn't UTF-8 is repaired first.
std::vector<std::string> bleuTokens(std::string_view text, BleuTokenizer tokenizer);

/// The text's characters without white space (Python's), which chrF counts.
std::u32string charactersOf(std::string_view text);

}  // namespace taskfold::stats
