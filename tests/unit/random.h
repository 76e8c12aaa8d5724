/* Pseudo-random numbers that are the same everywhere (xorshift64*), so that a failure can be seen again. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stddef.h>
#include <stdint.h>

static uint64_t random_state = 20200914;

/* A number below `limit`, which is not 0. */
static size_t
random_below(size_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (size_t)((random_state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % limit;
}

#endif
