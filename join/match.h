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
	struct reference table_key, event_key;
	bool any_case;       /* of ASCII letters in keys */
	bool put_unmatched;  /* events that never found their key, too */
	bool only_unmatched; /* nothing but those */
	long long max_pending;

	struct table table;
	struct pending pending;
	struct slice *event;          /* slots of the event at hand */
	struct slice *kept, *missing; /* slots of TABLE's record that it met; of none */
	struct slice *kept_envelope, *missing_envelope;
	size_t *envelope_slots; /* which ones of TABLE's envelopes are kept */
	size_t envelope_slot_count;
	struct slice *stored; /* what an entry stores: a record's slots, then those of its envelope */
	struct buffer key, scratch;
	bool gave_up; /* and said so */
};

/* Allocates what the compiled paths need. */
void match_open(struct join *);

/* Joins until the inputs end or a signal says stop. Returns the exit status; frees all but the table. */
int match_run(struct join *, const char *table, const char *events);

#endif
