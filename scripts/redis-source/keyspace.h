/* Reads keys as they stand, all of them or those it is told of, a little at a time so that the stream goes on. */
#ifndef KEYSPACE_H
#define KEYSPACE_H

#include "message.h"
#include "redis.h"

/* Keys that are read one by one; where a command has more of them, all keys are. */
enum { KEYSPACE_MANY = 1000 };

struct key;

struct keyspace {
	redisContext *connection;
	int db;
	struct key *queue; /* of the keys to read: a ring */
	size_t first, count, room;
	char scan[24];            /* SCAN's cursor, "": not scanning */
	bool again;               /* scan once more after this time */
	struct bytes zset;        /* the sorted set that is being read, owned; at NULL: none */
	char zscan[24];           /* ZSCAN's cursor */
	struct snapshot snapshot; /* what its messages begin with */
};

/* Returns false with the trouble noted; else keyspace_close() it. */
bool keyspace_open(struct keyspace *, const struct redis_settings *, struct redis_trouble *);
void keyspace_close(struct keyspace *);

/* Read every key, from the start, once what is under way is done. */
void keyspace_read_all(struct keyspace *);

/* Read this key, unless it is waiting for that already. Returns false when out of memory. */
bool keyspace_read(struct keyspace *, struct bytes key, struct redis_trouble *);

bool keyspace_busy(const struct keyspace *);

/* So many keys wait that no more should be asked for yet. */
bool keyspace_full(const struct keyspace *);

/* Does the next small piece of the work, and writes what it read. */
bool keyspace_step(struct keyspace *, struct output *, struct redis_trouble *);

#endif
