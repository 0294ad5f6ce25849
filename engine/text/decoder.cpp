#include "engine/text/decoder.h"

#include "engine/text/utf8.h"
#include "engine/text/words.h"

namespace taskfold {

namespace {

using Tokens = std::vector<std::string>;
using Kind = DecoderStep::Kind;

std::string replaced(const std::string& text, const std::string& what, const std::string& by)
{
    std::string out;
    std::size_t from = 0;
    for (std::size_t found = text.find(what); found != std::string::npos; found = text.find(what, from)) {
        out.append(text, from, found - from).append(by);
        from = found + what.size();
    }
    return out.append(text, from);
}

// GPT-2's letters back to bytes; a token with any other character is its own bytes.
std::string bytesOf(const std::string& token)
{
    std::string bytes;
    for (std::size_t at = 0; at < token.size();) {
        const std::size_t length = characterBytes(token, at);
        const int byte = byteOf(std::string_view(token).substr(at, length));
        if (byte < 0)
            return token;
        bytes += static_cast<char>(static_cast<unsigned char>(byte));
        at += length;
    }
    return bytes;
}

// The byte that "<0x41>" names, or -1. A plus sign is read as Rust reads it.
int namedByte(const std::string& token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>')
        return -1;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    const int high = token[3] == '+' ? 0 : digit(token[3]), low = digit(token[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Runs of byte tokens become text where they are UTF-8, and as many U+FFFD as there are bytes where they aren't.
Tokens withoutByteNames(const Tokens& tokens)
{
    Tokens out;
    std::string bytes;
    const auto flush = [&] {
        if (bytes.empty())
            return;
        if (isUtf8(bytes))
            out.push_back(bytes);
        else
            for (std::size_t i = 0; i < bytes.size(); ++i)
                out.emplace_back("\xEF\xBF\xBD");
        bytes.clear();
    };
    for (const std::string& token : tokens) {
        const int byte = namedByte(token);
        if (byte >= 0) {
            bytes += static_cast<char>(static_cast<unsigned char>(byte));
            continue;
        }
        flush();
        out.push_back(token);
    }
    flush();
    return out;
}

std::string joined(const Tokens& tokens, const char* between)
{
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        text.append(i > 0 ? between : "").append(tokens[i]);
    return text;
}

std::string stripped(const DecoderStep& step, const std::string& token, TextPart part)
{
    std::size_t begin = 0, end = token.size();
    for (int i = 0; i < step.start && part == TextPart::Whole; ++i)
        if (std::string_view(token).substr(begin).starts_with(step.what))
            begin += step.what.size();
    for (int i = 0; i < step.stop; ++i)
        if (end > begin && std::string_view(token).substr(begin, end - begin).ends_with(step.what))
            end -= step.what.size();
    return token.substr(begin, end - begin);
}

Tokens apply(const DecoderStep& step, Tokens tokens, TextPart part)
{
    switch (step.kind) {
    case Kind::ByteLevel: {
        std::string bytes;
        for (const std::string& token : tokens)
            bytes += bytesOf(token);
        return {repairedUtf8(bytes)};
    }
    case Kind::ByteFallback: return withoutByteNames(tokens);
    case Kind::Fuse: return {joined(tokens, "")};
    case Kind::Strip:
        for (std::string& token : tokens)
            token = stripped(step, token, part);
        return tokens;
    case Kind::Replace:
        for (std::string& token : tokens)
            token = replaced(token, step.what, step.by);
        return tokens;
    case Kind::Metaspace:
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = replaced(tokens[i], step.what, i == 0 && step.dropsFirst && part == TextPart::Whole ? "" : " ");
        return tokens;
    }
    return tokens;
}

}  // namespace

std::string decoded(const std::vector<DecoderStep>& steps, std::vector<std::string> tokens, TextPart part)
{
    if (steps.empty())
        return repairedUtf8(joined(tokens, " "));
    for (const DecoderStep& step : steps)
        tokens = apply(step, std::move(tokens), part);
    return repairedUtf8(joined(tokens, ""));
}

}  // namespace taskfold
