#pragma once

#include "engine/data/value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// What stands around the values of a line of JSON. Most lines of a file have the form of the line before: they are read by
/// comparing what stands between their values, and the record keeps its names.
class JsonStencil {
public:
    /// Of a line that was just read into the record. There is none of lines with lists or objects in them.
    void cut(std::string_view line, Record& record);
    /// The record is going to hold something else.
    void forget() { m_pieces.clear(); }

    /// Reads the line at `at` of a block (see readQuickly) if it has that form: into the record that it was cut from, which
    /// nobody cleared since. Where not, the record holds nothing, and the line may be anything.
    bool read(std::string_view block, std::size_t& at, Record& record);

private:
    static constexpr std::size_t kMostValues = 16, kLongest = 32;

    struct Piece {
        alignas(16) std::array<char, kLongest> bytes{};
        std::uint32_t mask = 0, size = 0;

        bool stands(const char* at) const;
    };

    bool addPiece(const char* from, const char* to);
    bool divide(const char* at, const char* end);

    std::vector<Piece> m_pieces;  // one more than there are values; none: there is no form
    std::vector<std::string> m_names;
    Value m_root;
    std::size_t m_hits = 0, m_cuts = 0;
};

}  // namespace taskfold::data
