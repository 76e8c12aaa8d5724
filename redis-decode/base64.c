#include "base64.h"

#include <stdint.h>
#include <string.h>

#define NO_DIGIT UINT32_C(0x1000000) /* a bit beyond the 24 of four digits */

/* What each byte adds to four digits, by its place among them; NO_DIGIT for what is none. */
static uint32_t digit_values[4][256];

static void
make_digit_values(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (unsigned place = 0; place < 4; place++) {
		for (unsigned byte = 0; byte < 256; byte++)
			digit_values[place][byte] = NO_DIGIT;
		for (unsigned i = 0; i < 64; i++)
			digit_values[place][(unsigned char)digits[i]] = i << (18 - 6 * place);
	}
}

static inline uint32_t
four_digits(const unsigned char *text)
{
	return digit_values[0][text[0]] | digit_values[1][text[1]] | digit_values[2][text[2]] |
	       digit_values[3][text[3]];
}

bool
base64_decode(const char *text, size_t length, struct buffer *decoded)
{
	if (digit_values[0]['B'] == 0)
		make_digit_values();
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
		if (bits >= NO_DIGIT)
			return false;
		*out++ = (char)(bits >> 16);
		*out++ = (char)(bits >> 8);
		*out++ = (char)bits;
	}
	if (padding > 0) {
		const unsigned char last[4] = {at[0], at[1], padding == 2 ? 'A' : at[2], 'A'};
		uint32_t bits = four_digits(last);
		if (bits >= NO_DIGIT || (bits & (padding == 2 ? 0xFFFF : 0xFF)) != 0)
			return false; /* bits that stand for nothing must be zero */
		*out++ = (char)(bits >> 16);
		if (padding == 1)
			*out++ = (char)(bits >> 8);
	}
	decoded->length = (size_t)(out - decoded->bytes);
	decoded->bytes[decoded->length] = '\0';
	return true;
}
