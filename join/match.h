/*
 * The join itself. TABLE keeps the latest record of each key; an event comes out at once where its key is in TABLE,
 * else as soon as the key arrives. Both streams are read as they come and neither waits for the other.
 */
#ifndef MATCH_H
#define MATCH_H

#include "filter.h"
#include "pending.h"
#include "table.h"

struct join {
	struct filter filter;
	const struct path *table_key, *event_key;
	bool any_case;       /* of ASCII letters in keys */
	bool put_unmatched;  /* events that never found their key, too */
	bool only_unmatched; /* nothing but those */
	long long max_pending;

	struct table table;
	struct pending pending;
	struct buffer key, scratch;
	bool gave_up; /* and said so */
};

/* Joins until the inputs end or a signal says stop. Returns the exit status; frees all but the table. */
int match_run(struct join *, const char *table, const char *events);

#endif
