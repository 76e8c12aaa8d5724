/* Parts: json_string buffer memory */
#include "json_string.h"

#include "random.h"
#include "tap.h"

#include <jansson.h>
#include <string.h>

enum { PIECE = 16384 };

/* characters and escapes of every length */
static const char *const good[] = {"a", "\\n", "\\\"", "\\\\", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
	"\\u00e9", "\\u0000", "\\uD83d\\uDe00", "\\udbff\\udfff", "\\ud800\\udc00", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd",
	"\x7f"};
static const char *const bad[] = {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xf0\x9f\x98", "\\x", "\\u12G4", "\\u12", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\ud83dn",
	"\\U0041", "\xe0\x80\xaf"};
enum { GOOD = sizeof(good) / sizeof(good[0]), BAD = sizeof(bad) / sizeof(bad[0]) };

/* jansson's view of the whole, without pieces. */
static json_t *
load_whole(const char *content, size_t length)
{
	struct buffer quoted = {0};
	json_error_t error;
	buffer_append(&quoted, "\"", 1);
	buffer_append(&quoted, content, length);
	buffer_append(&quoted, "\"", 1);
	json_t *string = json_loadb(quoted.bytes, quoted.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	buffer_free(&quoted);
	return string;
}

/* Whether pieces and whole agree; the content is copied to memory that ends where it ends. */
static bool
agrees(const struct buffer *content, bool *valid)
{
	char *copy = malloc(content->length + (content->length == 0));
	const char *expected = NULL;
	if (content->length > 0)
		memcpy(copy, content->bytes, content->length);
	json_t *whole = load_whole(copy, content->length);
	const char *wrong = json_string_check(copy, content->length, &expected);
	bool same = (wrong == NULL) == (whole != NULL);
	if (wrong != NULL)
		same = same && wrong >= copy && wrong < copy + content->length && expected != NULL;
	if (wrong == NULL && whole != NULL) {
		struct buffer spelt = {0};
		buffer_append(&spelt, ">", 1); /* decoding appends */
		json_string_decode(copy, content->length, &spelt);
		same = spelt.length == 1 + json_string_length(whole) && spelt.bytes[0] == '>' &&
		       memcmp(spelt.bytes + 1, json_string_value(whole), spelt.length - 1) == 0;
		buffer_free(&spelt);
	}
	*valid = whole != NULL;
	json_decref(whole);
	free(copy);
	return same;
}

static void
repeat(struct buffer *content, const char *what, size_t length)
{
	while (content->length + strlen(what) <= length)
		buffer_append(content, what, strlen(what));
}

static void
check_borders(const char *character, size_t number)
{
	unsigned wrong = 0, invalid = 0;
	for (size_t shift = 0; shift <= 24; shift += tap_stride()) {
		struct buffer content = {0};
		bool valid;
		repeat(&content, "x", shift);
		repeat(&content, character, 2 * PIECE + 100);
		wrong += !agrees(&content, &valid);
		invalid += !valid;
		buffer_free(&content);
	}
	ok(wrong == 0 && invalid == 0, "character %zu at places around the borders of pieces", number);
}

/* Where the first wrong byte is said to be must be where it was put. */
static void
check_wrong_place(const char *what, const char *filler, size_t number)
{
	unsigned wrong = 0;
	for (size_t place = PIECE - 30; place <= PIECE + 5; place += tap_stride()) {
		struct buffer content = {0};
		const char *expected;
		bool valid;
		repeat(&content, "x", place % strlen(filler));
		repeat(&content, filler, place);
		size_t start = content.length;
		buffer_append(&content, what, strlen(what));
		repeat(&content, "y", content.length + 50);
		if (!agrees(&content, &valid) || valid)
			wrong++;
		const char *at = json_string_check(content.bytes, content.length, &expected);
		if (at != content.bytes + start)
			wrong++;
		buffer_free(&content);
	}
	ok(wrong == 0, "wrong %zu is found at its place, around the border of pieces", number);
}

static void
check_random(unsigned rounds)
{
	unsigned wrong = 0, valid_count = 0;
	for (unsigned round = 0; round < rounds; round++) {
		struct buffer content = {0};
		size_t characters = random_below(40), odds = 1 + random_below(80);
		bool valid;
		if (random_below(64) == 0)
			repeat(&content, good[random_below(GOOD)], PIECE - 20 + random_below(20));
		for (size_t i = 0; i < characters; i++) {
			const char *one = random_below(odds) == 0 ? bad[random_below(BAD)] : good[random_below(GOOD)];
			buffer_append(&content, one, strlen(one));
		}
		wrong += !agrees(&content, &valid);
		valid_count += valid;
		buffer_free(&content);
	}
	printf("# %u of %u were valid\n", valid_count, rounds);
	ok(wrong == 0 && valid_count > rounds / 10 && valid_count < rounds - rounds / 10, "%u random strings: %u wrong",
		rounds, wrong);
}

int
main(void)
{
	for (size_t i = 0; i < GOOD; i++)
		check_borders(good[i], i);
	for (size_t i = 0; i < BAD; i++)
		check_wrong_place(bad[i], "\\ud83d\\ude00", i);
	check_random(tap_rounds() / 10);
	return tap_end();
}
