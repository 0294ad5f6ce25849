#include "engine/text/splitter.h"

#include "engine/text/scan.h"

namespace taskfold {

namespace {

using Pieces = Splitter::Pieces;

void add(Pieces& pieces, const char* from, const char* to)
{
    if (from < to)
        pieces.emplace_back(from, static_cast<std::size_t>(to - from));
}

// Every number on its own, or runs of them.
void splitDigits(std::string_view text, bool runs, Pieces& pieces)
{
    const Characters& characters = Characters::all();
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        const char* number = scan::runWithout<kNumeric>(characters, at, end);
        add(pieces, at, number);
        at = number;
        if (at < end) {
            const char* stop = runs ? scan::runOf<kNumeric>(characters, at, end) : at + decodedAt(at).bytes;
            add(pieces, at, stop);
            at = stop;
        }
    }
}

void splitAt(std::string_view text, std::string_view mark, SplitBehaviour behaviour, Pieces& pieces)
{
    const char* const end = text.data() + text.size();
    const char* from = text.data();
    std::size_t found = text.find(mark);
    while (found != std::string_view::npos) {
        const char* at = text.data() + found;
        const char* behind = at + mark.size();
        switch (behaviour) {
        case SplitBehaviour::Contiguous:
            while (std::string_view(behind, static_cast<std::size_t>(end - behind)).starts_with(mark))
                behind += mark.size();
            [[fallthrough]];
        case SplitBehaviour::Isolated:
            add(pieces, from, at);
            add(pieces, at, behind);
            from = behind;
            break;
        case SplitBehaviour::Removed:
            add(pieces, from, at);
            from = behind;
            break;
        case SplitBehaviour::MergedWithPrevious:
            add(pieces, from, behind);
            from = behind;
            break;
        case SplitBehaviour::MergedWithNext:
            add(pieces, from, at);
            from = at;
            break;
        }
        found = text.find(mark, static_cast<std::size_t>(behind - text.data()));
    }
    add(pieces, from, end);
}

void appendReplaced(PaddedText& out, std::string_view text, std::string_view by)
{
    std::size_t from = 0;
    for (std::size_t found = text.find(' '); found != std::string_view::npos; found = text.find(' ', from)) {
        out.append(text.substr(from, found - from));
        out.append(by);
        from = found + 1;
    }
    out.append(text.substr(from));
}

}  // namespace

const Pieces& Splitter::split(std::string_view text, bool begins, TextPart part)
{
    m_pieces.clear();
    if (m_steps.size() == 1 && m_steps.front().kind == SplitStep::Kind::Pattern) {
        splitByPattern(m_steps.front().pattern, text, m_pieces);
        return m_pieces;
    }
    add(m_pieces, text.data(), text.data() + text.size());
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        m_next.clear();
        apply(i, begins, part);
        m_pieces.swap(m_next);
    }
    return m_pieces;
}

void Splitter::apply(std::size_t index, bool begins, TextPart part)
{
    const SplitStep& step = m_steps[index];
    if (step.kind == SplitStep::Kind::PrefixSpace || step.kind == SplitStep::Kind::Metaspace)
        return rewrite(step, m_texts[index], begins, part);
    for (const std::string_view piece : m_pieces) {
        switch (step.kind) {
        case SplitStep::Kind::Pattern: splitByPattern(step.pattern, piece, m_next); break;
        case SplitStep::Kind::Digits: splitDigits(piece, false, m_next); break;
        case SplitStep::Kind::DigitRuns: splitDigits(piece, true, m_next); break;
        case SplitStep::Kind::Literal: splitAt(piece, step.text, step.behaviour, m_next); break;
        case SplitStep::Kind::PrefixSpace:
        case SplitStep::Kind::Metaspace: break;
        }
    }
}

// Steps that put something in front of a piece or another character for its spaces.
void Splitter::rewrite(const SplitStep& step, PaddedText& out, bool begins, TextPart part)
{
    const bool plain = step.kind == SplitStep::Kind::PrefixSpace;
    const std::string_view space = plain ? std::string_view(" ") : step.text;
    std::size_t most = 0;
    for (const std::string_view piece : m_pieces)
        most += (piece.size() + 1) * space.size() + PaddedText::kPadding;
    out.clear();
    out.reserve(most);  // what was cut out of it stays where it is
    for (const std::string_view& piece : m_pieces) {
        const bool first = &piece == m_pieces.data();
        const bool wanted = step.scheme == PrefixScheme::Always || (step.scheme == PrefixScheme::First && begins && first);
        const bool there = piece.starts_with(' ') || piece.starts_with(space);
        const std::size_t from = out.size();
        if (wanted && !there && !(first && part == TextPart::Continuation))
            out.append(space);
        appendReplaced(out, piece, space);
        out.finish();
        const std::string_view written(out.data() + from, out.size() - PaddedText::kPadding - from);
        if (!plain && step.split)
            splitAt(written, space, SplitBehaviour::MergedWithNext, m_next);
        else
            m_next.push_back(written);
    }
}

}  // namespace taskfold
