#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace taskfold::data {

class SealedFile;

/// Texts put aside in a file without a name and looked at through the page cache: any number of them in little memory.
class TextPile {
public:
    struct Place {
        std::int64_t from = 0;
        std::uint32_t size = 0;
    };

    explicit TextPile(std::filesystem::path folder);
    ~TextPile();
    TextPile(const TextPile&) = delete;
    TextPile& operator=(const TextPile&) = delete;

    Result<Place> add(std::string_view text);
    /// After the last text, before the first look.
    Result<void> settle();
    /// From several threads. Lives as long as this.
    std::string_view at(const Place& place) const;
    /// Gives the memory of what was looked at back.
    void forget() const;

private:
    std::filesystem::path m_folder;
    std::unique_ptr<SealedFile> m_file;
    std::string m_waiting;
    const char* m_memory = nullptr;
    std::size_t m_size = 0;
};

}  // namespace taskfold::data
