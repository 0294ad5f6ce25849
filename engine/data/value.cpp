#include "engine/data/value.h"

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::size_t kChunk = 64;
constexpr std::size_t kRoom = 1 << 14;

}  // namespace

void Record::clear()
{
    m_pool.clear();
    m_names.clear();
    m_named = nullptr;
    root = {};
    forgetTexts();
}

void Record::again(const Value& same)
{
    m_pool.resize(same.count);
    m_names.resize(same.count);
    root = same;
    forgetTexts();
}

void Record::named(const std::vector<std::string>& names)
{
    clear();
    m_pool.resize(names.size());
    m_names.assign(names.begin(), names.end());
    m_named = names.data();
    again({ValueKind::Object, {}, 0, static_cast<std::uint32_t>(names.size())});
}

void Record::forgetRooms()
{
    m_rooms.resize(1);
    m_roomSize = kRoom;
}

const Value* Record::search(const Value& object, std::string_view name, std::uint32_t& hint) const
{
    for (std::uint32_t i = 0; i < object.count; ++i) {
        if (m_names[object.first + i] == name) {
            hint = i;
            return &m_pool[object.first + i];
        }
    }
    return nullptr;
}

Value Record::close(ValueKind kind, std::size_t height)
{
    Value made{kind, {}, static_cast<std::uint32_t>(m_pool.size()), static_cast<std::uint32_t>(m_stack.size() - height)};
    for (std::size_t i = height; i < m_stack.size(); ++i) {
        m_pool.push_back(m_stack[i].value);
        m_names.push_back(m_stack[i].name);
    }
    m_stack.resize(height);
    return made;
}

std::string_view Record::keep(std::string text)
{
    const std::size_t chunk = m_keptCount / kChunk;
    if (chunk == m_kept.size()) {
        m_kept.emplace_back();
        m_kept.back().resize(kChunk);
    }
    std::string& place = m_kept[chunk][m_keptCount++ % kChunk];
    place = std::move(text);
    return place;
}

char* Record::room(std::size_t bytes)
{
    if (m_rooms.empty() || m_roomTaken + bytes > m_roomSize) {
        m_roomSize = std::max(kRoom, bytes);
        if (m_rooms.empty() && bytes > kRoom)
            m_rooms.push_back(std::make_unique<char[]>(kRoom));  // so that the first is one to be kept
        m_rooms.push_back(std::make_unique<char[]>(m_roomSize));
        m_roomTaken = 0;
    }
    char* const place = m_rooms.back().get() + m_roomTaken;
    m_roomTaken += bytes;
    return place;
}

std::string_view wordOf(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Null: return "null";
    case ValueKind::Bool: return "a boolean";
    case ValueKind::Number: return "a number";
    case ValueKind::Text: return "text";
    case ValueKind::List: return "a list";
    case ValueKind::Object: return "an object";
    }
    return {};
}

}  // namespace taskfold::data
