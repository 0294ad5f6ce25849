#pragma once

#include "engine/core/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// What an encoding was guessed by.
struct EncodingGuess {
    std::string name;  // utf-8 utf-16le utf-16be latin-1 windows-1252 gb18030, or what ICU calls it
    double sure = 1;  // of 1
    std::string why;
};

/// By the byte order mark, by zero bytes, by being well-formed UTF-8, else by ICU's statistics of letters. A few broken
/// bytes in a file of plain UTF-8 stay broken, so that their rows can be named.
EncodingGuess guessedEncoding(std::string_view head);

/// Whether it can be decoded; InvalidInput names those that can.
Result<void> checkEncoding(const std::string& name);

bool isUtf8Name(const std::string& name);

/// NFC, line ends as \n, without control characters but tab and line end, trimmed (method.md 3). Case stays.
std::string normalised(std::string_view text);

/// The same, without a copy where the text is normal already: then a part of `text`, else a view of `room`.
std::string_view normalisedView(std::string_view text, std::string& room);

/// The same of a text that is known to be plain.
std::string_view normalisedPlain(std::string_view text);

/// Whether a text is plain: ASCII without controls. Line ends and tabs are some.
bool isPlainText(std::string_view text);

}  // namespace taskfold::data
