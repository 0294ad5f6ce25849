#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

enum class ValueKind : std::uint8_t { Null, Bool, Number, Text, List, Object };

/// One value of a record, whatever file it came from. Texts are views: they live as long as what the record was made of.
struct Value {
    ValueKind kind = ValueKind::Null;
    std::string_view text;  // of a text; a number or boolean as it is written
    std::uint32_t first = 0, count = 0;  // a list's or object's children in the record's pool
};

/// A tree of values, made again and again in the same memory. Children of one value lie side by side.
class Record {
public:
    std::int64_t line = 0;  // of the file, where it begins, from 1
    std::string_view raw;  // as it stands in the file
    Value root;

    void clear();
    const Value& child(const Value& parent, std::uint32_t i) const { return m_pool[parent.first + i]; }
    std::string_view nameOf(const Value& parent, std::uint32_t i) const { return m_names[parent.first + i]; }
    /// The object's field of that name; `hint` is where it was last time.
    const Value* find(const Value& object, std::string_view name, std::uint32_t& hint) const;

    // Making one: values are stacked up, then the last of them become the children of one value.
    void push(std::string_view name, const Value& value);
    std::size_t height() const { return m_stack.size(); }
    /// Takes everything above `height` off the stack: a list or object of it.
    Value close(ValueKind kind, std::size_t height);
    /// A text that the record keeps itself.
    std::string_view keep(std::string text);

private:
    struct Named {
        std::string_view name;
        Value value;
    };

    std::vector<Value> m_pool;
    std::vector<std::string_view> m_names;
    std::vector<Named> m_stack;
    std::vector<std::vector<std::string>> m_kept;  // never moved while the record lives
    std::size_t m_keptCount = 0;
};

/// "a number", "a list": what stands there instead of text.
std::string_view wordOf(ValueKind kind);

}  // namespace taskfold::data
