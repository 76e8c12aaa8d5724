/* The stream of every write that Redis applies, by the protocol its replicas speak. */
#ifndef REPLICATION_H
#define REPLICATION_H

#include "redis.h"

#include <stdbool.h>
#include <stddef.h>

enum replication_state {
	AWAITING_SYNC, /* Redis has yet to agree */
	AWAITING_DUMP, /* it prepares the dump that every replica is sent first */
	SKIPPING_DUMP, /* the dump comes in, which is of no use here: a snapshot is taken by ordinary reads */
	STREAMING,     /* commands */
};

struct replication {
	struct redis *redis;
	enum replication_state state;
	char line[512]; /* of the answers before the dump, as far as it has come */
	size_t line_used;
	long long dump_left; /* bytes, where Redis told the dump's length */
	char mark[41];       /* else: what the dump ends in, */
	char tail[40];       /* and its latest bytes so far */
	long long offset;    /* in the stream, as Redis counts it */
};

/*
 * Asks for the stream. Strings in it that are longer than `longest` are not kept. Returns false with the trouble noted;
 * else replication_close() it.
 */
bool replication_open(struct replication *, const struct redis_settings *, size_t longest, struct redis_trouble *);
void replication_close(struct replication *);

/* The same by a connection that there is, which it takes over also where it returns false. */
bool replication_begin(struct replication *, struct redis *, struct redis_trouble *);

/* Takes what has arrived; for when the descriptor is readable, and all commands that had come whole are taken. */
bool replication_receive(struct replication *, struct redis_trouble *);

/* Stores the next complete command, an array of strings that the caller frees, or NULL where none has come whole. */
bool replication_command(struct replication *, struct reply **, struct redis_trouble *);

/* Tells Redis how far this replica is: due every second, else Redis gives the connection up after a minute. */
bool replication_acknowledge(struct replication *, struct redis_trouble *);

#endif
