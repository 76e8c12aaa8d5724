/* The JSON messages of a Redis source: one change, or one key as it stands, per line. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "output.h"
#include "reply.h"

#include <stdbool.h>

/* Where they go. A message that is longer than it may be is left out, said on standard error, and counted. */
struct messages {
	const char *program;
	struct output out;
	size_t longest; /* message, without its LF */
	uintmax_t left_out;
	double minute; /* by clock_seconds(), when it began */
	unsigned said; /* of those left out in that minute */
};

/* Says how many were left out, if any. */
void messages_close(struct messages *);

enum { SCORE_MAX = 32 };

/* A member of a sorted set, an element in JSON, and its score as it stands there. */
struct scored_member {
	struct bytes member;
	char score[SCORE_MAX];
};

/* As Redis spells it. */
void message_score(char score[SCORE_MAX], struct bytes spelled);

struct zadd {
	struct bytes key;
	const char *exist_type; /* NONE, NX or XX */
	bool ch;
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

/* A message of many members is split into several of the same form, each below 200 KB unless one member alone is more.
 */
void message_zadd(struct messages *, const struct zadd *, const struct scored_member *, size_t count);
void message_zset(struct messages *, const struct snapshot *, const struct scored_member *, size_t count);

void message_set(struct messages *, const struct set *);
void message_string(struct messages *, const struct snapshot *, struct bytes value);

#endif
