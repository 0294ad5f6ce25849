#pragma once

#include "engine/data/value.h"

#include <memory>
#include <string>
#include <string_view>

namespace taskfold::data {

/// JSON as values, every byte of it checked. For one thread; keeps its buffers.
class JsonValues {
public:
    JsonValues();
    ~JsonValues();

    /// kPadding readable bytes must follow the text. Words about what is wrong; empty when all is well. The record's
    /// texts live until the next call.
    std::string read(std::string_view text, Record& record);

    static constexpr std::size_t kPadding = 64;

private:
    struct Parser;

    std::unique_ptr<Parser> m_parser;
};

}  // namespace taskfold::data
