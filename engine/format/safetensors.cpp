#include "engine/format/safetensors.h"

#include "engine/format/strictjson.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>
#include <utility>

namespace taskfold {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::size_t kMostDimensions = 8;
constexpr int kDepth = 8;

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

std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b)
{
    if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b)
        return {};
    return a * b;
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
        return bad("tensor " + name + " lacks dtype, shape or data_offsets");
    TensorView view;
    view.name = name;
    const json& dtype = value.at("dtype");
    const auto known = dtype.is_string() ? dtypeOf(dtype.get<std::string>()) : std::nullopt;
    if (!known)
        return Error{ErrorCode::Unsupported, "tensor " + name + ": dtype " + dtype.dump()};
    view.dtype = *known;
    const json& shape = value.at("shape");
    const json& offsets = value.at("data_offsets");
    if (!shape.is_array() || shape.size() > kMostDimensions || !offsets.is_array() || offsets.size() != 2)
        return bad("tensor " + name + ": shape or data_offsets have the wrong form");
    std::uint64_t bytes = sizeOf(view.dtype);
    for (const json& size : shape) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
            return bad("tensor " + name + ": a size isn't a whole number");
        view.shape.push_back(size.get<std::int64_t>());
        const auto more = product(bytes, size.get<std::uint64_t>());
        if (!more)
            return bad("tensor " + name + ": its size overflows");
        bytes = *more;
    }
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        return bad("tensor " + name + ": an offset isn't a whole number");
    const Extent extent{offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>()};
    if (extent.begin > extent.end || extent.end > data.size())
        return bad("tensor " + name + ": its bytes lie outside the file");
    if (extent.end - extent.begin != bytes)
        return bad("tensor " + name + ": dtype and shape ask for " + std::to_string(bytes) + " bytes, the file has "
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

Result<void> writeAll(int file, const void* data, std::size_t size)
{
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return Error{errno == ENOSPC ? ErrorCode::DiskFull : ErrorCode::Io, std::strerror(errno)};
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

}  // namespace

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

struct Safetensors::Mapped {
    const std::byte* data = nullptr;
    std::size_t size = 0;

    Mapped(const std::byte* bytes, std::size_t count) : data(bytes), size(count) { }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped() { ::munmap(const_cast<std::byte*>(data), size); }
};

Safetensors::Safetensors() = default;
Safetensors::Safetensors(Safetensors&&) noexcept = default;
Safetensors& Safetensors::operator=(Safetensors&&) noexcept = default;
Safetensors::~Safetensors() = default;

Result<Safetensors> Safetensors::openFile(const std::filesystem::path& file)
{
    Safetensors weights;
    if (Result<void> added = weights.add(file); !added)
        return std::move(added).error().within(file.string());
    return weights;
}

Result<Safetensors> Safetensors::openFolder(const std::filesystem::path& folder)
{
    if (std::filesystem::exists(folder / "model.safetensors"))
        return openFile(folder / "model.safetensors");
    const std::filesystem::path index = folder / "model.safetensors.index.json";
    std::ifstream stream(index, std::ios::binary);
    if (!stream)
        return Error{ErrorCode::NotFound, "there is no model.safetensors in " + folder.string()};
    const json value = json::parse(stream, nullptr, false);
    if (!value.is_object() || !value.contains("weight_map") || !value.at("weight_map").is_object())
        return bad(index.string() + " has no weight_map");
    std::set<std::string> files;
    for (const auto& [tensor, file] : value.at("weight_map").items()) {
        if (!file.is_string() || std::filesystem::path(file.get<std::string>()).has_parent_path())
            return bad(index.string() + " leads out of its folder");
        files.insert(file.get<std::string>());
    }
    Safetensors weights;
    for (const std::string& file : files) {
        if (Result<void> added = weights.add(folder / file); !added)
            return std::move(added).error().within((folder / file).string());
    }
    return weights;
}

const TensorView* Safetensors::find(std::string_view name) const
{
    const auto found = std::lower_bound(m_tensors.begin(), m_tensors.end(), name,
        [](const TensorView& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return found != m_tensors.end() && found->name == name ? &*found : nullptr;
}

Result<void> Safetensors::add(const std::filesystem::path& file)
{
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts {};
    if (handle < 0 || ::fstat(handle, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size < 8) {
        if (handle >= 0)
            ::close(handle);
        return handle < 0 ? Error{ErrorCode::Io, std::strerror(errno)} : bad("this isn't a safetensors file");
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle, 0);
    ::close(handle);
    if (memory == MAP_FAILED)
        return Error{ErrorCode::OutOfMemory, "can't map the file"};
    m_mapped.push_back(std::make_unique<Mapped>(static_cast<const std::byte*>(memory), size));
    const std::byte* bytes = m_mapped.back()->data;

    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes, sizeof headerSize);
    if (headerSize > kLargestHeader || headerSize > size - 8)
        return bad("the header's size, " + std::to_string(headerSize) + ", is more than the file or the limit");
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 8, static_cast<std::size_t>(headerSize));
    const Result<json> header = parseStrictly(text, kDepth);
    if (!header)
        return Error(header.error()).within("the header");
    const std::span<const std::byte> data(bytes + 8 + headerSize, size - 8 - static_cast<std::size_t>(headerSize));
    std::vector<Extent> extents;
    for (const auto& [name, value] : header->items()) {
        if (name == "__metadata__") {
            for (const auto& [key, entry] : value.items()) {
                if (!entry.is_string())
                    return bad("the metadata holds something that isn't text");
                m_metadata[key] = entry.get<std::string>();
            }
            continue;
        }
        Result<std::pair<TensorView, Extent>> view = viewOf(name, value, data);
        if (!view)
            return std::move(view).error();
        if (std::any_of(m_tensors.begin(), m_tensors.end(), [&](const TensorView& t) { return t.name == view->first.name; }))
            return bad("two files hold tensor " + name);
        extents.push_back(view->second);
        m_tensors.push_back(std::move(view->first));
    }
    if (Result<void> fine = checkExtents(std::move(extents), data.size()); !fine)
        return fine;
    std::sort(m_tensors.begin(), m_tensors.end(),
        [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    m_files.push_back(file);
    m_fileBytes += facts.st_size;
    return {};
}

Result<void> writeSafetensors(const std::filesystem::path& file, std::span<const TensorView> tensors,
    const std::map<std::string, std::string>& metadata)
{
    std::vector<const TensorView*> order;
    for (const TensorView& tensor : tensors)
        order.push_back(&tensor);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    json header = json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t at = 0;
    for (const TensorView* tensor : order) {
        header[tensor->name] = {{"dtype", wordOf(tensor->dtype)}, {"shape", tensor->shape},
            {"data_offsets", {at, at + tensor->bytes.size()}}};
        at += tensor->bytes.size();
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::filesystem::path beside = file.string() + ".part";
    const int handle = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (handle < 0)
        return Error{ErrorCode::Io, beside.string() + ": " + std::strerror(errno)};
    const std::uint64_t size = text.size();
    Result<void> done = writeAll(handle, &size, sizeof size);
    if (done)
        done = writeAll(handle, text.data(), text.size());
    for (const TensorView* tensor : order) {
        if (done)
            done = writeAll(handle, tensor->bytes.data(), tensor->bytes.size());
    }
    if (done && ::fsync(handle) != 0)
        done = Error{ErrorCode::Io, std::strerror(errno)};
    if (::close(handle) != 0 && done)
        done = Error{ErrorCode::Io, std::strerror(errno)};
    if (done && ::rename(beside.c_str(), file.c_str()) != 0)
        done = Error{ErrorCode::Io, std::strerror(errno)};
    if (!done) {
        ::unlink(beside.c_str());
        return std::move(done).error().within(file.string());
    }
    return {};
}

}  // namespace taskfold
