#pragma once

#include "engine/core/result.h"
#include "engine/format/mappedfile.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class Dtype { Bool, U8, I8, F8E5M2, F8E4M3, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 };

std::string_view wordOf(Dtype dtype);  // as in the file: "F32"
std::optional<Dtype> dtypeOf(std::string_view word);
std::size_t sizeOf(Dtype dtype);  // of one element, in bytes

/// A tensor in bytes somebody else owns. They may start at any address: copy, don't cast.
struct TensorView {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;  // row by row, little-endian; as many as dtype and shape say

    std::int64_t elements() const;
};

/// Tensors of one file, or of a folder's files, mapped into memory as long as this lives. Everything the
/// header says is checked before a view is made; whether numbers are finite isn't.
class Safetensors {
public:
    static Result<Safetensors> openFile(const std::filesystem::path& file);
    /// model.safetensors, or the files of model.safetensors.index.json (each tensor where the index says, and no other), or
    /// the folder's only safetensors file.
    static Result<Safetensors> openFolder(const std::filesystem::path& folder);

    Safetensors(Safetensors&&) noexcept;
    Safetensors& operator=(Safetensors&&) noexcept;
    ~Safetensors();

    const std::vector<TensorView>& tensors() const { return m_tensors; }  // by name
    const TensorView* find(std::string_view name) const;  // or null
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }
    const std::vector<std::filesystem::path>& files() const { return m_files; }
    std::int64_t fileBytes() const { return m_fileBytes; }  // of the files, with their headers

private:
    Safetensors();
    static Result<Safetensors> openShards(const std::filesystem::path& folder);
    Result<void> add(const std::filesystem::path& file);
    Result<void> addTensors(const nlohmann::json& header, std::span<const std::byte> data);
    void sort();

    std::vector<MappedFile> m_mapped;
    std::vector<TensorView> m_tensors;
    std::set<std::string> m_names;
    std::map<std::string, std::string> m_metadata;
    std::vector<std::filesystem::path> m_files;
    std::int64_t m_fileBytes = 0;
};

/// Safetensors files of a folder, but for adapters; by name.
std::vector<std::filesystem::path> weightFiles(const std::filesystem::path& folder);

/// Written beside, synced and renamed. The same tensors and metadata, in any order, give the same bytes.
Result<void> writeSafetensors(const std::filesystem::path& file, std::span<const TensorView> tensors,
    const std::map<std::string, std::string>& metadata);

}  // namespace taskfold
