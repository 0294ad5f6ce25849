#pragma once

#include <QString>
#include <QtGlobal>

/// What the dialogs for base models and exports and whoever does the work tell each other.
namespace taskfold {

/// A model before it is registered.
struct BaseFacts {
    QString path;  // the folder or file that is meant
    QString name;  // proposed
    QString family;
    QString storedAs;  // BF16, Q4_1
    QString licence;  // empty: not said
    qint64 parameters = 0;
    qint64 bytes = 0;
    int context = 0;
    int vocabulary = 0;
    bool copied = false;  // into the project, converted
    double fullMib = 0, fullBf16Mib = 0, loraMib = 0;  // to train it
};

struct ExportForm {
    QString format;  // hf, gguf, adapter
    QString type;  // f32 f16 bf16 q8_0; empty for adapters
    int rows = 64;  // of each task, to score it again
};

}  // namespace taskfold
