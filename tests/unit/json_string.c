/* Parts: json_string utf8 buffer memory write */
#include "json_string.h"

#include "random.h"
#include "tap.h"

#include <jansson.h>
#include <string.h>

enum { BLOCK = 16 }; /* bytes that are judged at a time where all are plain */

/* characters and escapes of every length */
static const char *const good[] = {"a", "\\n", "\\\"", "\\\\", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
	"\\u00e9", "\\u0000", "\\uD83d\\uDe00", "\\udbff\\udfff", "\\ud800\\udc00", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd",
	"\x7f"};
static const char *const bad[] = {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xf0\x9f\x98", "\\x", "\\u12G4", "\\u12", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\ud83dn",
	"\\U0041", "\xe0\x80\xaf"};
enum { GOOD = sizeof(good) / sizeof(good[0]), BAD = sizeof(bad) / sizeof(bad[0]) };

/*
 * Whether we and jansson agree on a string of that content, which stands in memory that ends where it ends. `wrong` is
 * where it is wrong, as an offset.
 */
static bool
agrees(const struct buffer *content, bool *valid, size_t *wrong_at)
{
	size_t length = content->length;
	char *string = malloc(length + 2);
	json_error_t error;
	memcpy(string + 1, length > 0 ? content->bytes : "", length);
	string[0] = string[length + 1] = '"';
	json_t *whole = json_loadb(string, length + 2, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	struct json_strings strings = {.end = string + 1 + length, .bytes = JSON_UTF8};
	const char *quote = json_string_end(&strings, string + 1), *wrong = strings.wrong;
	bool same = (quote != NULL) == (whole != NULL);
	if (quote == NULL)
		same = same && wrong > string && wrong <= string + length && strings.expected != NULL;
	*wrong_at = quote == NULL ? (size_t)(wrong - string - 1) : length;
	if (quote != NULL && whole != NULL) {
		struct buffer spelt = {0};
		buffer_append(&spelt, ">", 1); /* decoding appends */
		same = quote == string + 1 + length;
		json_string_decode(string + 1, length, &spelt);
		same = same && spelt.length == 1 + json_string_length(whole) && spelt.bytes[0] == '>' &&
		       memcmp(spelt.bytes + 1, json_string_value(whole), spelt.length - 1) == 0;
		buffer_free(&spelt);
	}
	*valid = whole != NULL;
	json_decref(whole);
	free(string);
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
	for (size_t shift = 0; shift <= 2 * BLOCK; shift++) {
		struct buffer content = {0};
		bool valid;
		size_t at;
		repeat(&content, "x", shift);
		repeat(&content, character, 20 * BLOCK);
		wrong += !agrees(&content, &valid, &at);
		invalid += !valid;
		buffer_free(&content);
	}
	ok(wrong == 0 && invalid == 0, "character %zu at places around the borders of blocks", number);
}

/* Where the first wrong byte is said to be must be where it was put. */
static void
check_wrong_place(const char *what, const char *filler, size_t number)
{
	unsigned wrong = 0;
	for (size_t place = 0; place <= 8 * BLOCK; place++) {
		struct buffer content = {0};
		bool valid;
		size_t at;
		repeat(&content, "x", place % strlen(filler));
		repeat(&content, filler, place);
		size_t start = content.length;
		buffer_append(&content, what, strlen(what));
		repeat(&content, "y", content.length + 50);
		wrong += !agrees(&content, &valid, &at) || valid || at != start;
		buffer_free(&content);
	}
	ok(wrong == 0, "wrong %zu is found at its place behind %s", number, filler);
}

/* What is quoted must be what jansson writes, and refused must be what it can't. */
static void
check_quoting(unsigned rounds)
{
	unsigned wrong = 0, refused = 0;
	for (unsigned round = 0; round < rounds; round++) {
		static const char *const pieces[] = {"a", "\"", "\\", "/", "\n", "\x01", "\x1f", "\x7f", "\b\f\r\t",
			"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff", "\xed\xa0\x80", "\xc3"};
		char bytes[64] = "";
		struct buffer quoted = {0};
		for (size_t i = random_below(8); i > 0; i--)
			strcat(bytes, pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))]);
		json_t *string = json_string(bytes);
		char *expected = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
		bool done = json_string_quote(bytes, strlen(bytes), &quoted);
		wrong += done != (expected != NULL) || (done && strcmp(quoted.bytes, expected) != 0);
		refused += !done;
		free(expected);
		json_decref(string);
		buffer_free(&quoted);
	}
	ok(wrong == 0 && refused > 0 && refused < rounds, "%u strings are quoted as jansson does: %u wrong", rounds,
		wrong);
}

static void
check_random(unsigned rounds)
{
	unsigned wrong = 0, valid_count = 0;
	for (unsigned round = 0; round < rounds; round++) {
		struct buffer content = {0};
		size_t characters = random_below(40), odds = 1 + random_below(80);
		bool valid;
		size_t at;
		for (size_t i = 0; i < characters; i++) {
			const char *one = random_below(odds) == 0 ? bad[random_below(BAD)] : good[random_below(GOOD)];
			buffer_append(&content, one, strlen(one));
		}
		wrong += !agrees(&content, &valid, &at);
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
		check_wrong_place(bad[i], i % 2 == 0 ? "\\ud83d\\ude00" : "\xe2\x82\xac", i);
	check_random(tap_rounds() / 10);
	check_quoting(tap_rounds() / 10);
	return tap_end();
}
