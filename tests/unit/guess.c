/* Parts: join/guess json json_string utf8 buffer memory write stop clock */
#include "guess.h"

#include "tap.h"

#include <string.h>

enum { RECORDS = 4 };

#define LONG "a key that is longer than any that the processor is told to fetch beforehand: "

struct stream {
	const char *what;
	const char *records[RECORDS];
	const char *name; /* of the member that is the key, NULL: it is `keys`, taken out of an envelope */
	const char *keys[RECORDS];
	bool guessed[RECORDS]; /* whether the key of each record is known before it is scanned; from the third on */
};

static const struct stream streams[] = {
	{"at the same place", {"{\"a\":\"ann\",\"n\":1}", "{\"a\":\"bob\"}", "{\"a\":\"\"}", "{\"a\":\"carol\"}"}, "a",
		{"ann", "bob", "", "carol"}, {false, false, false, true}},
	{"at about the same place",
		{"{\"n\":\"Ann\",\"a\":\"ann\"}", "{\"n\":\"Robert Bob\",\"a\":\"bob\"}",
			"{\"n\":\"\",\"a\":\"carol\"}", "{\"n\":\"Dan\",\"a\":\"dan\"}"},
		"a", {"ann", "bob", "carol", "dan"}, {false, false, true, true}},
	{"behind another name",
		{"{\"a\":\"ann\"}", "{\"c\":1,\"a\":\"bob\"}", "{\"ca\":1,\"a\":\"carol\"}", "{\"a\":\"dan\"}"}, "a",
		{"ann", "bob", "carol", "dan"}, {false, false, true, true}},
	{"escaped", {"{\"a\":\"ann\"}", "{\"a\":\"b\\u006fb\"}", "{\"a\":\"carol\"}", "{\"a\":\"dan\"}"}, "a",
		{"ann", "bob", "carol", "dan"}, {false, false, true, true}},
	{"behind another of its name, which begins like it",
		{"{\"a\":\"ann\"}", "{\"a\":\"bob\"}", "{\"c\":{\"a\":\"caroline\"},\"a\":\"carol\"}",
			"{\"a\":\"dan\"}"},
		"a", {"ann", "bob", "carol", "dan"}, {false, false, false, true}},
	{"with more bytes than are guessed",
		{"{\"a\":\"" LONG "1\"}", "{\"a\":\"" LONG "2\"}", "{\"a\":\"" LONG "3\"}", "{\"a\":\"dan\"}"}, "a",
		{LONG "1", LONG "2", LONG "3", "dan"}, {false, false, false, true}},
	{"no string", {"{\"a\":\"ann\"}", "{\"a\":17}", "{\"a\":18}", "{\"a\":\"dan\"}"}, "a",
		{"ann", "17", "18", "dan"}, {false, false, false, false}},
	{"in the string that is an envelope's payload",
		{"{\"offset\":9,\"payload\":\"{\\\"a\\\":\\\"ann\\\"}\"}",
			"{\"offset\":10,\"payload\":\"{\\\"a\\\":\\\"bob\\\"}\"}",
			"{\"offset\":11,\"payload\":\"{\\\"a\\\":\\\"carol\\\"}\"}",
			"{\"offset\":12,\"payload\":\"{\\\"a\\\":\\\"dan\\\"}\"}"},
		NULL, {"ann", "bob", "carol", "dan"}, {false, false, true, true}},
};

/* The value of the key, as it was scanned. */
static struct slice
value_of(const struct stream *stream, size_t i, char elsewhere[128])
{
	struct json_tree tree = {0};
	struct json_error error;
	struct slice value = {elsewhere, (size_t)snprintf(elsewhere, 128, "\"%s\"", stream->keys[i])};
	if (stream->name == NULL)
		return value;
	char name[8];
	snprintf(name, sizeof(name), "%s", stream->name);
	json_want(&tree, &(struct json_step){name, strlen(name), 0}, 1);
	if (!json_scan(stream->records[i], strlen(stream->records[i]), &tree, &value, &error))
		value = (struct slice){0};
	json_tree_free(&tree);
	return value;
}

/* Goes through the records as a join does. */
static unsigned
wrong_guesses(const struct stream *stream)
{
	struct guess guess = {0};
	unsigned wrong = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		const char *record = stream->records[i], *ahead = i + 1 < RECORDS ? stream->records[i + 1] : "";
		char elsewhere[128];
		guess_next(&guess, (struct slice){ahead, strlen(ahead)});
		bool right = guess_is_right(&guess, (struct slice){stream->keys[i], strlen(stream->keys[i])});
		wrong += right != stream->guessed[i] || guess.next.length > GUESS_MOST;
		if (!right)
			guess_learn(&guess, (struct slice){record, strlen(record)}, value_of(stream, i, elsewhere));
	}
	return wrong;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		ok(wrong_guesses(&streams[i]) == 0, "the next key stands %s", streams[i].what);
	return tap_end();
}
