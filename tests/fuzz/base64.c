/* A target for libFuzzer: what is decoded, encoded again, must be the same text; what is encoded must be decoded. */
#include "fuzz.h"

#include "base64.h"
#include "base64_oracle.h"

/* Whether the text is what any bytes become: those that its digits spell, whatever else is in it. */
static bool
is_base64(const unsigned char *text, size_t length)
{
	unsigned char *bytes = calloc(length + 1, 1);
	char *again = malloc(length * 2 + 5);
	size_t bits = 0;
	for (size_t i = 0; i < length && text[i] != '='; i++) {
		const char *digit = memchr(digits, text[i], 64);
		for (unsigned bit = 0; bit < 6; bit++, bits++)
			if (digit != NULL && (digit - digits) >> (5 - bit) & 1)
				bytes[bits / 8] |= (unsigned char)(0x80 >> bits % 8);
	}
	size_t used = encode(bytes, bits / 8, again);
	bool same = used == length && memcmp(text, again, length) == 0;
	free(bytes);
	free(again);
	return same;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct buffer decoded = {0};
	char *encoded = malloc(size * 2 + 5);
	if (base64_decode((const char *)bytes, size, &decoded)) {
		if (!is_base64(bytes, size))
			refute("what is no base64 is decoded");
		size_t length = encode((unsigned char *)decoded.bytes, decoded.length, encoded);
		if (length != size || memcmp(encoded, bytes, size) != 0)
			refute("decoded, and encoded again, the text is another");
	} else if (is_base64(bytes, size)) {
		refute("base64 is refused");
	}
	size_t length = encode(bytes, size, encoded);
	if (!base64_decode(encoded, length, &decoded) || decoded.length != size ||
		memcmp(decoded.bytes, bytes, size) != 0)
		refute("encoded, and decoded again, the bytes are others");
	buffer_free(&decoded);
	free(encoded);
	return 0;
}
