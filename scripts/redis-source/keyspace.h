/* Reads keys as they stand, all of them or those it is told of, a little at a time so that the stream goes on. */
#ifndef KEYSPACE_H
#define KEYSPACE_H

#include "globs.h"
#include "message.h"
#include "redis.h"

/* Keys that are read one by one; where a command has more of them, all keys are. */
enum { KEYSPACE_MANY = 1000 };

/* Questions that are asked at once, or members or keys asked for (Redis takes that as a hint). */
enum { KEYSPACE_PAGE = 200 };

struct keyspace {
	struct redis *redis;
	int db;
	struct globs *wanted; /* keys; without any: all */
	struct bytes *queue;  /* of the keys to read, owned: a ring */
	size_t first, count, room;
	char scan[24];            /* SCAN's cursor, "": not scanning */
	bool again;               /* scan once more after this time */
	struct bytes zset;        /* the sorted set that is being read, owned; at NULL: none */
	char zscan[24];           /* ZSCAN's cursor */
	struct snapshot snapshot; /* what its messages begin with */
};

/*
 * Begins without a key to read. Strings longer than `longest` are not kept. Returns false with the trouble noted; else
 * keyspace_close() it.
 */
bool keyspace_open(
	struct keyspace *, const struct redis_settings *, struct globs *wanted, size_t longest, struct redis_trouble *);
void keyspace_close(struct keyspace *);

bool keyspace_wants(const struct keyspace *, struct bytes key);

/* Read every key that is wanted, from the start, once what is under way is done. */
void keyspace_read_all(struct keyspace *);

/* Read this key if it is wanted, unless it is waiting for that already. */
void keyspace_read(struct keyspace *, struct bytes key);

bool keyspace_busy(const struct keyspace *);

/* So many keys wait that no more should be asked for yet. */
bool keyspace_full(const struct keyspace *);

/* Does the next small piece of the work, and writes what it read. */
bool keyspace_step(struct keyspace *, struct messages *, struct redis_trouble *);

/* Whether the answer says that the key is of another type: it has become so since, and that change is in the stream. */
bool keyspace_is_wrong_type(const struct reply *);

#endif
