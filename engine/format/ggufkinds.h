#pragma once

#include <cstddef>
#include <cstdint>

/// The numbers by which a GGUF file names the types of its settings.
namespace taskfold::gguf {

enum Kind : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, Array, U64, I64, F64 };

// Of a fixed-size value; 0 for texts, arrays, and what nobody knows.
constexpr std::size_t sizeOfKind(std::uint32_t kind)
{
    switch (kind) {
    case U8:
    case I8:
    case Bool: return 1;
    case U16:
    case I16: return 2;
    case U32:
    case I32:
    case F32: return 4;
    case U64:
    case I64:
    case F64: return 8;
    default: return 0;
    }
}

}  // namespace taskfold::gguf
