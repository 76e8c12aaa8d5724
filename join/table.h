/*
 * Keys, each with its latest values, in little memory: entries stand one behind the other in a heap, and an index says
 * where. The index consists of segments, of which a full one is split in two: what a key more can take to move is a
 * part of one segment, however many keys there are.
 */
#ifndef TABLE_H
#define TABLE_H

#include "hash.h"
#include "heap.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_BITS = 10, SEGMENT_SLOTS = 1 << SEGMENT_BITS, SEGMENT_MOST = SEGMENT_SLOTS / 4 * 3 };

/* A slot holds the place of an entry and, above it, the highest bits of its key's hash; 0 is an empty one. */
struct segment {
	uint32_t count;
	uint32_t depth; /* so many of the highest bits of the hash all its keys have in common */
	uint64_t slots[SEGMENT_SLOTS];
};

struct table {
	struct hash_key hash_key;
	size_t values;              /* of each key */
	struct segment **directory; /* by the `depth` highest bits of a hash */
	unsigned depth;
	size_t segments, spare;       /* how many there are, how many more the newest block holds */
	struct segment_block *blocks; /* the newest first */
	struct heap heap;
	size_t count; /* of keys */
	size_t bytes; /* of memory that all but the heap takes */
};

/* `values` is how many there are of each key. */
void table_open(struct table *, size_t values, struct hash_key);

/* The functions below take it beside the key; of tables with the same hash key it is the same. */
uint64_t table_hash(const struct table *, struct slice key);

/* Sets the values of a key, slices of the table, which stay until it changes. False: the key is not there. */
bool table_get(const struct table *, struct slice key, uint64_t hash, struct slice *values);

/* Keeps copies of a key's values, of which any may be missing; what it had before goes. */
void table_put(struct table *, struct slice key, uint64_t hash, const struct slice *values);

/* Removes a key. False: it was not there. */
bool table_remove(struct table *, struct slice key, uint64_t hash);

/* Gives back the memory of a table that holds no key. */
void table_shrink(struct table *);

/* Has the processor fetch what is needed first of a key, and then, once that is there, the rest. */
void table_expect(const struct table *, uint64_t hash);
void table_expect_entry(const struct table *, uint64_t hash);

/* How much memory it takes. */
static inline size_t
table_bytes(const struct table *table)
{
	return table->bytes + table->heap.bytes;
}

void table_close(struct table *);

#endif
