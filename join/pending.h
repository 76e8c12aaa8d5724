/* Events that wait for their key, in the order they came. */
#ifndef PENDING_H
#define PENDING_H

#include "input.h"
#include "table.h"

struct event {
	struct event *older, *newer; /* of all that wait */
	struct event *next;          /* of the same key */
	const char *file;            /* where its record came from */
	uintmax_t line;
	size_t length, key_at, key_length;
	char delimiter;
	bool carriage_return;
	char bytes[]; /* of the record, with a NUL behind it; then of the key, where it does not stand in there */
};

struct pending {
	struct event *oldest, *newest;
	struct table keys; /* each with the first and the last event of its queue */
	size_t count;
	size_t bytes; /* of memory that the events take */
};

void pending_open(struct pending *, struct hash_key);

/* Copies the record, and the key, which may be a slice of it. */
void pending_add(struct pending *, struct slice key, uint64_t hash, const struct record *);

/* Takes the events of a key, the oldest first, the others behind it. The caller frees them; NULL: none waits. */
struct event *pending_take(struct pending *, struct slice key, uint64_t hash);

/* Takes the oldest event of all. The caller frees it; NULL: none waits. */
struct event *pending_take_oldest(struct pending *);

/* How much memory they take, with their keys. */
size_t pending_bytes(const struct pending *);

struct record event_record(const struct event *);
struct slice event_key(const struct event *);

/* Frees the rest. */
void pending_close(struct pending *);

#endif
