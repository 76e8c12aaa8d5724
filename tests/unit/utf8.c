/* Parts: utf8 */
#include "utf8.h"

#include "random.h"
#include "tap.h"

#include <stdint.h>
#include <string.h>

/* As RFC 3629 tells it: the number that a character spells takes just as many bytes, and is that of a character. */
static bool
is_utf8(const unsigned char *at, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t more = at[i] < 0x80   ? 0
			      : at[i] < 0xC0 ? 9
			      : at[i] < 0xE0 ? 1
			      : at[i] < 0xF0 ? 2
			      : at[i] < 0xF8 ? 3
					     : 9;
		uint32_t character = more == 0 ? at[i] : at[i] & (0x3FU >> more);
		if (more == 9 || i + more >= length)
			return false;
		for (size_t j = 1; j <= more; j++) {
			if (at[i + j] >> 6 != 2)
				return false;
			character = character << 6 | (at[i + j] & 0x3F);
		}
		size_t needed = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
		if (needed != more || character > 0x10FFFF || character >> 11 == 0x1B)
			return false;
		i += more + 1;
	}
	return true;
}

static unsigned wrong;

/* The bytes stand at the end of memory that is theirs alone. */
static bool
check(const unsigned char *bytes, size_t length)
{
	unsigned char *exact = malloc(length > 0 ? length : 1);
	memcpy(exact, bytes, length);
	bool expected = is_utf8(bytes, length);
	bool same = utf8_is_valid((char *)exact, length) == expected &&
		    utf8_is_valid_portably((char *)exact, length) == expected;
	if (!same && wrong++ < 5) {
		printf("# %s:", expected ? "valid" : "not valid");
		for (size_t i = 0; i < length; i++)
			printf(" %02X", bytes[i]);
		printf("\n");
	}
	free(exact);
	return expected;
}

/* Each sequence of so many bytes, the last of which are only of some kinds, at a place of a block of 16. */
static void
check_all(size_t length, size_t before)
{
	static const unsigned char kinds[] = {
		0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0};
	enum { KINDS = sizeof(kinds) };
	unsigned char bytes[64];
	unsigned valid = 0, tried = 0, last = length > 3 ? KINDS : 1;
	memset(bytes, 'x', sizeof(bytes));
	for (uint32_t number = 0; number < 0x10000; number += (uint32_t)tap_stride())
		for (unsigned i = 0; i < (length > 2 ? KINDS : 1); i++)
			for (unsigned j = 0; j < last; j++, tried++) {
				bytes[before] = (unsigned char)(number >> 8);
				bytes[before + 1] = (unsigned char)number;
				if (length > 2)
					bytes[before + 2] = kinds[i];
				if (length > 3)
					bytes[before + 3] = kinds[j];
				valid += check(bytes, before + length + (number % 3 == 0 ? 20 : 0));
			}
	ok(wrong == 0 && valid > 0 && valid < tried, "%u sequences of %zu bytes behind %zu, %u of them valid", tried,
		length, before, valid);
}

static void
check_random(void)
{
	static const char *const parts[] = {"a", "abcdefghijklmnop", "\xc3\xa9", "\xe5\xb1\xb1", "\xf0\x9f\x91\xb5",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"};
	unsigned valid = 0, rounds = tap_rounds();
	for (unsigned i = 0; i < rounds; i++) {
		unsigned char bytes[200];
		size_t length = 0, count = random_below(20);
		while (count-- > 0) {
			const char *part = parts[random_below(sizeof(parts) / sizeof(parts[0]))];
			memcpy(bytes + length, part, strlen(part));
			length += strlen(part);
		}
		if (length > 0 && i % 2 == 0)
			bytes[random_below(length)] = (unsigned char)random_below(256);
		valid += check(bytes, length - (length > 0 && i % 8 == 0));
	}
	ok(wrong == 0 && valid > rounds / 3 && valid < rounds, "%u texts, %u of them valid", rounds, valid);
}

int
main(void)
{
	check_all(2, 0);
	check_all(2, 15);
	check_all(3, 14);
	if (tap_stride() == 1) {
		check_all(4, 0);
		check_all(4, 13);
	}
	check_all(3, 31);
	check_random();
	return tap_end();
}
