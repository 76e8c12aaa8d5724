/* Events that wait for their key, in the order they came. */
#ifndef PENDING_H
#define PENDING_H

#include "input.h"
#include "table.h"

struct event {
	struct event *older, *newer; /* of all that wait */
	struct event *next, *last;   /* of the same key; `last` is kept in the oldest of them */
	struct entry *entry;
	struct record record; /* its bytes are those behind */
	char bytes[];
};

/* All zero is an empty queue. */
struct pending {
	struct event *oldest, *newest;
	size_t count;
	size_t bytes; /* of memory that they take */
};

/* Copies the record. */
void pending_add(struct pending *, struct entry *, const struct record *);

/* Takes the oldest event of an entry, or of all where `entry` is NULL. The caller frees it; NULL: none waits. */
struct event *pending_take(struct pending *, struct entry *entry);

#endif
