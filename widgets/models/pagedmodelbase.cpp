#include "widgets/models/pagedmodelbase.h"

// Its meta object only: moc's output needs a source to live in.
