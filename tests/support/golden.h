#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace taskfold::test {

/// The exact values beside the checkout, or null where they aren't there.
inline nlohmann::json golden()
{
    std::ifstream file(std::filesystem::path(SHARED_FOLDER) / "design" / "golden.json");
    return file ? nlohmann::json::parse(file) : nlohmann::json();
}

}  // namespace taskfold::test

#define SKIP_WITHOUT_GOLDEN(golden)                                                                                    \
    if ((golden).is_null())                                                                                            \
    QSKIP("the exact values beside the checkout aren't there")
