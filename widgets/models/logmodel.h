#pragma once

#include "widgets/models/rowmodel.h"

#include <string>

namespace taskfold {

struct LogLine {
    std::string time;  // UTC, ISO 8601
    std::string level;  // trace debug info warning error critical
    std::string text;
};

/// The program's log as a table, newest last.
class LogModel : public RowModel<LogLine> {
public:
    explicit LogModel(QObject* parent = nullptr);
};

}  // namespace taskfold
