#pragma once

#include "engine/core/result.h"

#include <QImage>
#include <QString>

#include <map>

class QTextDocument;

namespace taskfold {

using Figures = std::map<QString, QImage>;  // by the name in <img src="figure:name">

/// The document with its figures, none wider than `width` pixels.
void fillDocument(QTextDocument& document, const QString& html, const Figures& figures, int width);

/// A4 pages with numbers, written beside and renamed.
Result<void> writePdf(const QString& file, const QString& html, const Figures& figures);

}  // namespace taskfold
