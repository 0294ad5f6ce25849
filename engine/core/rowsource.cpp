#include "engine/core/rowsource.h"

#include <functional>
#include <queue>

namespace taskfold {

std::vector<std::size_t> mostBytes(const Rows& rows, std::size_t count)
{
    using Entry = std::pair<std::size_t, std::size_t>;  // bytes, and the place counted from the end
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> most;
    for (std::size_t i = 0; i < rows.size() && count > 0; ++i) {
        const RowSource::Lengths lengths = rows.lengths(i);
        const Entry entry{lengths.input + lengths.target, rows.size() - i};
        if (most.size() == count && entry > most.top())
            most.pop();
        if (most.size() < count)
            most.push(entry);
    }
    std::vector<std::size_t> places;
    for (; !most.empty(); most.pop())
        places.push_back(rows.size() - most.top().second);
    return places;
}

}  // namespace taskfold
