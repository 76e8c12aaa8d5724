#include "utf8.h"

#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
#include <tmmintrin.h>
#endif

/* ---- by any processor ---- */

static inline bool
between(char byte, unsigned least, unsigned most)
{
	return (unsigned char)byte >= least && (unsigned char)byte <= most;
}

const char *
utf8_character_end(const char *at)
{
	unsigned char lead = (unsigned char)*at;
	if (lead < 0xC2 || lead > 0xF4)
		return NULL;
	if (lead < 0xE0)
		return between(at[1], 0x80, 0xBF) ? at + 2 : NULL;
	/* neither longer than need be, nor half of a surrogate pair, nor beyond U+10FFFF */
	unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	if (!between(at[1], least, most) || !between(at[2], 0x80, 0xBF))
		return NULL;
	if (lead < 0xF0)
		return at + 3;
	return between(at[3], 0x80, 0xBF) ? at + 4 : NULL;
}

bool
utf8_is_valid_portably(const char *at, size_t length)
{
	const uint64_t highs = UINT64_C(0x8080808080808080);
	const char *end = at + length;
	while (at < end) {
		uint64_t word;
		if ((unsigned char)*at < 0x80) {
			at++;
			for (; end - at >= 8 && (memcpy(&word, at, 8), (word & highs) == 0); at += 8)
				continue;
			continue;
		}
		char last[4] = {0}; /* of a character that may be cut */
		bool whole = end - at >= 4;
		if (!whole)
			memcpy(last, at, (size_t)(end - at));
		const char *start = whole ? at : last, *behind = utf8_character_end(start);
		if (behind == NULL || behind - start > end - at)
			return false;
		at += behind - start;
	}
	return true;
}

/* ---- 16 bytes at a time ---- */

#ifdef __x86_64__

/*
 * Each byte is looked at together with the one before it, as Keiser and Lemire show in "Validating UTF-8 in less than
 * one instruction per byte": each of three tables, by the high and the low half of the first and the high half of the
 * second byte, says what may be wrong with the two, and what all three say is. TWO_CONTINUED is right just where a
 * third or fourth byte of a character must stand.
 */
enum {
	TOO_SHORT = 1 << 0,     /* a lead without a continuation */
	TOO_LONG = 1 << 1,      /* a continuation behind ASCII */
	OVERLONG_3 = 1 << 2,    /* E0 80..9F */
	TOO_LARGE = 1 << 3,     /* F4 90.., F5.. 90.. */
	SURROGATE = 1 << 4,     /* ED A0.. */
	OVERLONG_2 = 1 << 5,    /* C0.. C1.. */
	OVERLONG_4 = 1 << 6,    /* F0 80..8F, and F5.. 80..8F */
	TWO_CONTINUED = 1 << 7, /* 80..BF 80..BF */
	ANY_LOW = TOO_SHORT | TOO_LONG | TWO_CONTINUED,
	BEYOND = ANY_LOW | TOO_LARGE | OVERLONG_4,
	CONTINUED = TOO_LONG | OVERLONG_2 | TWO_CONTINUED,
};

__attribute__((target("ssse3"))) static inline __m128i
look_up(const uint8_t table[16], __m128i halves)
{
	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)table), halves);
}

__attribute__((target("ssse3"))) static inline __m128i
faults(__m128i bytes, __m128i before)
{
	static const uint8_t first_high[16] = {TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
		TOO_LONG, TWO_CONTINUED, TWO_CONTINUED, TWO_CONTINUED, TWO_CONTINUED, TOO_SHORT | OVERLONG_2, TOO_SHORT,
		TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4};
	static const uint8_t first_low[16] = {ANY_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY_LOW | OVERLONG_2,
		ANY_LOW, ANY_LOW, ANY_LOW | TOO_LARGE, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND,
		BEYOND | SURROGATE, BEYOND, BEYOND};
	static const uint8_t second_high[16] = {TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		TOO_SHORT, TOO_SHORT, CONTINUED | OVERLONG_3 | OVERLONG_4, CONTINUED | OVERLONG_3 | TOO_LARGE,
		CONTINUED | SURROGATE | TOO_LARGE, CONTINUED | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		TOO_SHORT};
	const __m128i low = _mm_set1_epi8(0x0F), high = _mm_set1_epi8((char)0x80);
	__m128i first = _mm_alignr_epi8(bytes, before, 15);
	__m128i wrong = look_up(first_high, _mm_and_si128(_mm_srli_epi16(first, 4), low));
	wrong = _mm_and_si128(wrong, look_up(first_low, _mm_and_si128(first, low)));
	wrong = _mm_and_si128(wrong, look_up(second_high, _mm_and_si128(_mm_srli_epi16(bytes, 4), low)));
	__m128i third = _mm_subs_epu8(_mm_alignr_epi8(bytes, before, 14), _mm_set1_epi8(0xE0 - 0x80));
	__m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(bytes, before, 13), _mm_set1_epi8(0xF0 - 0x80));
	return _mm_xor_si128(wrong, _mm_and_si128(_mm_or_si128(third, fourth), high));
}

__attribute__((target("ssse3"))) static bool
is_valid_by_blocks(const char *at, size_t length)
{
	__m128i before = _mm_setzero_si128(), wrong = before;
	char last[16] = {0}; /* behind it all stands ASCII, which a character that is cut has not */
	for (; length >= 16; at += 16, length -= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)at);
		wrong = _mm_or_si128(wrong, faults(bytes, before));
		before = bytes;
	}
	memcpy(last, at, length);
	wrong = _mm_or_si128(wrong, faults(_mm_loadu_si128((const __m128i *)last), before));
	return _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
}

#endif

bool
utf8_is_valid(const char *at, size_t length)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("ssse3"))
		return is_valid_by_blocks(at, length);
#endif
	return utf8_is_valid_portably(at, length);
}
