#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace taskfold::data {

/// Where a JSON file's rows lie, if it isn't in a list of objects. Names are in their quotes.
struct JsonLayout {
    enum class Kind {
        List,
        Sequence,  // one object after another
        Members,  // an object with a field for each row
        Cells,  // lists of cells
        Columns,  // an object with a list, or an object, for each column
    };

    Kind kind = Kind::List;
    std::string list;  // of cells: the field that holds them; empty: the file is their list
    std::vector<std::string> names;  // of the columns
    std::size_t skipped = 0;  // rows that only hold names
};

}  // namespace taskfold::data
