#include "engine/text/tokenbatch.h"

#include <algorithm>

namespace taskfold {

namespace {

constexpr std::size_t kPageTokens = (std::size_t{4} << 20) / sizeof(std::int32_t);

}  // namespace

// Small batches aren't worth a page: the first so many tokens lie in blocks of their own size.
const std::int32_t* TokenBatch::Store::keep(std::span<const std::int32_t> tokens)
{
    m_kept += tokens.size();
    std::int32_t* place = nullptr;
    if (m_kept < kPageTokens / 4) {
        m_small.push_back(std::make_unique<std::int32_t[]>(tokens.size()));
        place = m_small.back().get();
    } else {
        if (m_pages.empty() || m_used + tokens.size() > m_pages.back().bytes() / sizeof(std::int32_t)) {
            m_pages.emplace_back(std::max(tokens.size(), kPageTokens) * sizeof(std::int32_t));
            m_used = 0;
        }
        place = static_cast<std::int32_t*>(m_pages.back().data()) + m_used;
        m_used += tokens.size();
    }
    std::copy(tokens.begin(), tokens.end(), place);
    return place;
}

}  // namespace taskfold
