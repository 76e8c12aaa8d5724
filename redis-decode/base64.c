#include "base64.h"

#include <stdint.h>
#include <string.h>

/*
 * What each byte adds to four digits, by its place among them (s: its shift): its six bits, and above the 24 of all
 * four a bit that says it is a digit. Other bytes add nothing.
 */
#define D(s, value) (UINT32_C(1) << (24 + (s) / 6) | UINT32_C(value) << (s))
#define DIGITS(s)                                                                                                      \
	{                                                                                                              \
		['A'] = D(s, 0), ['B'] = D(s, 1), ['C'] = D(s, 2), ['D'] = D(s, 3), ['E'] = D(s, 4), ['F'] = D(s, 5),  \
		['G'] = D(s, 6), ['H'] = D(s, 7), ['I'] = D(s, 8), ['J'] = D(s, 9), ['K'] = D(s, 10),                  \
		['L'] = D(s, 11), ['M'] = D(s, 12), ['N'] = D(s, 13), ['O'] = D(s, 14), ['P'] = D(s, 15),              \
		['Q'] = D(s, 16), ['R'] = D(s, 17), ['S'] = D(s, 18), ['T'] = D(s, 19), ['U'] = D(s, 20),              \
		['V'] = D(s, 21), ['W'] = D(s, 22), ['X'] = D(s, 23), ['Y'] = D(s, 24), ['Z'] = D(s, 25),              \
		['a'] = D(s, 26), ['b'] = D(s, 27), ['c'] = D(s, 28), ['d'] = D(s, 29), ['e'] = D(s, 30),              \
		['f'] = D(s, 31), ['g'] = D(s, 32), ['h'] = D(s, 33), ['i'] = D(s, 34), ['j'] = D(s, 35),              \
		['k'] = D(s, 36), ['l'] = D(s, 37), ['m'] = D(s, 38), ['n'] = D(s, 39), ['o'] = D(s, 40),              \
		['p'] = D(s, 41), ['q'] = D(s, 42), ['r'] = D(s, 43), ['s'] = D(s, 44), ['t'] = D(s, 45),              \
		['u'] = D(s, 46), ['v'] = D(s, 47), ['w'] = D(s, 48), ['x'] = D(s, 49), ['y'] = D(s, 50),              \
		['z'] = D(s, 51), ['0'] = D(s, 52), ['1'] = D(s, 53), ['2'] = D(s, 54), ['3'] = D(s, 55),              \
		['4'] = D(s, 56), ['5'] = D(s, 57), ['6'] = D(s, 58), ['7'] = D(s, 59), ['8'] = D(s, 60),              \
		['9'] = D(s, 61), ['+'] = D(s, 62), ['/'] = D(s, 63)                                                   \
	}
static const uint32_t digits[4][256] = {DIGITS(18), DIGITS(12), DIGITS(6), DIGITS(0)};

static inline uint32_t
four_digits(const unsigned char *text)
{
	return digits[0][text[0]] | digits[1][text[1]] | digits[2][text[2]] | digits[3][text[3]];
}

static inline bool
all_are_digits(uint32_t bits)
{
	return bits >> 24 == 0xF;
}

bool
base64_decode(const char *text, size_t length, struct buffer *decoded)
{
	decoded->length = 0;
	buffer_reserve(decoded, length / 4 * 3);
	if (length % 4 != 0)
		return false;
	const unsigned char *at = (const unsigned char *)text;
	size_t padding = 0;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	size_t whole = padding > 0 ? length - 4 : length;
	char *out = decoded->bytes;
	for (const unsigned char *end = at + whole; at < end; at += 4) {
		uint32_t bits = four_digits(at);
		if (!all_are_digits(bits))
			return false;
		*out++ = (char)(bits >> 16);
		*out++ = (char)(bits >> 8);
		*out++ = (char)bits;
	}
	if (padding > 0) {
		const unsigned char last[4] = {at[0], at[1], padding == 2 ? 'A' : at[2], 'A'};
		uint32_t bits = four_digits(last);
		if (!all_are_digits(bits) || (bits & (padding == 2 ? 0xFFFF : 0xFF)) != 0)
			return false; /* bits that stand for nothing must be zero */
		*out++ = (char)(bits >> 16);
		if (padding == 1)
			*out++ = (char)(bits >> 8);
	}
	decoded->length = (size_t)(out - decoded->bytes);
	decoded->bytes[decoded->length] = '\0';
	return true;
}
