#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"
#include "engine/data/value.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The mapping language: which parts of a record become a row's fields.
///
///   text                         a field; data.items[0].text or choices[].label goes into it
///   premise+hypothesis           fields as lines "premise: ...", "hypothesis: ..."
///   {facts}\n{question}          a template; \n and \t are line end and tab, {{ and }} are braces
///   join(tokens, " ")            a list's texts, with that between them
///   sorted(labels, "; ")         the same, each once and in order
///   first(answers)               the first of a list
///   words(label, 0=bad, 1=good)  numbers, booleans or texts as other texts
///   spans(text, entities)        pieces of a text by character offsets, as "type: value; ..."; further words name the
///                                fields: spans(text, entities, start=from, end=to, label=kind); a.b goes into an object
///   tags(tokens, ner_tags)       a list of tokens and one of their tags, as "type: value; ..."; numbers are named by further
///                                words: tags(tokens, ner_tags, 0=O, 1=B-PER)
///   talk(messages)               a conversation up to its last answer, a line a turn ("user: ..."); one turn: its text
///   reply(messages)              the last answer: the last turn whose role is assistant, gpt, bot or model
namespace taskfold::data {

/// Why a field can't be had of a record.
struct FieldTrouble {
    Reason reason = Reason::MissingField;
    std::string words;
};

/// One compiled expression. Remembers where fields were, so that each thread needs its own.
class Expression {
public:
    /// InvalidInput says at which place it can't be read.
    static Result<Expression> compile(const std::string& text);

    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;
    ~Expression();

    /// Appends the texts that the record has there: one, or a list's. The texts are the record's, or kept in it. `type`
    /// becomes what a single text was written as.
    std::optional<FieldTrouble> evaluate(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;

    /// The text that it is, where it is a field's name and the record has a text there; or null, and evaluate() tells.
    const Value* textOf(const Record& record) const;

    /// Names that fields at the top of a record may have that it reads: of “a.b” both “a” and “a.b”.
    std::vector<std::string> reads() const;

    struct Node;

private:
    explicit Expression(std::unique_ptr<Node> root);

    std::unique_ptr<Node> m_root;
};

/// The texts of one field; empty where the record has none.
std::vector<std::string> textsAt(const Record& record, const std::string& field);

/// Whether the field holds a text, a list of several, or nothing that can be one: for previews.
std::string describe(const Record& record, const Value& value);

/// Every path of a record down to its texts: "data.text", "answers[].text".
std::vector<std::pair<std::string, const Value*>> pathsOf(const Record& record);

}  // namespace taskfold::data
