#pragma once

#include "engine/core/result.h"
#include "engine/format/mappedfile.h"
#include "engine/format/quantised.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace taskfold {

/// An array of numbers in a GGUF file, decoded where it is asked for.
struct GgufNumbers {
    std::uint32_t kind = 0;  // the file's number for the elements' type
    std::span<const std::byte> bytes;

    std::size_t size() const;
    double at(std::size_t i) const;  // exact for all but 64-bit numbers over 2^53
};

/// Texts point into the file: valid as long as the GgufFile lives.
using GgufValue
    = std::variant<std::uint64_t, std::int64_t, double, bool, std::string_view, std::vector<std::string_view>, GgufNumbers>;

struct GgufTensor {
    std::string name;
    Quantisation type = Quantisation::F32;
    std::vector<std::int64_t> shape;  // as torch writes it: the last size is the one that lies together
    std::span<const std::byte> bytes;  // as many as type and shape say

    std::int64_t elements() const;
};

/// A GGUF file (version 2 or 3, little-endian), mapped into memory. All that its header says (counts, lengths, nesting,
/// names, sizes, alignment, places) is checked before it is used, and nothing is allocated that the file doesn't hold.
/// Source of the format: ggml's docs/gguf.md.
class GgufFile {
public:
    static Result<GgufFile> open(const std::filesystem::path& file);

    const std::map<std::string, GgufValue, std::less<>>& metadata() const { return m_metadata; }
    const std::vector<GgufTensor>& tensors() const { return m_tensors; }  // by name
    const GgufTensor* find(std::string_view name) const;  // or null

    /// The value, when it is there and of that kind. Numbers are converted when they fit.
    std::optional<std::uint64_t> whole(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<bool> flag(std::string_view key) const;
    std::optional<std::string_view> text(std::string_view key) const;
    const std::vector<std::string_view>* texts(std::string_view key) const;  // or null
    const GgufNumbers* numbers(std::string_view key) const;  // or null

private:
    explicit GgufFile(MappedFile file) : m_file(std::move(file)) { }

    MappedFile m_file;
    std::map<std::string, GgufValue, std::less<>> m_metadata;
    std::vector<GgufTensor> m_tensors;
};

}  // namespace taskfold
