#pragma once

#include <cstdint>
#include <memory>
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
    bool plain = false;  // a text that is known to be of ASCII without controls

    void setText(std::string_view to)
    {
        kind = ValueKind::Text;
        text = to;
        first = count = 0;
        plain = false;
    }
};

/// A tree of values, made again and again in the same memory. Children of one value lie side by side.
class Record {
public:
    std::int64_t line = 0;  // of the file, where it begins, from 1
    std::string_view raw;  // as it stands in the file
    Value root;
    std::string_view mended;  // what was put right to read it; a literal

    void clear();
    /// As it was when it was read, `root` being an object of single values and all there was: to be filled once more.
    void again(const Value& root);
    /// The same of an object with these names, which live as long as it is used; they are the same ones each time.
    void againNamed(const std::vector<std::string>& names)
    {
        if (m_named != names.data() || m_pool.size() != names.size())
            return named(names);
        root = {ValueKind::Object, {}, 0, static_cast<std::uint32_t>(names.size())};
        forgetTexts();
    }
    Value& childAgain(std::uint32_t i) { return m_pool[i]; }
    /// The name must live as long as it is used.
    void rename(std::uint32_t i, std::string_view name) { m_names[i] = name; }
    const Value& child(const Value& parent, std::uint32_t i) const { return m_pool[parent.first + i]; }
    std::string_view nameOf(const Value& parent, std::uint32_t i) const { return m_names[parent.first + i]; }
    /// The object's field of that name; `hint` is where it was last time.
    const Value* find(const Value& object, std::string_view name, std::uint32_t& hint) const
    {
        const std::size_t likely = object.first + hint;
        return hint < object.count && m_names[likely] == name ? &m_pool[likely] : search(object, name, hint);
    }

    // Making one: values are stacked up, then the last of them become the children of one value.
    void push(std::string_view name, const Value& value) { m_stack.push_back({name, value}); }
    std::size_t height() const { return m_stack.size(); }
    /// Takes everything above `height` off the stack: a list or object of it.
    Value close(ValueKind kind, std::size_t height);
    /// A text that the record keeps itself.
    std::string_view keep(std::string text);
    /// Bytes for a text, the record's own.
    char* room(std::size_t bytes);

private:
    struct Named {
        std::string_view name;
        Value value;
    };

    std::vector<Value> m_pool;
    std::vector<std::string_view> m_names;
    const std::string* m_named = nullptr;  // whose names they are, of againNamed()
    std::vector<Named> m_stack;
    std::vector<std::vector<std::string>> m_kept;  // never moved while the record lives
    std::size_t m_keptCount = 0;
    std::vector<std::unique_ptr<char[]>> m_rooms;  // the first is used again and again
    std::size_t m_roomTaken = 0, m_roomSize = 0;  // of the last

    void named(const std::vector<std::string>& names);
    void forgetRooms();
    void forgetTexts()
    {
        m_stack.clear();
        m_keptCount = m_roomTaken = 0;
        if (m_rooms.size() > 1)
            forgetRooms();
        raw = mended = {};
    }
    const Value* search(const Value& object, std::string_view name, std::uint32_t& hint) const;
};

/// "a number", "a list": what stands there instead of text.
std::string_view wordOf(ValueKind kind);

}  // namespace taskfold::data
