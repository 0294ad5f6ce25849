#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What a fuzz target defines. The drivers (libFuzzer; replay.cpp) call both on one thread.

/// Reads one input as a hostile file. A crash, a failed check, or more than five seconds is a find; an Error isn't.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace taskfold::fuzz {

/// Inputs that are read without an error, small and different from each other, made by code: no file is needed.
std::vector<std::string> seeds();

/// Ends the program when a rule that must hold for every input doesn't: asserts are for what can't happen.
inline void require(bool holds)
{
    if (!holds)
        __builtin_trap();
}

}  // namespace taskfold::fuzz
