#include "entry.h"

#include <string.h>

/* Stand for a value's length, which they come before. */
enum { MISSING, QUOTED_KEY, BARE_KEY, LENGTHS };

/* The lowest bit of the key's length. */
enum { DEAD = 1 };

/* ---- numbers of seven bits a byte, the lowest first; the highest bit says that more follow ---- */

static inline size_t
number_size(uint64_t number)
{
	size_t size = 1;
	for (; number >= 0x80; number >>= 7)
		size++;
	return size;
}

static inline char *
write_number(char *at, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (char)(number | 0x80);
	*at++ = (char)number;
	return at;
}

static inline const char *
read_number(const char *at, uint64_t *number)
{
	*number = (unsigned char)*at & 0x7f;
	for (unsigned shift = 7; (unsigned char)*at++ & 0x80; shift += 7)
		*number |= (uint64_t)((unsigned char)*at & 0x7f) << shift;
	return at;
}

/* ---- entries ---- */

static inline bool
same(struct slice a, struct slice b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static inline uint64_t
length_of(struct slice value, struct slice key)
{
	if (value.at == NULL)
		return MISSING;
	if (value.length == key.length + 2 && value.at[0] == '"' && same((struct slice){value.at + 1, key.length}, key))
		return QUOTED_KEY;
	if (value.length > 0 && same(value, key))
		return BARE_KEY;
	return LENGTHS + value.length;
}

size_t
entry_size(struct slice key, const struct slice *values, size_t count)
{
	size_t size = number_size((uint64_t)key.length << 1) + key.length + 2;
	for (size_t i = 0; i < count; i++) {
		uint64_t length = length_of(values[i], key);
		size += number_size(length) + (length < LENGTHS ? 0 : values[i].length);
	}
	return size;
}

void
entry_write(char *entry, struct slice key, const struct slice *values, size_t count)
{
	char *at = write_number(entry, (uint64_t)key.length << 1);
	*at++ = '"';
	memcpy(at, key.at, key.length);
	char *lengths = at + key.length;
	*lengths++ = '"';
	at = lengths;
	for (size_t i = 0; i < count; i++)
		at = write_number(at, length_of(values[i], key));
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		lengths = (char *)read_number(lengths, &length);
		if (length <= LENGTHS)
			continue;
		memcpy(at, values[i].at, values[i].length);
		at += values[i].length;
	}
}

struct slice
entry_key(const char *entry)
{
	uint64_t length;
	const char *at = read_number(entry, &length);
	return (struct slice){at + 1, (size_t)(length >> 1)};
}

void
entry_read(const char *entry, struct slice *values, size_t count)
{
	struct slice key = entry_key(entry);
	const char *lengths = key.at + key.length + 1, *at = lengths;
	for (size_t i = 0; i < count; i++)
		while ((unsigned char)*at++ & 0x80)
			;
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		lengths = read_number(lengths, &length);
		switch (length) {
		case MISSING:
			values[i] = (struct slice){0};
			break;
		case QUOTED_KEY:
			values[i] = (struct slice){key.at - 1, key.length + 2};
			break;
		case BARE_KEY:
			values[i] = key;
			break;
		default:
			values[i] = (struct slice){at, (size_t)length - LENGTHS};
			at += values[i].length;
		}
	}
}

size_t
entry_size_of(const char *entry, size_t count)
{
	struct slice key = entry_key(entry);
	const char *at = key.at + key.length + 1;
	size_t values = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		at = read_number(at, &length);
		values += length < LENGTHS ? 0 : (size_t)length - LENGTHS;
	}
	return (size_t)(at - entry) + values;
}

void
entry_kill(char *entry)
{
	*entry |= DEAD;
}

bool
entry_is_dead(const char *entry)
{
	return *entry & DEAD;
}
