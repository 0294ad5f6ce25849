#include "engine/report/escape.h"

#include <cstdint>

namespace taskfold::report {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the well-formed character at the front and the character; 0 where there is none (Unicode, table 3-7).
std::size_t decoded(std::string_view text, std::uint32_t& character)
{
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) {
        character = first;
        return 1;
    }
    const std::size_t length = first >= 0xC2 && first <= 0xDF ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    if (length == 0 || text.size() < length)
        return 0;
    character = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80)
            return 0;
        character = (character << 6) | (byte(i) & 0x3F);
    }
    const bool tooLong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    return tooLong || surrogate || character > 0x10FFFF ? 0 : length;
}

bool shownAsIs(std::uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    const bool turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !(c >= 0x7F && c <= 0x9F) && !turns && (c & 0xFFFE) != 0xFFFE && !(c >= 0xFDD0 && c <= 0xFDEF);
}

template <typename Replace>
std::string replaced(std::string_view text, Replace replace)
{
    std::string safe;
    safe.reserve(text.size() + 16);
    for (const char c : cleaned(text))
        replace(c, safe);
    return safe;
}

std::string marked(std::string_view text)
{
    return replaced(text, [](char c, std::string& safe) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        case '\'': safe += "&#39;"; break;
        default: safe += c;
        }
    });
}

}  // namespace

std::string cleaned(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        std::uint32_t character = 0;
        const std::size_t length = decoded(text, character);
        safe += length > 0 && shownAsIs(character) ? text.substr(0, length) : kReplacement;
        text.remove_prefix(length > 0 ? length : 1);
    }
    return safe;
}

std::string htmlEscaped(std::string_view text)
{
    return marked(text);
}

std::string xmlEscaped(std::string_view text)
{
    return marked(text);
}

std::string markdownEscaped(std::string_view text)
{
    return replaced(text, [](char c, std::string& safe) {
        if (c == '\n' || c == '\r' || c == '\t') {
            safe += ' ';
            return;
        }
        if (c == '<' || c == '>' || c == '&') {  // entities: a backslash before them isn't read alike everywhere
            safe += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
            return;
        }
        if (std::string_view("\\`*_{}[]()#|!~$:@+=-").find(c) != std::string_view::npos && (c != '-' || safe.empty())
            && (c != '+' || safe.empty()) && (c != '=' || safe.empty()))
            safe += '\\';
        safe += c;
    });
}

std::string csvText(std::string_view text)
{
    const std::string cell = cleaned(text);
    std::string quoted = "\"";
    const std::size_t first = cell.find_first_not_of(" \n");
    if (first != std::string::npos && std::string_view("=+-@\t\r|%").find(cell[first]) != std::string_view::npos)
        quoted += '\'';
    for (const char c : cell)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string cut(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return std::string(text);
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return std::string(text.substr(0, end)) + "…";
}

}  // namespace taskfold::report
