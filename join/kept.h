/* Which of a TABLE record's values are kept: those that fields and tests ask for. */
#ifndef KEPT_H
#define KEPT_H

#include "filter.h"
#include "table.h"

struct kept {
	size_t *indexes; /* among the filter's values */
	struct slice *values;
	size_t count;
};

/* The filter must be compiled. */
void kept_choose(struct kept *, const struct filter *);

/* Keeps those of the record at hand. */
void kept_store(struct kept *, struct table *, struct slice key, uint64_t hash, const struct filter *);

/* Sets the filter's values to those of a key, which stay until the table changes. False: it has none. */
bool kept_load(struct kept *, const struct table *, struct slice key, uint64_t hash, struct filter *);

/* Sets them to missing ones. */
void kept_load_none(const struct kept *, struct filter *);

void kept_close(struct kept *);

#endif
