#pragma once

#include "engine/data/mapping.h"

/// What an expression of the mapping language is made of.
namespace taskfold::data {

/// A field's name, a list's place, or all of a list.
struct Step {
    static constexpr int kEach = -1, kName = -2;

    std::string name;
    int index = kName;
    mutable std::uint32_t hint = 0;
};

struct Expression::Node {
    enum class Kind { Path, Literal, Lines, Template, Join, Sorted, First, Words, Spans, Talk, Reply, Tags };

    Kind kind = Kind::Path;
    std::string name;  // of a path as it was written; a literal's text; what stands between a list's texts
    bool named = false;
    std::vector<Step> steps;
    std::vector<std::unique_ptr<Node>> parts;
    std::unique_ptr<Node> whole;  // of lines: the field that is really called "a+b"
    std::map<std::string, std::string> words;
    mutable std::uint32_t hint = 0;

    std::optional<FieldTrouble> evaluate(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;

private:
    bool found(const Record& record, const Value& from, std::size_t step, std::vector<const Value*>& values) const;
    std::optional<FieldTrouble> path(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;
    std::optional<FieldTrouble> valuesAt(const Record& record, std::vector<const Value*>& values) const;
    std::optional<FieldTrouble> lines(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;
    std::optional<FieldTrouble> filled(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;
    std::optional<FieldTrouble> listed(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;
    std::optional<FieldTrouble> worded(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const;
    std::optional<FieldTrouble> turns(Record& record, std::vector<std::string_view>& texts) const;
    std::optional<FieldTrouble> tagged(Record& record, std::vector<std::string_view>& texts) const;
    std::optional<FieldTrouble> spans(Record& record, std::vector<std::string_view>& texts) const;
    std::optional<FieldTrouble> span(const Record& record, const Value& one, std::string_view text, std::string& target) const;
};

/// InvalidInput says at which place it can't be read.
Result<std::unique_ptr<Expression::Node>> compiled(std::string_view text);

}  // namespace taskfold::data
