#include "engine/format/gguf.h"

#include "engine/format/ggufkinds.h"

#include <algorithm>
#include <cstring>

namespace taskfold {

namespace {

using namespace gguf;

template <typename Number>
Number loaded(const std::byte* at)
{
    Number value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

}  // namespace

std::size_t GgufNumbers::size() const
{
    return bytes.size() / sizeOfKind(kind);
}

double GgufNumbers::at(std::size_t i) const
{
    const std::byte* at = bytes.data() + i * sizeOfKind(kind);
    switch (kind) {
    case U8:
    case Bool: return loaded<std::uint8_t>(at);
    case I8: return loaded<std::int8_t>(at);
    case U16: return loaded<std::uint16_t>(at);
    case I16: return loaded<std::int16_t>(at);
    case U32: return loaded<std::uint32_t>(at);
    case I32: return loaded<std::int32_t>(at);
    case F32: return loaded<float>(at);
    case U64: return static_cast<double>(loaded<std::uint64_t>(at));
    case I64: return static_cast<double>(loaded<std::int64_t>(at));
    default: return loaded<double>(at);
    }
}

std::int64_t GgufTensor::elements() const
{
    std::int64_t product = 1;
    for (const std::int64_t size : shape)
        product *= size;
    return product;
}

const GgufTensor* GgufFile::find(std::string_view name) const
{
    const auto found = std::lower_bound(m_tensors.begin(), m_tensors.end(), name,
        [](const GgufTensor& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return found != m_tensors.end() && found->name == name ? &*found : nullptr;
}

std::optional<std::uint64_t> GgufFile::whole(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    if (found == m_metadata.end())
        return {};
    if (const auto* value = std::get_if<std::uint64_t>(&found->second))
        return *value;
    if (const auto* value = std::get_if<std::int64_t>(&found->second); value != nullptr && *value >= 0)
        return static_cast<std::uint64_t>(*value);
    return {};
}

std::optional<double> GgufFile::number(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    if (found != m_metadata.end())
        if (const auto* value = std::get_if<double>(&found->second))
            return *value;
    const auto value = whole(key);
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::optional<bool> GgufFile::flag(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    const auto* value = found == m_metadata.end() ? nullptr : std::get_if<bool>(&found->second);
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<std::string_view> GgufFile::text(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    const auto* value = found == m_metadata.end() ? nullptr : std::get_if<std::string_view>(&found->second);
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

const std::vector<std::string_view>* GgufFile::texts(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    return found == m_metadata.end() ? nullptr : std::get_if<std::vector<std::string_view>>(&found->second);
}

const GgufNumbers* GgufFile::numbers(std::string_view key) const
{
    const auto found = m_metadata.find(key);
    return found == m_metadata.end() ? nullptr : std::get_if<GgufNumbers>(&found->second);
}

}  // namespace taskfold
