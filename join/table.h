/* The keys that a join has seen: each with TABLE's latest record of it, or with the events that wait for one. */
#ifndef TABLE_H
#define TABLE_H

#include "hash.h"
#include "json.h"

#include <stddef.h>
#include <stdint.h>

struct event;

struct entry {
	struct entry *next;    /* in its bucket */
	char *values;          /* of TABLE's latest record, NULL: none has come */
	struct event *waiting; /* the oldest of them */
	uint32_t hash;
	uint32_t length;
	char key[];
};

struct table {
	struct hash_key hash_key;
	struct entry **buckets;
	size_t bucket_count; /* a power of two */
	size_t count;
	size_t bytes; /* of memory that it takes */
};

void table_open(struct table *);

/* Returns the entry of a key, or NULL. */
struct entry *table_find(const struct table *, struct slice key);

/* Returns the entry of a key, a new one where there is none. */
struct entry *table_entry(struct table *, struct slice key);

/* Removes an entry that has no events. */
void table_remove(struct table *, struct entry *);

/* Stores copies of `count` values, of which any may be missing, in an entry. */
void table_store(struct table *, struct entry *, const struct slice *values, size_t count);

/* The same back: slices of the entry, valid until it stores again. */
void entry_load(const struct entry *, struct slice *values, size_t count);

void table_close(struct table *);

#endif
