#include "base64.h"

#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
#include <tmmintrin.h>
#endif

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

/* ---- 16 digits at a time ---- */

#ifdef __x86_64__

/* What is added to a digit of each kind makes its six bits of it; a kind is known by the high half of the byte. */
enum { UPPER = -'A', LOWER = 26 - 'a', FIGURE = 52 - '0', PLUS = 62 - '+', SLASH = 63 - '/' };

/* By the high half of a byte, its kind; by the low half, the kinds that have no such digit. */
enum { K2 = 1, K3 = 2, K46 = 4, K57 = 8, NONE = 16 };

/* From so many digits on are 16 of them decoded, so that what is written too much is written over. */
enum { BLOCK = 16, AHEAD = 24 };

/* Decodes blocks of digits up to one that holds another byte. Returns where that stands; *out is behind the last. */
__attribute__((target("ssse3"))) static const unsigned char *
decode_blocks(const unsigned char *at, const unsigned char *end, char **out)
{
	const __m128i kinds =
		_mm_setr_epi8(NONE, NONE, K2, K3, K46, K57, K46, K57, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
	/* 2x has + and /, 3x ten figures, 4x and 6x all letters but those at 0, 5x and 7x those up to A */
	const __m128i without = _mm_setr_epi8(NONE | K46 | K2, NONE | K2, NONE | K2, NONE | K2, NONE | K2, NONE | K2,
		NONE | K2, NONE | K2, NONE | K2, NONE | K2, NONE | K2 | K3, NONE | K3 | K57, NONE | K2 | K3 | K57,
		NONE | K2 | K3 | K57, NONE | K2 | K3 | K57, NONE | K3 | K57);
	const __m128i added = _mm_setr_epi8(0, SLASH, PLUS, FIGURE, UPPER, UPPER, LOWER, LOWER, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m128i bytes = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m128i half = _mm_set1_epi8(0x0F);
	for (; end - at >= AHEAD; at += BLOCK, *out += BLOCK / 4 * 3) {
		__m128i text = _mm_loadu_si128((const __m128i *)at);
		__m128i high = _mm_and_si128(_mm_srli_epi32(text, 4), half);
		__m128i other = _mm_and_si128(
			_mm_shuffle_epi8(kinds, high), _mm_shuffle_epi8(without, _mm_and_si128(text, half)));
		if (_mm_movemask_epi8(_mm_cmpeq_epi8(other, _mm_setzero_si128())) != 0xFFFF)
			break;
		__m128i slash = _mm_cmpeq_epi8(text, _mm_set1_epi8('/')); /* -1: one before PLUS */
		__m128i six = _mm_add_epi8(text, _mm_shuffle_epi8(added, _mm_add_epi8(slash, high)));
		__m128i twelve =
			_mm_maddubs_epi16(six, _mm_set1_epi32(0x01400140)); /* 64 times the first, and the second */
		__m128i all = _mm_madd_epi16(twelve, _mm_set1_epi32(0x00011000)); /* 4096 times, and */
		_mm_storeu_si128((__m128i *)*out, _mm_shuffle_epi8(all, bytes));
	}
	return at;
}

#endif

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
	const unsigned char *end = at + whole;
#ifdef __x86_64__
	if (__builtin_cpu_supports("ssse3"))
		at = decode_blocks(at, end, &out);
#endif
	for (; at < end; at += 4) {
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
