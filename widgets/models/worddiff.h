#pragma once

#include <QString>

#include <vector>

/// What changed between two answers, word by word.
namespace taskfold {

struct DiffPart {
    enum class Kind { Same, Removed, Added };

    Kind kind = Kind::Same;
    QString text;

    bool operator==(const DiffPart&) const = default;
};

/// The shortest way from one text to the other in whole words (Chinese, Japanese and Korean: in characters), by the longest
/// common subsequence. Texts that share too little of too much are one removed and one added part.
std::vector<DiffPart> wordDiff(const QString& before, const QString& after);

/// As HTML: removed words are struck through, added ones underlined, in these colours.
QString diffHtml(const std::vector<DiffPart>& parts, const QString& removedColour, const QString& addedColour);

}  // namespace taskfold
