/* The JSON messages of a Redis source: one change, or one key as it stands, per line. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "output.h"

/* Any bytes; not owned. */
struct bytes {
	const char *at;
	size_t length;
};

/* A member of a sorted set, an element in JSON, and its score as Redis spells it. */
struct scored_member {
	struct bytes member;
	struct bytes score;
};

struct zadd {
	struct bytes key;
	const char *exist_type; /* NONE, NX or XX */
	bool ch;
	bool incr; /* the scores are increments */
};

struct set {
	struct bytes key;
	struct bytes value;
	long long ex; /* seconds to live, 0: not given */
	long long px; /* milliseconds to live, 0: not given */
	const char *exist_type;
};

/* A key as it stands. */
struct snapshot {
	struct bytes key;
	int db;
	long long dbsize;     /* keys in that database */
	long long expires;    /* of them with a time to live */
	long long expired_ms; /* when it expires, Unix time, -1: never */
};

/*
 * A message of many members is split into several of the same form, each below 200 KB unless one member alone is more,
 * because Kafka takes 1 MB at most unless told otherwise.
 */
void message_zadd(struct output *, const struct zadd *, const struct scored_member *, size_t count);
void message_zset(struct output *, const struct snapshot *, const struct scored_member *, size_t count);

void message_set(struct output *, const struct set *);
void message_string(struct output *, const struct snapshot *, struct bytes value);

#endif
