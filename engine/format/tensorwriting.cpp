#include "engine/format/tensorwriting.h"

#include "engine/format/newfile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>

namespace taskfold {

namespace {

using nlohmann::json;

constexpr std::int64_t kPiece = 4 << 20;

std::string headerOf(const std::vector<TensorSource>& tensors, const std::map<std::string, std::string>& metadata)
{
    json header = json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::int64_t at = 0;
    for (const TensorSource& tensor : tensors) {
        header[tensor.name] = {{"dtype", wordOf(tensor.dtype)}, {"shape", tensor.shape},
            {"data_offsets", {at, at + tensor.bytes()}}};
        at += tensor.bytes();
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

}  // namespace

std::int64_t TensorSource::rowBytes() const
{
    auto size = static_cast<std::int64_t>(sizeOf(dtype));
    for (std::size_t i = 1; i < shape.size(); ++i)
        size *= shape[i];
    return size;
}

std::int64_t TensorSource::bytes() const
{
    return shape.empty() ? rowBytes() : rowBytes() * shape.front();
}

Result<void> writeSafetensors(const std::filesystem::path& file, std::vector<TensorSource> tensors,
    const std::map<std::string, std::string>& metadata, const Written& written, std::stop_token stop)
{
    std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    const std::string header = headerOf(tensors, metadata);
    std::int64_t total = 0, done = 0;
    for (const TensorSource& tensor : tensors)
        total += tensor.bytes();
    NewFile out(file);
    const std::uint64_t size = header.size();
    out.write(&size, sizeof size);
    out.write(header.data(), header.size());
    std::vector<std::byte> piece;
    for (const TensorSource& tensor : tensors) {
        const std::int64_t row = std::max<std::int64_t>(tensor.rowBytes(), 1);
        const std::int64_t rows = tensor.bytes() / row, step = std::max<std::int64_t>(1, kPiece / row);
        for (std::int64_t from = 0; from < rows; from += step) {
            if (stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            piece.resize(static_cast<std::size_t>(std::min(step, rows - from) * row));
            tensor.rows(from, piece);
            out.write(piece.data(), piece.size());
            done += static_cast<std::int64_t>(piece.size());
            if (written)
                written(done, total);
        }
    }
    return out.finish();
}

Result<void> writeSafetensors(const std::filesystem::path& file, std::span<const TensorView> tensors,
    const std::map<std::string, std::string>& metadata)
{
    std::vector<TensorSource> sources;
    for (const TensorView& tensor : tensors) {
        const std::span<const std::byte> bytes = tensor.bytes;
        TensorSource source{tensor.name, tensor.dtype, tensor.shape, {}};
        const auto row = static_cast<std::size_t>(source.rowBytes());
        source.rows = [bytes, row](std::int64_t from, std::span<std::byte> out) {
            std::memcpy(out.data(), bytes.data() + static_cast<std::size_t>(from) * row, out.size());
        };
        sources.push_back(std::move(source));
    }
    return writeSafetensors(file, std::move(sources), metadata, {}, {});
}

}  // namespace taskfold
