#include "base64.h"

#include <stdint.h>
#include <string.h>

enum { NO_DIGIT = 0x40 };

/* The value of each digit, NO_DIGIT for other bytes. */
static unsigned char digit_values[256];

static void
make_digit_values(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	memset(digit_values, NO_DIGIT, sizeof(digit_values));
	for (unsigned char i = 0; i < 64; i++)
		digit_values[(unsigned char)digits[i]] = i;
}

/* Four digits are 24 bits. Returns the bits, or more than 24 of them when a byte is no digit. */
static inline uint32_t
four_digits(const unsigned char *text)
{
	unsigned char a = digit_values[text[0]], b = digit_values[text[1]];
	unsigned char c = digit_values[text[2]], d = digit_values[text[3]];
	if ((a | b | c | d) & NO_DIGIT)
		return UINT32_MAX;
	return (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
}

bool
base64_decode(const char *text, size_t length, struct buffer *decoded)
{
	if (digit_values['A'] == digit_values['B'])
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
		if (bits == UINT32_MAX)
			return false;
		*out++ = (char)(bits >> 16);
		*out++ = (char)(bits >> 8);
		*out++ = (char)bits;
	}
	if (padding > 0) {
		const unsigned char last[4] = {at[0], at[1], padding == 2 ? 'A' : at[2], 'A'};
		uint32_t bits = four_digits(last);
		if (bits == UINT32_MAX || (bits & (padding == 2 ? 0xFFFF : 0xFF)) != 0)
			return false; /* bits that stand for nothing must be zero */
		*out++ = (char)(bits >> 16);
		if (padding == 1)
			*out++ = (char)(bits >> 8);
	}
	decoded->length = (size_t)(out - decoded->bytes);
	decoded->bytes[decoded->length] = '\0';
	return true;
}
