/*
 * The join itself. TABLE keeps the latest record of each key; an event comes out at once where its key is in TABLE,
 * else as soon as the key arrives.
 */
#ifndef MATCH_H
#define MATCH_H

#include "filter.h"
#include "guess.h"
#include "kept.h"
#include "pending.h"
#include "positions.h"
#include "table.h"

struct join {
	struct filter filter;
	const struct path *table_key, *event_key;
	const struct path *table_position, *event_position; /* NULL: not asked for */
	bool any_case;                                      /* of ASCII letters in keys */
	bool put_unmatched;                                 /* events that never found their key, too */
	bool only_unmatched;                                /* nothing but those */
	long long max_pending;
	size_t max_memory; /* of the table and of what waits, 0: any */

	struct table table;
	struct pending pending;
	struct guess guesses[SIDES]; /* of the next record's key */
	struct kept kept;
	bool loading;                    /* what is read of TABLE is loaded before anything else */
	struct positions loaded;         /* how far */
	struct positions written;        /* of events, by an earlier run */
	struct json_tree written_record; /* what is wanted of its records: the position */
	struct buffer key, key_scratch, position_scratch;
	char swapped[512]; /* the hint that TABLE and EVENTS are */
	bool gave_up;      /* and said so */
	bool full;         /* the table alone takes more than max_memory; has said so */
	bool unread;       /* TABLE or EVENTS could not be read to its end */
};

void match_open(struct join *);

/* Takes a record of TABLE, and writes the events that waited for it. One that was loaded already is passed over. */
void match_table(struct join *, const struct record *);

/* Writes an event, or has it wait. One that an earlier run has written is passed over. */
void match_event(struct join *, const struct record *);

/* Takes note of a record that an earlier run wrote: its event is not to be written again. */
void match_written(struct join *, const struct record *);

/* Gives up what still waits at the end. */
void match_give_up(struct join *);

void match_close(struct join *);

#endif
