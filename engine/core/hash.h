#pragma once

#include "engine/core/result.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace taskfold {

/// SHA-256 of bytes that come in parts. Lower-case hexadecimal.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void add(std::string_view bytes);
    /// To be asked once, at the end.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// BLAKE3, which names rows and the files they came from: as strong, and several times as fast. Lower-case hexadecimal.
class ContentHash {
public:
    ContentHash();
    ~ContentHash();
    ContentHash(ContentHash&&) noexcept;
    ContentHash& operator=(ContentHash&&) noexcept;

    void add(std::string_view bytes);
    std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

Result<std::string> contentHashOfFile(const std::filesystem::path& file);

std::string sha256(std::string_view bytes);
Result<std::string> sha256OfFile(const std::filesystem::path& file);

}  // namespace taskfold
