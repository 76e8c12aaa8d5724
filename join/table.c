#include "table.h"

#include "entry.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)

enum { FIRST_DEPTH = 1 };

/* Where in a segment a key's slot is looked for first is told by the lowest bits of a hash that a slot holds. */
enum { MOST_DEPTH = 64 - PLACE_BITS - SEGMENT_BITS };

/* For each byte given up, so many are swept: enough to come round before as much is given up again. */
enum { SWEEP_FACTOR = 4 };

/* ---- segments ---- */

/* A block is as large as all before it, up to this many segments. */
enum { BLOCK_MOST = 255 };

struct segment_block {
	struct segment_block *older;
	struct segment segments[];
};

_Static_assert(sizeof(struct segment_block) + BLOCK_MOST * sizeof(struct segment) <= HUGE_PAGE, "fits a huge page");

static struct segment *
new_segment(struct table *table, unsigned depth)
{
	if (table->spare == 0) {
		size_t count = table->segments < 1 ? 1 : table->segments < BLOCK_MOST ? table->segments : BLOCK_MOST;
		size_t size = sizeof(struct segment_block) + count * sizeof(struct segment);
		if (count == BLOCK_MOST)
			size = HUGE_PAGE;
		struct segment_block *block = heap_block(size);
		block->older = table->blocks;
		table->blocks = block;
		table->spare = count;
		table->bytes += size;
	}
	struct segment *segment = &table->blocks->segments[--table->spare];
	memset(segment, 0, sizeof(*segment));
	segment->depth = depth;
	table->segments++;
	return segment;
}

static inline size_t
directory_index(uint64_t hash, unsigned depth)
{
	return hash >> (64 - depth);
}

static inline struct segment *
segment_of(const struct table *table, uint64_t hash)
{
	return table->directory[directory_index(hash, table->depth)];
}

static inline size_t
first_slot(uint64_t hash)
{
	return hash >> PLACE_BITS & (SEGMENT_SLOTS - 1);
}

static inline size_t
next_slot(size_t at)
{
	return (at + 1) & (SEGMENT_SLOTS - 1);
}

static inline bool
same_hash(uint64_t a, uint64_t b)
{
	return (a ^ b) >> PLACE_BITS == 0;
}

static uint64_t *
empty_slot(struct segment *segment, uint64_t hash)
{
	size_t at = first_slot(hash);
	while (segment->slots[at] != 0)
		at = next_slot(at);
	return &segment->slots[at];
}

/* ---- growth ---- */

static void
deepen(struct table *table)
{
	size_t count = (size_t)1 << table->depth, size = sizeof(*table->directory);
	if (table->depth == MOST_DEPTH)
		heap_full();
	table->directory = need(reallocarray(table->directory, count * 2, size));
	for (size_t i = count * 2; i-- > 0;)
		table->directory[i] = table->directory[i / 2];
	table->bytes += count * size;
	table->depth++;
}

/* Moves the keys of which the next bit of the hash is set to a segment of their own. */
static void
split(struct table *table, uint64_t hash)
{
	struct segment *full = segment_of(table, hash), old = *full;
	if (full->depth == table->depth)
		deepen(table);
	memset(full, 0, sizeof(*full));
	full->depth = old.depth + 1;
	struct segment *other = new_segment(table, full->depth);

	for (size_t at = 0; at < SEGMENT_SLOTS; at++) {
		uint64_t slot = old.slots[at];
		struct segment *to = slot >> (63 - old.depth) & 1 ? other : full;
		if (slot == 0)
			continue;
		*empty_slot(to, slot) = slot;
		to->count++;
	}
	/* those that led to the full one stand side by side; the second half of them leads to the other now */
	size_t led = (size_t)1 << (table->depth - old.depth);
	size_t first = directory_index(hash, table->depth) & ~(led - 1);
	for (size_t i = first + led / 2; i < first + led; i++)
		table->directory[i] = other;
}

/* A slot for a key more. */
static uint64_t *
add_slot(struct table *table, uint64_t hash)
{
	while (segment_of(table, hash)->count >= SEGMENT_MOST)
		split(table, hash);
	struct segment *segment = segment_of(table, hash);
	segment->count++;
	table->count++;
	return empty_slot(segment, hash);
}

/* ---- keys ---- */

static inline char *
entry_of(const struct table *table, uint64_t slot)
{
	return heap_at(&table->heap, slot & PLACE_MASK);
}

static inline uint64_t
slot_for(uint64_t hash, heap_place place)
{
	return (hash & ~PLACE_MASK) | place;
}

/* The slot of a key, or NULL. */
static uint64_t *
find(const struct table *table, struct slice key, uint64_t hash)
{
	struct segment *segment = segment_of(table, hash);
	for (size_t at = first_slot(hash); segment->slots[at] != 0; at = next_slot(at)) {
		if (!same_hash(segment->slots[at], hash))
			continue;
		struct slice found = entry_key(entry_of(table, segment->slots[at]));
		if (found.length == key.length && memcmp(found.at, key.at, key.length) == 0)
			return &segment->slots[at];
	}
	return NULL;
}

void
table_open(struct table *table, size_t values, struct hash_key hash_key)
{
	size_t size = sizeof(*table->directory);
	*table = (struct table){.hash_key = hash_key, .values = values, .depth = FIRST_DEPTH};
	table->directory = need(malloc(size << FIRST_DEPTH));
	table->bytes = size << FIRST_DEPTH;
	for (size_t i = 0; i < 1 << FIRST_DEPTH; i++)
		table->directory[i] = new_segment(table, FIRST_DEPTH);
}

uint64_t
table_hash(const struct table *table, struct slice key)
{
	return hash_bytes(&table->hash_key, key);
}

bool
table_get(const struct table *table, struct slice key, uint64_t hash, struct slice *values)
{
	const uint64_t *slot = find(table, key, hash);
	if (slot != NULL)
		entry_read(entry_of(table, *slot), values, table->values);
	return slot != NULL;
}

/* Moves an entry, most of whose neighbours were given up. Returns its size. */
static size_t
move(struct table *table, heap_place place)
{
	const char *entry = heap_at(&table->heap, place);
	size_t size = heap_round(entry_size_of(entry, table->values));
	if (entry_is_dead(entry))
		return size;
	struct slice key = entry_key(entry);
	uint64_t hash = table_hash(table, key), *slot = find(table, key, hash);
	*slot = slot_for(hash, heap_take(&table->heap, size));
	memcpy(entry_of(table, *slot), entry, size);
	heap_give_up(&table->heap, place, size);
	return size;
}

/* Gives up an entry, and makes good for it: where much was given up, what still stands beside it is moved. */
static void
give_up(struct table *table, heap_place place)
{
	char *entry = heap_at(&table->heap, place);
	size_t size = heap_round(entry_size_of(entry, table->values)), owed = size * SWEEP_FACTOR;
	entry_kill(entry);
	heap_give_up(&table->heap, place, size);
	while (owed > 0 && (place = heap_sweep(&table->heap)) != 0) {
		size_t swept = move(table, place);
		heap_swept(&table->heap, swept);
		owed -= swept < owed ? swept : owed;
	}
}

void
table_put(struct table *table, struct slice key, uint64_t hash, const struct slice *values)
{
	uint64_t *slot = find(table, key, hash);
	size_t size = heap_round(entry_size(key, values, table->values));
	heap_place old = slot != NULL ? *slot & PLACE_MASK : 0;
	if (old == 0 || heap_round(entry_size_of(heap_at(&table->heap, old), table->values)) != size) {
		heap_place place = heap_take(&table->heap, size);
		*(slot != NULL ? slot : add_slot(table, hash)) = slot_for(hash, place);
		entry_write(heap_at(&table->heap, place), key, values, table->values);
		if (old != 0)
			give_up(table, old);
	} else {
		entry_write(heap_at(&table->heap, old), key, values, table->values);
	}
}

/* Empties a slot; what stands behind it only because it was taken moves up. */
static void
empty(struct segment *segment, uint64_t *slot)
{
	size_t gap = (size_t)(slot - segment->slots);
	for (size_t at = next_slot(gap); segment->slots[at] != 0; at = next_slot(at)) {
		size_t first = first_slot(segment->slots[at]);
		if (((at - first) & (SEGMENT_SLOTS - 1)) < ((at - gap) & (SEGMENT_SLOTS - 1)))
			continue;
		segment->slots[gap] = segment->slots[at];
		gap = at;
	}
	segment->slots[gap] = 0;
	segment->count--;
}

bool
table_remove(struct table *table, struct slice key, uint64_t hash)
{
	uint64_t *slot = find(table, key, hash);
	if (slot == NULL)
		return false;
	heap_place place = *slot & PLACE_MASK;
	empty(segment_of(table, hash), slot);
	table->count--;
	give_up(table, place);
	return true;
}

void
table_expect(const struct table *table, uint64_t hash)
{
	const struct segment *segment = segment_of(table, hash);
	__builtin_prefetch(&segment->slots[first_slot(hash)]);
}

void
table_expect_entry(const struct table *table, uint64_t hash)
{
	const struct segment *segment = segment_of(table, hash);
	for (size_t at = first_slot(hash); segment->slots[at] != 0; at = next_slot(at))
		if (same_hash(segment->slots[at], hash)) {
			__builtin_prefetch(entry_of(table, segment->slots[at]));
			return;
		}
}

void
table_close(struct table *table)
{
	for (struct segment_block *block = table->blocks, *older; block != NULL; block = older) {
		older = block->older;
		free(block);
	}
	free(table->directory);
	heap_close(&table->heap);
}

void
table_shrink(struct table *table)
{
	if (table->depth == FIRST_DEPTH)
		return;
	table_close(table);
	table_open(table, table->values, table->hash_key);
}
