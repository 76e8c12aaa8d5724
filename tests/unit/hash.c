/* Parts: join/hash */
#include "hash.h"

#include "tap.h"

#include <string.h>

/* Of the key 0: what Python 3.11 and later say, as in PYTHONHASHSEED=0 python3 -c 'print(hash(b"a"))' */
static const struct {
	const char *text;
	uint64_t hash;
} published[] = {{"a", UINT64_C(0x407448d2b89b1813)}, {"abcdefg", UINT64_C(0x6db12aae9070f506)},
	{"abcdefgh", UINT64_C(0x3f7b849c0b8e35ea)}, {"Santosh.Fibonnaci@test.com", UINT64_C(0x3bcd2aaeed629088)}};

int
main(void)
{
	const struct hash_key zero = {{0, 0}}, one = hash_draw_key(), other = hash_draw_key();
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		struct slice text = {published[i].text, strlen(published[i].text)};
		ok(hash_bytes(&zero, text) == published[i].hash, "SipHash-1-3 of %s", published[i].text);
		ok(hash_bytes(&one, text) == hash_bytes(&one, text) &&
				hash_bytes(&one, text) != hash_bytes(&other, text),
			"it depends on the key drawn");
	}
	return tap_end();
}
