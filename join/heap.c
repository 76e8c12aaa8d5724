#include "heap.h"

#include "memory.h"
#include "status.h"
#include "write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A place is the number of a chunk and, in units, what stands before it in there. */
enum { UNITS_BITS = 18, CHUNKS_MOST = 1 << (PLACE_BITS - UNITS_BITS) };

/* A chunk is as large as all that is in use, within these; what is larger than a part of one has its own. */
enum { CHUNK_LEAST = 1 << 12, CHUNK_MOST = HEAP_UNIT << UNITS_BITS, OWN_PART = 4 };

void *
heap_block(size_t size)
{
	if (size % HUGE_PAGE != 0)
		return need(malloc(size));
	void *block = need(aligned_alloc(HUGE_PAGE, size));
	madvise(block, size, MADV_HUGEPAGE); /* where it can't be, pages are small */
	return block;
}

void
heap_full(void)
{
	say("%s: the table can hold no more: join each part of the keys by itself, as stedi-pipes(7) shows",
		program_invocation_short_name);
	exit(EXIT_TROUBLE);
}

/* ---- chunks ---- */

static size_t
chunk_number(struct heap *heap)
{
	size_t number = heap->absent;
	if (number != 0) {
		heap->absent = heap->chunks[number].used;
		return number;
	}
	if (heap->count == heap->capacity) {
		size_t capacity = heap->capacity == 0 ? 16 : heap->capacity * 2;
		heap->chunks = need(reallocarray(heap->chunks, capacity, sizeof(*heap->chunks)));
		heap->bytes += (capacity - heap->capacity) * sizeof(*heap->chunks);
		heap->capacity = capacity;
	}
	if (heap->count == 0)
		heap->chunks[heap->count++] = (struct chunk){0};
	if (heap->count == CHUNKS_MOST)
		heap_full();
	return heap->count++;
}

static size_t
add_chunk(struct heap *heap, size_t size)
{
	size_t number = chunk_number(heap);
	heap->chunks[number] = (struct chunk){.bytes = heap_block(size), .size = size};
	heap->bytes += size;
	return number;
}

static void
free_chunk(struct heap *heap, size_t number)
{
	struct chunk *chunk = &heap->chunks[number];
	heap->used -= chunk->used;
	heap->given_up -= chunk->given_up;
	heap->bytes -= chunk->size;
	free(chunk->bytes);
	*chunk = (struct chunk){.used = heap->absent};
	heap->absent = number;
}

static size_t
next_size(const struct heap *heap)
{
	size_t size = CHUNK_LEAST, live = heap->used - heap->given_up;
	while (size < CHUNK_MOST && size < live)
		size *= 2;
	return size;
}

/* ---- places ---- */

heap_place
heap_take(struct heap *heap, size_t size)
{
	size_t number = heap->open;
	if (number == 0 || size > heap->chunks[number].size - heap->chunks[number].used) {
		size_t usual = next_size(heap);
		number = add_chunk(heap, size > usual / OWN_PART ? size : usual);
		if (size <= usual / OWN_PART)
			heap->open = number;
	}
	struct chunk *chunk = &heap->chunks[number];
	heap_place place = (heap_place)number << UNITS_BITS | chunk->used / HEAP_UNIT;
	chunk->used += size;
	heap->used += size;
	return place;
}

char *
heap_at(const struct heap *heap, heap_place place)
{
	size_t units = place & ((1 << UNITS_BITS) - 1);
	return heap->chunks[place >> UNITS_BITS].bytes + units * HEAP_UNIT;
}

void
heap_give_up(struct heap *heap, heap_place place, size_t size)
{
	size_t number = place >> UNITS_BITS;
	struct chunk *chunk = &heap->chunks[number];
	chunk->given_up += size;
	heap->given_up += size;
	if (chunk->given_up == chunk->used && number != heap->open && number != heap->swept)
		free_chunk(heap, number);
}

/* ---- sweeping ---- */

/* The chunk of which the largest part was given up, if that is more than half, 0: none. */
static size_t
chunk_to_sweep(const struct heap *heap)
{
	size_t found = 0;
	for (size_t i = 1; i < heap->count; i++) {
		const struct chunk *chunk = &heap->chunks[i];
		if (chunk->bytes != NULL && i != heap->open && chunk->given_up > chunk->used / 2 &&
			(found == 0 || chunk->given_up > heap->chunks[found].given_up))
			found = i;
	}
	return found;
}

heap_place
heap_sweep(struct heap *heap)
{
	if (heap->swept == 0 && heap->given_up > heap->used / 2) {
		heap->swept = chunk_to_sweep(heap);
		heap->swept_to = 0;
	}
	return heap->swept == 0 ? 0 : (heap_place)heap->swept << UNITS_BITS | heap->swept_to / HEAP_UNIT;
}

void
heap_swept(struct heap *heap, size_t size)
{
	heap->swept_to += size;
	if (heap->swept_to < heap->chunks[heap->swept].used)
		return;
	free_chunk(heap, heap->swept);
	heap->swept = 0;
}

void
heap_close(struct heap *heap)
{
	for (size_t i = 1; i < heap->count; i++)
		free(heap->chunks[i].bytes);
	free(heap->chunks);
}
