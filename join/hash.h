/*
 * SipHash-1-3 (Aumasson and Bernstein, https://www.aumasson.jp/siphash/siphash.pdf), a hash whose key is drawn anew by
 * each process: who sends records can't know which of their keys would fall together.
 */
#ifndef HASH_H
#define HASH_H

#include "json.h"

#include <stdint.h>

struct hash_key {
	uint64_t words[2];
};

/* Draws a key; where the system gives no random bytes, says so and exits with status 2. */
struct hash_key hash_draw_key(void);

uint64_t hash_bytes(const struct hash_key *, struct slice bytes);

#endif
