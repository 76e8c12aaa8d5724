/* Parts: redis-decode/base64 buffer memory write */
#include "base64.h"
#include "base64_oracle.h"
#include "random.h"
#include "tap.h"

#include <string.h>

/* Decodes a copy that ends where its memory does. */
static bool
decode(const char *text, size_t length, struct buffer *decoded)
{
	char *copy = malloc(length + (length == 0));
	memcpy(copy, text, length);
	bool right = base64_decode(copy, length, decoded);
	free(copy);
	return right;
}

static void
check_lengths(struct buffer *decoded)
{
	unsigned wrong = 0, taken = 0;
	for (size_t length = 0; length <= 400; length++) {
		unsigned char bytes[400];
		char text[600];
		for (size_t i = 0; i < length; i++)
			bytes[i] = (unsigned char)random_below(256);
		size_t encoded = encode(bytes, length, text);
		for (size_t cut = 0; cut <= encoded; cut += cut + 8 < encoded ? tap_stride() : 1) {
			bool right = decode(text, cut, decoded);
			/* a cut text is right only between groups of four digits */
			if (right != (cut % 4 == 0))
				wrong++;
			taken += right;
			if (right && memcmp(decoded->bytes, bytes, decoded->length) != 0)
				wrong++;
			if (cut == encoded && decoded->length != length)
				wrong++;
			if (right && decoded->bytes[decoded->length] != '\0')
				wrong++;
		}
	}
	ok(wrong == 0 && taken > 401, "0 to 400 bytes, and each cut anywhere: %u wrong", wrong);
}

static void
check_digits(struct buffer *decoded)
{
	unsigned wrong = 0;
	for (unsigned byte = 0; byte < 256; byte++)
		for (size_t place = 0; place < 60; place++) {
			char text[] = "QUJDREVGR0hJQUJDREVGR0hJQUJDREVGR0hJQUJDREVGR0hJQUJDREVGR0hJ";
			text[place] = (char)byte;
			bool digit = byte != '\0' && strchr(digits, (int)byte) != NULL;
			bool padding = byte == '=' && place == 59;
			if (padding)
				text[58] = 'E'; /* of which no bit is lost */
			wrong += decode(text, 60, decoded) != (digit || padding);
		}
	ok(wrong == 0, "each byte at each of 60 places: %u wrong", wrong);
}

static void
check_padding(struct buffer *decoded)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < 64 * 64 * 64; i++) {
		char text[5] = {digits[i / 4096], digits[i / 64 % 64], digits[i % 64], '=', '\0'};
		wrong += decode(text, 4, decoded) != (i % 4 == 0);
		if (i % 64 != 0)
			continue;
		text[2] = '=';
		wrong += decode(text, 4, decoded) != (i / 64 % 16 == 0);
	}
	ok(wrong == 0, "one and two = with every digit before: bits that stand for nothing are zero: %u wrong", wrong);
	static const char *const texts[] = {"=", "==", "====", "A===", "=AAA", "AA=A",
		"Q=Q=", "QQ==QQ==", "QUI=QUI=", "QQ=", "QQ", "QUJD\n", "QUJD=", "QUJD====", "QU JD", "QUJDQQ=\n",
		"QU-_", "__QQ==__"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok(!decode(texts[i], strlen(texts[i]), decoded), "no base64: %zu bytes of text %zu", strlen(texts[i]),
			i);
}

int
main(void)
{
	struct buffer decoded = {0};
	check_lengths(&decoded);
	check_digits(&decoded);
	check_padding(&decoded);
	buffer_free(&decoded);
	return tap_end();
}
