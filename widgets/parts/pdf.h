#pragma once

#include "engine/core/result.h"
#include "widgets/parts/drawing.h"

#include <QString>

#include <map>

class QTextDocument;

namespace taskfold {

/// By the name in <img src="figure:name">.
using Figures = std::map<QString, Drawing>;

/// The document with its figures, drawn as vectors, none wider or higher than a page.
void fillDocument(QTextDocument& document, const QString& html, const Figures& figures);

struct PdfNotes {
    QString title;
    QString created;  // an ISO 8601 moment in UTC: the same document gives the same bytes
};

/// A4 pages with numbers, written beside and renamed. Where the document begins with a table that has a line for every
/// second-level heading, its last column gets their page numbers.
Result<void> writePdf(const QString& file, const QString& html, const Figures& figures, const PdfNotes& notes);

}  // namespace taskfold
