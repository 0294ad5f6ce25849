#include "engine/data/textpile.h"

#include "engine/data/sealedfile.h"

#include <limits>
#include <sys/mman.h>

namespace taskfold::data {

TextPile::TextPile(std::filesystem::path folder) : m_folder(std::move(folder)) { }

TextPile::~TextPile()
{
    if (m_memory)
        ::munmap(const_cast<char*>(m_memory), m_size);
}

Result<TextPile::Place> TextPile::add(std::string_view text)
{
    constexpr std::size_t kAtOnce = 1 << 20;
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::InvalidInput, "a text of more than 4 GiB"};
    if (!m_file) {
        Result<std::unique_ptr<SealedFile>> made = SealedFile::scratch(m_folder);
        if (!made)
            return std::move(made).error();
        m_file = *std::move(made);
    }
    const Place place{m_file->size() + static_cast<std::int64_t>(m_waiting.size()), static_cast<std::uint32_t>(text.size())};
    m_waiting += text;
    if (m_waiting.size() < kAtOnce)
        return place;
    if (Result<void> written = m_file->write(m_waiting); !written)
        return std::move(written).error();
    m_waiting.clear();
    return place;
}

Result<void> TextPile::settle()
{
    if (!m_file)
        return {};
    if (Result<void> written = m_file->write(m_waiting); !written)
        return written;
    m_waiting = {};
    m_size = static_cast<std::size_t>(m_file->size());
    if (m_size == 0)
        return {};
    Result<const char*> mapped = m_file->mapped();
    if (!mapped)
        return std::move(mapped).error();
    m_memory = *mapped;
    return {};
}

std::string_view TextPile::at(const Place& place) const
{
    return m_memory ? std::string_view(m_memory + place.from, place.size) : std::string_view();
}

void TextPile::forget() const
{
    if (m_memory)
        ::madvise(const_cast<char*>(m_memory), m_size, MADV_DONTNEED);
}

}  // namespace taskfold::data
