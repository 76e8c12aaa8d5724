/* Base64 by the book, bit by bit. */
#ifndef BASE64_ORACLE_H
#define BASE64_ORACLE_H

#include <stddef.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Encodes into `text`, which has room for a NUL behind it. Returns the length. */
static size_t
encode(const unsigned char *bytes, size_t length, char *text)
{
	size_t used = 0;
	for (size_t bit = 0; bit < length * 8; bit += 6) {
		unsigned value = 0;
		for (size_t i = bit; i < bit + 6; i++)
			value = value << 1 | (i < length * 8 ? (unsigned)(bytes[i / 8] >> (7 - i % 8)) & 1 : 0);
		text[used++] = digits[value];
	}
	while (used % 4 != 0)
		text[used++] = '=';
	text[used] = '\0';
	return used;
}

#endif
