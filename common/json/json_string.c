#include "json_string.h"

#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- judging ---- */

/*
 * How far bytes are plain, neither a quote, a backslash, below 0x20 nor, unless any will do, above 0x7F, as far as can
 * be told many at a time: behind it may be more of them.
 */
#ifdef __SSE2__
static inline const char *
skip_plain(const char *at, const char *end, bool any)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i blank = _mm_set1_epi8(' '), last_control = _mm_set1_epi8(0x1F);
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)at);
		__m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
		__m128i control = any ? _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes)
				      : _mm_cmplt_epi8(bytes, blank); /* signed: those above 0x7F too */
		int mask = _mm_movemask_epi8(_mm_or_si128(special, control));
		if (mask != 0)
			return at + __builtin_ctz((unsigned)mask);
	}
	return at;
}
#else
static inline const char *
skip_plain(const char *at, const char *end, bool any)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
	for (; end - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, at, sizeof(word));
		/* of bytes above 0x7F only the other bits are looked at, so that none borrows from its neighbour */
		uint64_t low = any ? word & ~highs : word, high = any ? word & highs : 0;
		uint64_t quote = low ^ (ones * '"'), backslash = low ^ (ones * '\\');
		if ((((low - ones * 0x20) | (quote - ones) | (backslash - ones) | low) & highs & ~high) != 0)
			return at;
	}
	return at;
}
#endif

/* Reads four hexadecimal digits. Returns false where they are not there. */
static inline bool
read_hexadecimal(const char *at, uint32_t *number)
{
	enum { DIGIT = 1 << 4 };
	static const uint8_t digits[256] = {['0'] = DIGIT,
		['1'] = DIGIT | 1,
		['2'] = DIGIT | 2,
		['3'] = DIGIT | 3,
		['4'] = DIGIT | 4,
		['5'] = DIGIT | 5,
		['6'] = DIGIT | 6,
		['7'] = DIGIT | 7,
		['8'] = DIGIT | 8,
		['9'] = DIGIT | 9,
		['A'] = DIGIT | 10,
		['B'] = DIGIT | 11,
		['C'] = DIGIT | 12,
		['D'] = DIGIT | 13,
		['E'] = DIGIT | 14,
		['F'] = DIGIT | 15,
		['a'] = DIGIT | 10,
		['b'] = DIGIT | 11,
		['c'] = DIGIT | 12,
		['d'] = DIGIT | 13,
		['e'] = DIGIT | 14,
		['f'] = DIGIT | 15};
	const unsigned char *bytes = (const unsigned char *)at;
	uint32_t a = digits[bytes[0]], b = 0, c = 0, d = 0;
	if (a == 0 || (b = digits[bytes[1]]) == 0 || (c = digits[bytes[2]]) == 0 || (d = digits[bytes[3]]) == 0)
		return false;
	*number = (a & 0xF) << 12 | (b & 0xF) << 8 | (c & 0xF) << 4 | (d & 0xF);
	return true;
}

/* Reads the escape \uXXXX, or the two of a surrogate pair, at `at`. Returns its end, or NULL and what was expected. */
static __attribute__((noinline)) const char *
read_unicode(const char *at, uint32_t *character, const char **expected)
{
	uint32_t low;
	if (!read_hexadecimal(at + 2, character)) {
		*expected = "\\u and four hexadecimal digits";
		return NULL;
	}
	at += 6;
	if ((*character & 0xF800) != 0xD800)
		return at;
	*expected = "both halves of a surrogate pair";
	if (*character >= 0xDC00 || at[0] != '\\' || at[1] != 'u' || !read_hexadecimal(at + 2, &low) ||
		(low & 0xFC00) != 0xDC00)
		return NULL;
	*character = 0x10000 + ((*character & 0x3FF) << 10) + (low & 0x3FF);
	return at + 6;
}

static inline const char *
escape_end(const char *at, const char **expected)
{
	uint32_t character;
	switch (at[1]) {
	case 'u':
		if (read_hexadecimal(at + 2, &character) && (character & 0xF800) != 0xD800)
			return at + 6;
		return read_unicode(at, &character, expected); /* two of a pair, or wrong */
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return at + 2;
	default:
		*expected = "a valid escape";
		return NULL;
	}
}

/* `at` is at a byte above 0x7F. */
static inline const char *
high_end(struct json_strings *strings, const char *at)
{
	if (strings->bytes == JSON_UTF8)
		strings->bytes = utf8_is_valid(at, (size_t)(strings->end - at)) ? JSON_ANY_BYTES : JSON_BROKEN_UTF8;
	if (strings->bytes == JSON_ANY_BYTES)
		return at + 1;
	strings->expected = "UTF-8";
	return utf8_character_end(at);
}

const char *
json_string_end(struct json_strings *strings, const char *at)
{
	for (;;) {
		const char *special = at = skip_plain(at, strings->end, strings->bytes == JSON_ANY_BYTES);
		if (*at == '"')
			return at;
		if ((unsigned char)*at >= 0x80) {
			at = high_end(strings, at);
		} else if (*at == '\\') {
			strings->escaped = true;
			do
				at = escape_end(special = at, &strings->expected);
			while (at != NULL && *at == '\\');
		} else if (*at >= 0x20) {
			at++;
		} else {
			strings->expected = at == strings->end ? "a closing quote" : "no bare control character";
			at = NULL;
		}
		if (at == NULL) {
			strings->wrong = special;
			return NULL;
		}
	}
}

/* ---- spelling out ---- */

static char *
put_character(char *out, uint32_t character)
{
	if (character < 0x80) {
		*out++ = (char)character;
		return out;
	}
	unsigned more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3; /* bytes behind the first */
	*out++ = (char)(0xFF00U >> (more + 1) | character >> 6 * more);
	while (more-- > 0)
		*out++ = (char)(0x80 | (character >> 6 * more & 0x3F));
	return out;
}

static const char short_escapes[] = "bfnrt", controls[] = "\b\f\n\r\t";

static inline char
spelt_by(char escape)
{
	switch (escape) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return escape;
	}
}

/* Copies up to the next backslash, or to the end. Returns where that stands; *out is behind what was copied. */
static inline const char *
copy_plain(const char *at, const char *end, char **out)
{
#ifdef __SSE2__
	const __m128i backslash = _mm_set1_epi8('\\');
	for (; end - at >= 16; at += 16, *out += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)at);
		_mm_storeu_si128((__m128i *)*out, bytes); /* there is room: what is spelt is never longer */
		int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash));
		if (mask != 0) {
			*out += __builtin_ctz((unsigned)mask);
			return at + __builtin_ctz((unsigned)mask);
		}
	}
#endif
	while (at < end && *at != '\\')
		*(*out)++ = *at++;
	return at;
}

void
json_string_decode(const char *content, size_t length, struct buffer *spelt)
{
	const char *end = content + length;
	buffer_reserve(spelt, length); /* an escape is longer than what it spells */
	char *out = spelt->bytes + spelt->length;
	while ((content = copy_plain(content, end, &out)) < end) {
		if (content[1] == 'u') {
			uint32_t character;
			const char *expected;
			content = read_unicode(content, &character, &expected);
			out = put_character(out, character);
		} else {
			*out++ = spelt_by(content[1]);
			content += 2;
		}
	}
	*out = '\0';
	spelt->length = (size_t)(out - spelt->bytes);
}

/* ---- writing ---- */

bool
json_string_quote(const char *bytes, size_t length, struct buffer *quoted)
{
	buffer_append(quoted, "\"", 1);
	for (const char *at = bytes, *end = bytes + length; at < end;) {
		const char *behind = (unsigned char)*at < 0x80 ? at + 1 : utf8_character_end(at);
		if (behind == NULL)
			return false;
		const char *control = *at == '\0' ? NULL : strchr(controls, *at);
		char escape[8] = {'\\', *at, '\0'};
		if (control != NULL)
			escape[1] = short_escapes[control - controls];
		else if ((unsigned char)*at < 0x20)
			snprintf(escape, sizeof(escape), "\\u%04X", (unsigned)*at);
		if (control != NULL || (unsigned char)*at < 0x20 || *at == '"' || *at == '\\')
			buffer_append(quoted, escape, strlen(escape));
		else
			buffer_append(quoted, at, (size_t)(behind - at));
		at = behind;
	}
	buffer_append(quoted, "\"", 1);
	return true;
}
