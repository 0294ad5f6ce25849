#include "app/gui/session.h"

// News' meta object only: moc's output needs a source to live in.
