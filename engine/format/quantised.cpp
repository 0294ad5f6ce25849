#include "engine/format/quantised.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>

namespace taskfold {

namespace {

struct Entry {
    std::uint32_t number;
    const char* name;
    std::size_t elements, bytes;  // zero where we don't read it
};

constexpr std::array kTypes{Entry{0, "F32", 1, 4}, Entry{1, "F16", 1, 2}, Entry{2, "Q4_0", 32, 18},
    Entry{3, "Q4_1", 32, 20}, Entry{6, "Q5_0", 32, 22}, Entry{7, "Q5_1", 32, 24}, Entry{8, "Q8_0", 32, 34},
    Entry{9, "Q8_1", 0, 0}, Entry{10, "Q2_K", 0, 0}, Entry{11, "Q3_K", 0, 0}, Entry{12, "Q4_K", 256, 144},
    Entry{13, "Q5_K", 256, 176}, Entry{14, "Q6_K", 256, 210}, Entry{15, "Q8_K", 0, 0}, Entry{16, "IQ2_XXS", 0, 0},
    Entry{17, "IQ2_XS", 0, 0}, Entry{18, "IQ3_XXS", 0, 0}, Entry{19, "IQ1_S", 0, 0}, Entry{20, "IQ4_NL", 0, 0},
    Entry{21, "IQ3_S", 0, 0}, Entry{22, "IQ2_S", 0, 0}, Entry{23, "IQ4_XS", 0, 0}, Entry{24, "I8", 0, 0},
    Entry{25, "I16", 0, 0}, Entry{26, "I32", 0, 0}, Entry{27, "I64", 0, 0}, Entry{28, "F64", 0, 0},
    Entry{29, "IQ1_M", 0, 0}, Entry{30, "BF16", 1, 2}, Entry{34, "TQ1_0", 0, 0}, Entry{35, "TQ2_0", 0, 0},
    Entry{39, "MXFP4", 0, 0}};

const Entry* find(std::uint32_t number)
{
    const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const Entry& e) { return e.number == number; });
    return found == kTypes.end() ? nullptr : &*found;
}

using Bytes = const std::uint8_t*;

std::uint16_t wordAt(Bytes at)
{
    return static_cast<std::uint16_t>(at[0] | at[1] << 8);
}

float halfAt(Bytes at)
{
    return halfToFloat(wordAt(at));
}

void fromF32(Bytes in, float* out)
{
    std::memcpy(out, in, sizeof *out);
}

void fromF16(Bytes in, float* out)
{
    *out = halfAt(in);
}

void fromBF16(Bytes in, float* out)
{
    *out = std::bit_cast<float>(static_cast<std::uint32_t>(wordAt(in)) << 16);
}

// 32 numbers of four bits: the low halves of 16 bytes, then the high ones.
int nibble(Bytes quants, int i)
{
    return i < 16 ? quants[i] & 15 : quants[i - 16] >> 4;
}

// The fifth bits of 32 numbers lie in four bytes of their own.
int fifthBit(Bytes bits, int i)
{
    return bits[i / 8] >> (i % 8) & 1;
}

void fromQ4_0(Bytes in, float* out)
{
    const float scale = halfAt(in);
    for (int i = 0; i < 32; ++i)
        out[i] = scale * static_cast<float>(nibble(in + 2, i) - 8);
}

void fromQ4_1(Bytes in, float* out)
{
    const float scale = halfAt(in), least = halfAt(in + 2);
    for (int i = 0; i < 32; ++i)
        out[i] = scale * static_cast<float>(nibble(in + 4, i)) + least;
}

void fromQ5_0(Bytes in, float* out)
{
    const float scale = halfAt(in);
    for (int i = 0; i < 32; ++i)
        out[i] = scale * static_cast<float>((nibble(in + 6, i) | fifthBit(in + 2, i) << 4) - 16);
}

void fromQ5_1(Bytes in, float* out)
{
    const float scale = halfAt(in), least = halfAt(in + 2);
    for (int i = 0; i < 32; ++i)
        out[i] = scale * static_cast<float>(nibble(in + 8, i) | fifthBit(in + 4, i) << 4) + least;
}

void fromQ8_0(Bytes in, float* out)
{
    const float scale = halfAt(in);
    for (int i = 0; i < 32; ++i)
        out[i] = static_cast<float>(static_cast<std::int8_t>(in[2 + i])) * scale;
}

// Scale and least of the eight groups of a K block: six bits each, in twelve bytes.
std::pair<int, int> scalesOf(Bytes packed, int group)
{
    if (group < 4)
        return {packed[group] & 63, packed[group + 4] & 63};
    const int low = packed[group + 4];
    return {(low & 15) | (packed[group - 4] >> 2 & 48), low >> 4 | (packed[group] >> 2 & 48)};
}

// Groups of 32; two groups share 32 bytes, one in the low halves.
int nibbleOf(Bytes quants, int group, int i)
{
    const std::uint8_t both = quants[group / 2 * 32 + i];
    return group % 2 == 0 ? both & 15 : both >> 4;
}

void fromQ4_K(Bytes in, float* out)
{
    const float scale = halfAt(in), least = halfAt(in + 2);
    for (int group = 0; group < 8; ++group) {
        const auto [s, m] = scalesOf(in + 4, group);
        const float step = scale * static_cast<float>(s), from = least * static_cast<float>(m);
        for (int i = 0; i < 32; ++i)
            out[group * 32 + i] = step * static_cast<float>(nibbleOf(in + 16, group, i)) - from;
    }
}

void fromQ5_K(Bytes in, float* out)
{
    const float scale = halfAt(in), least = halfAt(in + 2);
    for (int group = 0; group < 8; ++group) {
        const auto [s, m] = scalesOf(in + 4, group);
        const float step = scale * static_cast<float>(s), from = least * static_cast<float>(m);
        for (int i = 0; i < 32; ++i) {
            const int high = in[16 + i] >> group & 1;
            out[group * 32 + i] = step * static_cast<float>(nibbleOf(in + 48, group, i) | high << 4) - from;
        }
    }
}

// Two halves of 128; within one, four rows of 32 share 64 bytes of low bits and 32 bytes of high ones.
void fromQ6_K(Bytes in, float* out)
{
    const float scale = halfAt(in + 208);
    for (int half = 0; half < 2; ++half) {
        const Bytes low = in + half * 64, high = in + 128 + half * 32;
        for (int row = 0; row < 4; ++row) {
            for (int i = 0; i < 32; ++i) {
                const int both = low[row % 2 * 32 + i];
                const int q = ((row < 2 ? both & 15 : both >> 4) | (high[i] >> (2 * row) & 3) << 4) - 32;
                const int at = half * 128 + row * 32 + i;
                const float step = scale * static_cast<float>(static_cast<std::int8_t>(in[192 + at / 16]));
                out[at] = step * static_cast<float>(q);
            }
        }
    }
}

using Unpack = void (*)(Bytes, float*);

Unpack unpackOf(Quantisation type)
{
    switch (type) {
    case Quantisation::F32: return fromF32;
    case Quantisation::F16: return fromF16;
    case Quantisation::BF16: return fromBF16;
    case Quantisation::Q4_0: return fromQ4_0;
    case Quantisation::Q4_1: return fromQ4_1;
    case Quantisation::Q5_0: return fromQ5_0;
    case Quantisation::Q5_1: return fromQ5_1;
    case Quantisation::Q8_0: return fromQ8_0;
    case Quantisation::Q4_K: return fromQ4_K;
    case Quantisation::Q5_K: return fromQ5_K;
    case Quantisation::Q6_K: return fromQ6_K;
    }
    return fromF32;
}

void put(std::byte* out, std::uint16_t word)
{
    std::memcpy(out, &word, sizeof word);
}

// Rounds half away from zero, as ggml's roundf.
void toQ8_0(const float* in, std::byte* out)
{
    float largest = 0;
    for (int i = 0; i < 32; ++i)
        largest = std::max(largest, std::abs(in[i]));
    const float scale = largest / 127;
    const float inverse = scale == 0 ? 0 : 1 / scale;
    put(out, floatToHalf(scale));
    for (int i = 0; i < 32; ++i)
        out[2 + i] = static_cast<std::byte>(static_cast<std::int8_t>(std::round(in[i] * inverse)));
}

}  // namespace

std::optional<Quantisation> quantisationOf(std::uint32_t number)
{
    const Entry* entry = find(number);
    if (entry == nullptr || entry->bytes == 0)
        return {};
    return static_cast<Quantisation>(number);
}

std::string nameOfQuantisation(std::uint32_t number)
{
    const Entry* entry = find(number);
    return entry != nullptr ? entry->name : "type " + std::to_string(number);
}

BlockFacts blockOf(Quantisation type)
{
    const Entry* entry = find(static_cast<std::uint32_t>(type));
    return {entry->elements, entry->bytes};
}

void dequantise(Quantisation type, std::span<const std::byte> blocks, std::span<float> out)
{
    const BlockFacts block = blockOf(type);
    assert(blocks.size() / block.bytes * block.elements == out.size());
    const Unpack unpack = unpackOf(type);
    const auto* in = reinterpret_cast<Bytes>(blocks.data());
    for (std::size_t at = 0; at < out.size(); at += block.elements, in += block.bytes)
        unpack(in, out.data() + at);
}

void quantise(Quantisation type, std::span<const float> in, std::span<std::byte> blocks)
{
    std::byte* out = blocks.data();
    switch (type) {
    case Quantisation::F32: std::memcpy(out, in.data(), in.size_bytes()); break;
    case Quantisation::F16:
        for (const float value : in)
            put(std::exchange(out, out + 2), floatToHalf(value));
        break;
    case Quantisation::BF16:
        for (const float value : in)
            put(std::exchange(out, out + 2), floatToBrain(value));
        break;
    default:
        assert(type == Quantisation::Q8_0);
        for (std::size_t at = 0; at < in.size(); at += 32)
            toQ8_0(in.data() + at, std::exchange(out, out + 34));
    }
}

float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
    const std::uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7F800000 | fraction << 13);
    if (exponent == 0)
        return std::copysign(static_cast<float>(fraction) * 0x1p-24F, std::bit_cast<float>(sign | 0x3F800000));
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

std::uint16_t floatToHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
    const std::uint32_t size = bits & 0x7FFFFFFF;
    if (size > 0x7F800000)
        return static_cast<std::uint16_t>(sign | 0x7E00 | (bits >> 13 & 1023));
    if (size >= 0x47800000)  // 65536 and more
        return static_cast<std::uint16_t>(sign | 0x7C00);
    if (size < 0x38800000) {  // below the least normal number: adding 0.5 rounds to multiples of 2^-24
        const float rounded = std::bit_cast<float>(size) + 0.5F;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(rounded) - 0x3F000000));
    }
    const std::uint32_t even = size >> 13 & 1;
    return static_cast<std::uint16_t>(sign | ((size - 0x38000000 + 0xFFF + even) >> 13));
}

std::uint16_t floatToBrain(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFF) > 0x7F800000)
        return static_cast<std::uint16_t>(bits >> 16 | 64);
    return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

}  // namespace taskfold
