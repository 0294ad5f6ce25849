#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

static_assert(std::endian::native == std::endian::little, "files of models are little-endian, and read as they lie");

namespace taskfold {

/// Reads little-endian numbers and texts out of bytes, one behind the other. Nothing, and no step, where too few are left.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : m_bytes(bytes) { }

    std::size_t at() const { return m_at; }
    std::size_t left() const { return m_bytes.size() - m_at; }

    std::optional<std::span<const std::byte>> take(std::uint64_t count)
    {
        if (count > left())
            return {};
        const auto part = m_bytes.subspan(m_at, static_cast<std::size_t>(count));
        m_at += part.size();
        return part;
    }

    template <typename Number>
    std::optional<Number> number()
    {
        const auto part = take(sizeof(Number));
        if (!part)
            return {};
        Number value;
        std::memcpy(&value, part->data(), sizeof value);
        return value;
    }

    std::optional<std::string_view> text(std::uint64_t length)
    {
        const auto part = take(length);
        if (!part)
            return {};
        return std::string_view(reinterpret_cast<const char*>(part->data()), part->size());
    }

private:
    std::span<const std::byte> m_bytes;
    std::size_t m_at = 0;
};

}  // namespace taskfold
