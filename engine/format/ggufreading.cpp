#include "engine/format/checked.h"
#include "engine/format/cursor.h"
#include "engine/format/gguf.h"
#include "engine/format/ggufkinds.h"
#include "engine/format/printable.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace taskfold {

namespace {

using namespace gguf;

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint64_t kUsualAlignment = 32;
constexpr std::uint64_t kLargestAlignment = 1 << 20;
constexpr std::uint32_t kMostDimensions = 4;
constexpr std::uint64_t kLongestKey = 65535;
constexpr std::uint64_t kLongestName = 63;  // of a tensor: ggml's limit

/// What went wrong ends the reading at once: thrown here, a Result outside.
struct Refused {
    Error error;
};

[[noreturn]] void refuse(std::string what)
{
    throw Refused{{ErrorCode::InvalidInput, std::move(what)}};
}

[[noreturn]] void refuseUnsupported(std::string what)
{
    throw Refused{{ErrorCode::Unsupported, std::move(what)}};
}

class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : m_bytes(bytes), m_cursor(bytes) { }

    void read(std::map<std::string, GgufValue, std::less<>>& metadata, std::vector<GgufTensor>& tensors)
    {
        readStart();
        for (std::uint64_t i = 0; i < m_pairs; ++i)
            readPair(metadata);
        readAlignment(metadata);
        for (std::uint64_t i = 0; i < m_tensors; ++i)
            tensors.push_back(readTensor());
        place(tensors);
        std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        const auto twice = std::adjacent_find(
            tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
        if (twice != tensors.end())
            refuse("it holds tensor " + printable(twice->name) + " twice");
    }

private:
    template <typename Number>
    Number number(const char* what)
    {
        const auto value = m_cursor.number<Number>();
        if (!value)
            refuse(std::string("it ends within ") + what);
        return *value;
    }

    std::string_view text(const char* what, std::uint64_t most = std::numeric_limits<std::uint64_t>::max())
    {
        const auto length = number<std::uint64_t>(what);
        if (length > most)
            refuse(std::string(what) + " is " + std::to_string(length) + " bytes long, more than " + std::to_string(most));
        const auto value = m_cursor.text(length);
        if (!value)
            refuse(std::string("it ends within ") + what);
        return *value;
    }

    // A count is believed only if as many of the smallest things there are fit into what is left.
    std::uint64_t counted(std::uint64_t count, std::uint64_t least, const char* what) const
    {
        const auto bytes = checked::product(count, least);
        if (!bytes || *bytes > m_cursor.left())
            refuse("it says it holds " + std::to_string(count) + " " + what + ", more than fit into it");
        return count;
    }

    void readStart()
    {
        if (number<std::uint32_t>("its first bytes") != kMagic)
            refuse("it doesn't begin as a GGUF file");
        const auto version = number<std::uint32_t>("its version");
        if (version == 0x03000000 || version == 0x02000000)
            refuseUnsupported("a big-endian GGUF file");
        if (version != 2 && version != 3)
            refuseUnsupported("GGUF version " + std::to_string(version) + " (2 and 3 are)");
        m_tensors = number<std::uint64_t>("its counts");
        m_pairs = number<std::uint64_t>("its counts");
        counted(m_tensors, 8 + 4 + 8 + 4 + 8, "tensors");
        counted(m_pairs, 8 + 4 + 1, "settings");
    }

    void readPair(std::map<std::string, GgufValue, std::less<>>& metadata)
    {
        const std::string_view key = text("a setting's name", kLongestKey);
        if (key.empty())
            refuse("a setting has no name");
        const auto kind = number<std::uint32_t>("a setting's type");
        GgufValue value = kind == Array ? readArray(key) : readValue(kind, key);
        if (!metadata.emplace(std::string(key), std::move(value)).second)
            refuse("it holds setting " + printable(key) + " twice");
    }

    GgufValue readValue(std::uint32_t kind, std::string_view key)
    {
        switch (kind) {
        case U8: return std::uint64_t{number<std::uint8_t>("a setting")};
        case I8: return std::int64_t{number<std::int8_t>("a setting")};
        case U16: return std::uint64_t{number<std::uint16_t>("a setting")};
        case I16: return std::int64_t{number<std::int16_t>("a setting")};
        case U32: return std::uint64_t{number<std::uint32_t>("a setting")};
        case I32: return std::int64_t{number<std::int32_t>("a setting")};
        case F32: return double{number<float>("a setting")};
        case U64: return number<std::uint64_t>("a setting");
        case I64: return number<std::int64_t>("a setting");
        case F64: return number<double>("a setting");
        case Text: return text("a setting");
        case Bool: {
            const auto value = number<std::uint8_t>("a setting");
            if (value > 1)
                refuse("setting " + printable(key) + " is neither true nor false");
            return value == 1;
        }
        default: refuse("setting " + printable(key) + " has the unknown type " + std::to_string(kind));
        }
    }

    GgufValue readArray(std::string_view key)
    {
        const auto kind = number<std::uint32_t>("an array's type");
        const auto count = number<std::uint64_t>("an array's length");
        if (kind == Array)
            refuseUnsupported("setting " + printable(key) + ": an array of arrays");
        if (kind != Text && sizeOfKind(kind) == 0)
            refuse("setting " + printable(key) + " is an array of the unknown type " + std::to_string(kind));
        if (kind != Text) {
            counted(count, sizeOfKind(kind), "array elements");
            return GgufNumbers{kind, *m_cursor.take(count * sizeOfKind(kind))};
        }
        std::vector<std::string_view> texts(static_cast<std::size_t>(counted(count, 8, "texts")));
        for (std::string_view& each : texts)
            each = text("an array's text");
        return texts;
    }

    void readAlignment(const std::map<std::string, GgufValue, std::less<>>& metadata)
    {
        const auto found = metadata.find("general.alignment");
        if (found == metadata.end())
            return;
        const auto* value = std::get_if<std::uint64_t>(&found->second);
        if (value == nullptr || *value == 0 || *value > kLargestAlignment || (*value & (*value - 1)) != 0)
            refuse("general.alignment isn't a power of two up to " + std::to_string(kLargestAlignment));
        m_alignment = *value;
    }

    GgufTensor readTensor()
    {
        GgufTensor tensor;
        tensor.name = text("a tensor's name", kLongestName);
        if (tensor.name.empty())
            refuse("a tensor has no name");
        const auto dimensions = number<std::uint32_t>("a tensor's sizes");
        if (dimensions == 0 || dimensions > kMostDimensions)
            refuse("tensor " + printable(tensor.name) + " has " + std::to_string(dimensions) + " dimensions");
        for (std::uint32_t i = 0; i < dimensions; ++i) {
            const auto size = number<std::uint64_t>("a tensor's sizes");
            if (size == 0 || size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                refuse("tensor " + printable(tensor.name) + " has a size of " + std::to_string(size));
            tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(size));
        }
        const auto type = number<std::uint32_t>("a tensor's type");
        const auto known = quantisationOf(type);
        if (!known)
            refuseUnsupported("tensor " + printable(tensor.name) + " of type " + nameOfQuantisation(type));
        tensor.type = *known;
        m_places.push_back({number<std::uint64_t>("a tensor's place"), bytesOf(tensor)});
        return tensor;
    }

    static std::uint64_t bytesOf(const GgufTensor& tensor)
    {
        const BlockFacts block = blockOf(tensor.type);
        const auto row = static_cast<std::uint64_t>(tensor.shape.back());
        if (row % block.elements != 0)
            refuse("tensor " + printable(tensor.name) + ": rows of " + std::to_string(row) + " aren't whole blocks of "
                + std::to_string(block.elements));
        std::optional<std::uint64_t> bytes = checked::product(row / block.elements, block.bytes);
        std::optional<std::uint64_t> elements = row;
        for (std::size_t i = 0; i + 1 < tensor.shape.size(); ++i) {
            const auto size = static_cast<std::uint64_t>(tensor.shape[i]);
            bytes = bytes ? checked::product(*bytes, size) : bytes;
            elements = elements ? checked::product(*elements, size) : elements;
        }
        if (!bytes || !elements || *elements > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            refuse("tensor " + printable(tensor.name) + ": its size overflows");
        return *bytes;
    }

    // Tensors lie one behind the other, each at the next multiple of the alignment, and fill the file.
    void place(std::vector<GgufTensor>& tensors) const
    {
        const auto start = checked::roundedUp(m_cursor.at(), m_alignment);
        if (!tensors.empty() && (!start || *start > m_bytes.size()))
            refuse("it ends before its first tensor");
        if (tensors.empty() && m_cursor.left() >= m_alignment)
            refuse("there are bytes behind the last setting");
        if (tensors.empty())
            return;
        const std::uint64_t room = m_bytes.size() - *start;
        std::uint64_t next = 0, end = 0;
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const auto [at, bytes] = m_places[i];
            if (at != next)
                refuse("tensor " + printable(tensors[i].name) + " lies at " + std::to_string(at) + ", not at "
                    + std::to_string(next) + " where the one before it ends");
            if (at > room || bytes > room - at)
                refuse("tensor " + printable(tensors[i].name) + " reaches past the end of the file");
            tensors[i].bytes = m_bytes.subspan(static_cast<std::size_t>(*start + at), static_cast<std::size_t>(bytes));
            end = at + bytes;
            const auto rounded = checked::roundedUp(end, m_alignment);
            if (!rounded)
                refuse("tensor " + printable(tensors[i].name) + ": its size overflows");
            next = *rounded;
        }
        if (room > next || room < end)
            refuse("there are bytes behind the last tensor");
    }

    struct Place {
        std::uint64_t at = 0, bytes = 0;
    };

    std::span<const std::byte> m_bytes;
    Cursor m_cursor;
    std::uint64_t m_tensors = 0, m_pairs = 0, m_alignment = kUsualAlignment;
    std::vector<Place> m_places;
};

}  // namespace

Result<GgufFile> GgufFile::open(const std::filesystem::path& path)
{
    Result<MappedFile> mapped = MappedFile::open(path);
    if (!mapped)
        return std::move(mapped).error();
    GgufFile file(*std::move(mapped));
    try {
        Reader(file.m_file.bytes()).read(file.m_metadata, file.m_tensors);
    } catch (const Refused& refused) {
        return Error(refused.error).within(path.string());
    }
    return file;
}

}  // namespace taskfold
