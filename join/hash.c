#include "hash.h"

#include <err.h>
#include <string.h>
#include <unistd.h>

struct hash_key
hash_draw_key(void)
{
	struct hash_key key;
	if (getentropy(&key, sizeof(key)) != 0)
		err(2, "random bytes");
	return key;
}

static inline uint64_t
rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void
mix(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* One round a word. */
static inline void
take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v);
	v[0] ^= word;
}

/* Words are little-endian on every machine, so that the published values hold. */
static inline uint64_t
read_word(const char *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* The bytes behind the last whole word; where there is one, they are the end of the word that ends with them. */
static inline uint64_t
read_rest(struct slice bytes)
{
	size_t rest = bytes.length & 7;
	const char *end = bytes.at + bytes.length;
	uint64_t word = 0;
	if (rest > 0 && bytes.length > 8)
		return read_word(end - 8) >> (64 - 8 * rest);
	for (size_t i = 0; i < rest; i++)
		word |= (uint64_t)(unsigned char)bytes.at[i] << 8 * i;
	return word;
}

uint64_t
hash_bytes(const struct hash_key *key, struct slice bytes)
{
	uint64_t v[4] = {key->words[0] ^ UINT64_C(0x736f6d6570736575), key->words[1] ^ UINT64_C(0x646f72616e646f6d),
		key->words[0] ^ UINT64_C(0x6c7967656e657261), key->words[1] ^ UINT64_C(0x7465646279746573)};
	const char *at = bytes.at, *end = bytes.at + (bytes.length & ~(size_t)7);
	for (; at < end; at += 8)
		take_word(v, read_word(at));
	take_word(v, (uint64_t)bytes.length << 56 | read_rest(bytes));
	v[2] ^= 0xff;
	mix(v);
	mix(v);
	mix(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
