/*
 * Memory in large chunks, in which a table's entries stand close together. What is given up in a chunk comes back with
 * all of it: when the rest has been moved elsewhere, a few entries at a time.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

struct chunk {
	char *bytes; /* NULL: none is there, and `used` is the next such */
	size_t size, used, given_up;
};

/* All zero is an empty heap. */
struct heap {
	struct chunk *chunks; /* the first one is never there */
	size_t count, capacity;
	size_t open;           /* where what is taken next comes from, 0: none */
	size_t absent;         /* a chunk that is not there, 0: all are */
	size_t swept;          /* the one that is being emptied, 0: none */
	size_t swept_to;       /* what stood before has been moved */
	size_t used, given_up; /* in all chunks */
	size_t bytes;          /* of memory that it takes */
};

/* Where something stands: never 0, and below 2^PLACE_BITS. */
enum { PLACE_BITS = 34 };
typedef uint64_t heap_place;

/* What is taken is a multiple of this many bytes. */
enum { HEAP_UNIT = 8 };

static inline size_t
heap_round(size_t size)
{
	return (size + HEAP_UNIT - 1) / HEAP_UNIT * HEAP_UNIT;
}

/* Ends the program where there is no memory, or no place, for more. */
heap_place heap_take(struct heap *, size_t rounded);
void heap_give_up(struct heap *, heap_place, size_t rounded);

char *heap_at(const struct heap *, heap_place);

/*
 * While much of the heap was given up: the place of what is to be moved next (or passed over, where it was given up),
 * else 0.
 */
heap_place heap_sweep(struct heap *);

/* Goes on behind it. */
void heap_swept(struct heap *, size_t rounded);

void heap_close(struct heap *);

/* Says that a table can hold no more, and ends the program with status 2. */
_Noreturn void heap_full(void);

/* Memory, in huge pages where it is a whole number of them and the system has them. The caller frees it. */
enum { HUGE_PAGE = 1 << 21 };
void *heap_block(size_t size);

#endif
