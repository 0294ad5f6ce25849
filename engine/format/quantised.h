#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// How GGUF files store numbers. Sources: ggml's ggml-common.h (blocks), gguf-py's quants.py (values).
namespace taskfold {

/// The numbers are those of the file.
enum class Quantisation : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q4_K = 12, Q5_K = 13, Q6_K = 14, BF16 = 30,
};

/// Of a number in a file; nothing for one we don't read.
std::optional<Quantisation> quantisationOf(std::uint32_t number);
/// For messages: "Q2_K", also for those we don't read; "type 77" for what nobody knows.
std::string nameOfQuantisation(std::uint32_t number);

struct BlockFacts {
    std::size_t elements = 1;  // of a block; a row is a whole number of blocks
    std::size_t bytes = 4;
};
BlockFacts blockOf(Quantisation type);

/// Whole blocks to numbers, bit for bit as gguf-py does it: products and sums in single precision, in its order.
/// `out` has as many elements as the blocks.
void dequantise(Quantisation type, std::span<const std::byte> blocks, std::span<float> out);

/// Numbers to whole blocks (F32, F16, BF16 and Q8_0 only), as gguf-py does it. `in` is a whole number of blocks.
void quantise(Quantisation type, std::span<const float> in, std::span<std::byte> blocks);

float halfToFloat(std::uint16_t half);
/// To the nearest, ties to even, as all of IEEE 754.
std::uint16_t floatToHalf(float value);
std::uint16_t floatToBrain(float value);

}  // namespace taskfold
