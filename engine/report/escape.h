#pragma once

#include <string>
#include <string_view>

/// What predictions, names and notes hold can be anything: each format's own marks are taken from them here, and nowhere else.
namespace taskfold::report {

/// Well-formed UTF-8 without control characters (but tab and line ends): each is shown as U+FFFD. Marks that turn the direction
/// of what follows (U+202A to U+202E, U+2066 to U+2069) go the same way: a name can't reverse the numbers beside it.
std::string cleaned(std::string_view text);

/// & < > " ' as entities.
std::string htmlEscaped(std::string_view text);

/// The same, for XML 1.0.
std::string xmlEscaped(std::string_view text);

/// What a Markdown reader would take for its own: marks, raw HTML and a cell's border. One line.
std::string markdownEscaped(std::string_view text);

/// A text cell by RFC 4180 that can't become a formula (OWASP ASVS 1.2.10).
std::string csvText(std::string_view text);

/// For XeLaTeX and LuaLaTeX, which read Unicode, and pdfLaTeX where it has the signs. One line; words longer than a column's line may
/// break, since TeX takes minutes over a word of thousands of letters.
std::string texEscaped(std::string_view text);

/// At most that many bytes, cut between characters, with an ellipsis.
std::string cut(std::string_view text, std::size_t most);

}  // namespace taskfold::report
