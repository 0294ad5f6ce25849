#pragma once

#include "engine/data/value.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace taskfold::data {

/// The usual line of a JSONL file, read where it lies: an object of texts, whole numbers, booleans, nulls, lists and objects
/// that isn't deep and names no field twice. What it takes means the same as what JsonValues reads of it; of everything
/// else, faults too, it says nothing, and JsonValues decides.
///
/// `block` is UTF-8 as a whole, with JsonValues::kPadding readable bytes behind it. The line begins at `at`; taken, `at` is
/// where the next one begins and `record.raw` is the line. The record's texts point into the block.
///
/// `names` are those of the fields of the line before, which the next line is likely to have, too.
struct LikelyNames {
    static constexpr std::size_t kMost = 24;
    std::string names[kMost];
};
bool readQuickly(std::string_view block, std::size_t& at, Record& record, LikelyNames& names);

/// A number, boolean or null, which must be followed by what may follow a value; `at` is behind it then.
bool readQuickScalar(const char*& at, const char* end, Value& into);

/// An object that may hold NaN and Infinity, which Python writes and JSON doesn't know: they are read as null. UTF-8, with
/// the same padding behind it.
bool readLeniently(std::string_view text, Record& record);

}  // namespace taskfold::data
