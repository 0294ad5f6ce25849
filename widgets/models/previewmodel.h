#pragma once

#include "widgets/models/importvalues.h"
#include "widgets/models/rowmodel.h"

namespace taskfold {

/// The first rows of a file to import; the headings say which field a column becomes.
class PreviewModel : public RowModel<PreviewRow> {
public:
    enum Columns { LineColumn, ProblemColumn, FirstCell };

    explicit PreviewModel(QObject* parent = nullptr);

    void show(const ImportPreview& preview);
};

/// What an import came to: rows in, rows kept, and how many for each reason.
class SummaryModel : public RowModel<ImportLine> {
public:
    explicit SummaryModel(QObject* parent = nullptr);

    void show(const ImportSummary& summary);
};

/// input, target, ... in words
QString fieldTitle(const QString& field);

}  // namespace taskfold
