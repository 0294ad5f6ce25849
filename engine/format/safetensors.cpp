#include "engine/format/safetensors.h"

#include "engine/format/checked.h"
#include "engine/format/printable.h"
#include "engine/format/strictjson.h"
#include "engine/format/wholefile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

namespace taskfold {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::size_t kMostDimensions = 8;
constexpr int kDepth = 8;
constexpr const char* kIndex = "model.safetensors.index.json";

struct TypeFacts {
    Dtype dtype;
    std::string_view word;
    std::size_t size;
};

constexpr std::array kTypes{TypeFacts{Dtype::Bool, "BOOL", 1}, TypeFacts{Dtype::U8, "U8", 1},
    TypeFacts{Dtype::I8, "I8", 1}, TypeFacts{Dtype::F8E5M2, "F8_E5M2", 1}, TypeFacts{Dtype::F8E4M3, "F8_E4M3", 1},
    TypeFacts{Dtype::I16, "I16", 2}, TypeFacts{Dtype::U16, "U16", 2}, TypeFacts{Dtype::F16, "F16", 2},
    TypeFacts{Dtype::BF16, "BF16", 2}, TypeFacts{Dtype::I32, "I32", 4}, TypeFacts{Dtype::U32, "U32", 4},
    TypeFacts{Dtype::F32, "F32", 4}, TypeFacts{Dtype::I64, "I64", 8}, TypeFacts{Dtype::U64, "U64", 8},
    TypeFacts{Dtype::F64, "F64", 8}};

const TypeFacts& factsOf(Dtype dtype)
{
    return *std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeFacts& t) { return t.dtype == dtype; });
}

Error bad(std::string what)
{
    return {ErrorCode::InvalidInput, std::move(what)};
}

struct Extent {
    std::uint64_t begin = 0, end = 0;
};

Result<std::pair<TensorView, Extent>> viewOf(const std::string& name, const json& value, std::span<const std::byte> data)
{
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
        return bad("tensor " + printable(name) + " lacks dtype, shape or data_offsets");
    TensorView view;
    view.name = name;
    const json& dtype = value.at("dtype");
    const auto known = dtype.is_string() ? dtypeOf(dtype.get<std::string>()) : std::nullopt;
    if (!known)
        return Error{ErrorCode::Unsupported, "tensor " + printable(name) + ": dtype " + printable(dtype.dump(-1, ' ', true, json::error_handler_t::replace))};
    view.dtype = *known;
    const json& shape = value.at("shape");
    const json& offsets = value.at("data_offsets");
    if (!shape.is_array() || shape.size() > kMostDimensions || !offsets.is_array() || offsets.size() != 2)
        return bad("tensor " + printable(name) + ": shape or data_offsets have the wrong form");
    std::uint64_t bytes = sizeOf(view.dtype);
    for (const json& size : shape) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
            return bad("tensor " + printable(name) + ": a size isn't a whole number");
        view.shape.push_back(size.get<std::int64_t>());
        const auto more = checked::product(bytes, size.get<std::uint64_t>());
        if (!more)
            return bad("tensor " + printable(name) + ": its size overflows");
        bytes = *more;
    }
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        return bad("tensor " + printable(name) + ": an offset isn't a whole number");
    const Extent extent{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>()};
    if (extent.begin > extent.end || extent.end > data.size())
        return bad("tensor " + printable(name) + ": its bytes lie outside the file");
    if (extent.end - extent.begin != bytes)
        return bad("tensor " + printable(name) + ": dtype and shape ask for " + std::to_string(bytes) + " bytes, the file has "
            + std::to_string(extent.end - extent.begin));
    view.bytes = data.subspan(static_cast<std::size_t>(extent.begin), static_cast<std::size_t>(bytes));
    return std::pair(std::move(view), extent);
}

// Tensors lie one behind the other and fill the file: no overlap, no hole, nothing behind.
Result<void> checkExtents(std::vector<Extent> extents, std::uint64_t size)
{
    std::sort(extents.begin(), extents.end(),
        [](const Extent& a, const Extent& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
    std::uint64_t at = 0;
    for (const Extent& extent : extents) {
        if (extent.begin < at)
            return bad("two tensors overlap");
        if (extent.begin > at)
            return bad("there is a hole between tensors");
        at = extent.end;
    }
    if (at != size)
        return bad("there are bytes behind the last tensor");
    return {};
}

// Which file of the folder holds which tensor.
Result<std::map<std::string, std::string>> readIndex(const std::filesystem::path& file)
{
    const Result<std::string> text = wholeFile(file, kLargestHeader);
    if (!text)
        return text.error();
    const Result<json> value = parseStrictly(*text, kDepth);
    if (!value)
        return Error(value.error()).within(file.string());
    const auto map = value->find("weight_map");
    if (map == value->end() || !map->is_object())
        return bad(file.string() + " has no weight_map");
    std::map<std::string, std::string> index;
    for (const auto& [tensor, name] : map->items()) {
        const std::string shard = name.is_string() ? name.get<std::string>() : std::string();
        // A plain name, so that nothing outside the folder is opened.
        if (!shard.ends_with(".safetensors") || shard.find_first_of(std::string("/\\\0", 3)) != std::string::npos)
            return bad(file.string() + " names the file " + printable(shard) + ", which is no safetensors file beside it");
        index.emplace(tensor, shard);
    }
    if (index.empty())
        return bad(file.string() + " names no tensor");
    return index;
}

}  // namespace

std::vector<std::filesystem::path> weightFiles(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".safetensors") && !name.starts_with("adapter") && !name.starts_with("."))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string_view wordOf(Dtype dtype)
{
    return factsOf(dtype).word;
}

std::optional<Dtype> dtypeOf(std::string_view word)
{
    for (const TypeFacts& type : kTypes) {
        if (type.word == word)
            return type.dtype;
    }
    return {};
}

std::size_t sizeOf(Dtype dtype)
{
    return factsOf(dtype).size;
}

std::int64_t TensorView::elements() const
{
    return static_cast<std::int64_t>(bytes.size() / sizeOf(dtype));
}

Safetensors::Safetensors() = default;
Safetensors::Safetensors(Safetensors&&) noexcept = default;
Safetensors& Safetensors::operator=(Safetensors&&) noexcept = default;
Safetensors::~Safetensors() = default;

Result<Safetensors> Safetensors::openFile(const std::filesystem::path& file)
{
    Safetensors weights;
    if (Result<void> added = weights.add(file); !added)
        return std::move(added).error().within(file.string());
    weights.sort();
    return weights;
}

Result<Safetensors> Safetensors::openFolder(const std::filesystem::path& folder)
{
    std::error_code none;
    if (std::filesystem::exists(folder / "model.safetensors", none))
        return openFile(folder / "model.safetensors");
    if (std::filesystem::exists(folder / kIndex, none))
        return openShards(folder);
    const std::vector<std::filesystem::path> others = weightFiles(folder);
    if (others.size() == 1)
        return openFile(others.front());
    return Error{ErrorCode::NotFound, "there is no model.safetensors in " + folder.string()};
}

Result<Safetensors> Safetensors::openShards(const std::filesystem::path& folder)
{
    const Result<std::map<std::string, std::string>> index = readIndex(folder / kIndex);
    if (!index)
        return index.error();
    std::set<std::string> files;
    for (const auto& [tensor, file] : *index)
        files.insert(file);
    Safetensors weights;
    for (const std::string& file : files) {
        const std::size_t before = weights.m_tensors.size();
        if (Result<void> added = weights.add(folder / file); !added)
            return std::move(added).error().within((folder / file).string());
        for (std::size_t i = before; i < weights.m_tensors.size(); ++i) {
            const auto named = index->find(weights.m_tensors[i].name);
            if (named == index->end() || named->second != file)
                return bad((folder / file).string() + " holds tensor " + printable(weights.m_tensors[i].name)
                    + ", which the index doesn't say");
        }
    }
    weights.sort();
    if (weights.m_tensors.size() != index->size())
        return bad((folder / kIndex).string() + " names tensors that its files don't hold");
    return weights;
}

const TensorView* Safetensors::find(std::string_view name) const
{
    const auto found = std::lower_bound(m_tensors.begin(), m_tensors.end(), name,
        [](const TensorView& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return found != m_tensors.end() && found->name == name ? &*found : nullptr;
}

void Safetensors::sort()
{
    std::sort(m_tensors.begin(), m_tensors.end(),
        [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
}

Result<void> Safetensors::add(const std::filesystem::path& file)
{
    Result<MappedFile> mapped = MappedFile::open(file, 8);
    if (!mapped)
        return std::move(mapped).error();
    const std::span<const std::byte> bytes = mapped->bytes();
    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes.data(), sizeof headerSize);
    if (headerSize > kLargestHeader || headerSize > bytes.size() - 8)
        return bad("the header's size, " + std::to_string(headerSize) + ", is more than the file or the limit");
    const auto size = static_cast<std::size_t>(headerSize);
    const Result<json> header = parseStrictly({reinterpret_cast<const char*>(bytes.data()) + 8, size}, kDepth);
    if (!header)
        return Error(header.error()).within("the header");
    if (Result<void> fine = addTensors(*header, bytes.subspan(8 + size)); !fine)
        return fine;
    m_mapped.push_back(*std::move(mapped));
    m_files.push_back(file);
    m_fileBytes += static_cast<std::int64_t>(bytes.size());
    return {};
}

Result<void> Safetensors::addTensors(const json& header, std::span<const std::byte> data)
{
    std::vector<Extent> extents;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") {
            if (!value.is_object() || std::any_of(value.begin(), value.end(), [](const json& e) { return !e.is_string(); }))
                return bad("the metadata holds something that isn't text");
            for (const auto& [key, entry] : value.items())
                m_metadata[key] = entry.get<std::string>();
            continue;
        }
        Result<std::pair<TensorView, Extent>> view = viewOf(name, value, data);
        if (!view)
            return std::move(view).error();
        if (!m_names.insert(name).second)
            return bad("two files hold tensor " + printable(name));
        extents.push_back(view->second);
        m_tensors.push_back(std::move(view->first));
    }
    return checkExtents(std::move(extents), data.size());
}

}  // namespace taskfold
