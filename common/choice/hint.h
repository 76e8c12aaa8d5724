/* What may be wrong with a whole input, as one record shows that was of no use. */
#ifndef HINT_H
#define HINT_H

#include "input.h"
#include "paths.h"

/* Returns a static text, or NULL. `rejected` is whether the record was, and not just had nothing that is wanted. */
const char *hint_at(const struct paths *, const struct record *, bool rejected);

#endif
