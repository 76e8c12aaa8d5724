/* Parts: json json_string utf8 buffer memory write */
#include "json_oracle.h"
#include "random.h"
#include "tap.h"

static struct oracle oracle;

#define TEXT(literal)                                                                                                  \
	{                                                                                                              \
		literal, sizeof(literal) - 1                                                                           \
	}

/* To be judged, and to make other texts from. */
static const struct slice texts[] = {TEXT("{}"), TEXT(" \t\r\n{ \t\r\n} \t\r\n"), TEXT(""), TEXT(" "), TEXT("[]"),
	TEXT("1"), TEXT("null"), TEXT("\"a\""), TEXT("{"), TEXT("}"), TEXT("{}}"), TEXT("{} {}"), TEXT("{}x"),
	TEXT("{,}"), TEXT("{\"a\":1,}"), TEXT("{\"a\"}"), TEXT("{\"a\":}"), TEXT("{\"a\" 1}"), TEXT("{a:1}"),
	TEXT("{'a':1}"), TEXT("{1:1}"), TEXT("{\"a\":1 \"b\":2}"), TEXT("{\"a\":[1,2,]}"), TEXT("{\"a\":[,1]}"),
	TEXT("{\"a\":[1 2]}"), TEXT("{\"a\":[}"), TEXT("{\"a\":]}"), TEXT("{\"a\":[1}}"), TEXT("{\"a\":{\"b\":[]]}"),
	TEXT("\xef\xbb\xbf{}"), TEXT("{}\0"), TEXT("\0{}"), TEXT("{\"a\":1}\f"), TEXT("{\"a\":\v1}"),
	TEXT("{\"a\":1}//c"), TEXT("{/**/\"a\":1}"),
	TEXT("{\"a\":\xc2\xa0"
	     "1}"),
	/* duplicate keys, keys with escapes, empty keys */
	TEXT("{\"a\":1,\"a\":2}"), TEXT("{\"a\":{\"b\":1},\"a\":2}"), TEXT("{\"a\":{\"b\":[1]},\"a\":{\"c\":1}}"),
	TEXT("{\"\\u0061\":{\"\\u0062\":[1]}}"), TEXT("{\"a\":1,\"\\u0061\":[2]}"), TEXT("{\"\":1,\"a\":{\"\":2}}"),
	TEXT("{\"a\\u0000\":1,\"a\":2}"), TEXT("{\"\\u0000\":1}"), TEXT("{\"a\0\":1}"), TEXT("{\"\xc3\xa9\":1}"),
	TEXT("{\"A\":1}"), TEXT("{\"a\":[{\"b\":[7]}],\"a\":[8,9]}"), TEXT("{\"0\":1,\"a\":{\"0\":2,\"b\":{\"0\":3}}}"),
	/* numbers */
	TEXT("{\"a\":0}"), TEXT("{\"a\":-0}"), TEXT("{\"a\":00}"), TEXT("{\"a\":01}"), TEXT("{\"a\":-01}"),
	TEXT("{\"a\":1.}"), TEXT("{\"a\":.1}"), TEXT("{\"a\":+1}"), TEXT("{\"a\":-}"), TEXT("{\"a\":--1}"),
	TEXT("{\"a\":1e}"), TEXT("{\"a\":1e+}"), TEXT("{\"a\":1E-0}"), TEXT("{\"a\":0e0}"), TEXT("{\"a\":0.0e-0}"),
	TEXT("{\"a\":1.5E+10}"), TEXT("{\"a\":1e5.}"), TEXT("{\"a\":0x1}"), TEXT("{\"a\":1a}"), TEXT("{\"a\":NaN}"),
	TEXT("{\"a\":Infinity}"), TEXT("{\"a\":-Infinity}"), TEXT("{\"a\":1e400}"), TEXT("{\"a\":-1e999999999999}"),
	TEXT("{\"a\":1e-400}"), TEXT("{\"a\":12345678901234567890}"),
	TEXT("{\"a\":-99999999999999999999,\"b\":1e400,\"c\":[1e400,1e401]}"), TEXT("{\"a\":1e400,\"b\":01}"),
	TEXT("{\"a\":9223372036854775807}"), TEXT("{\"a\":9223372036854775808}"), TEXT("{\"a\":28.50}"),
	TEXT("{\"a\":1\0}"),
	/* literals */
	TEXT("{\"a\":true,\"b\":false,\"c\":null}"), TEXT("{\"a\":True}"), TEXT("{\"a\":tru}"), TEXT("{\"a\":truee}"),
	TEXT("{\"a\":nul"), TEXT("{\"a\":nulll}"), TEXT("{\"a\":falsetrue}"), TEXT("{\"a\":n}"), TEXT("{\"a\":t\0ue}"),
	TEXT("{\"a\":true1}"), TEXT("{\"a\":nan}"), TEXT("{\"a\":undefined}"),
	/* strings */
	TEXT("{\"a\":\"\"}"), TEXT("{\"a\":\"}"), TEXT("{\"a\":\""), TEXT("{\"a\":\"\\"), TEXT("{\"a\":\"\\\""),
	TEXT("{\"a\":\"\\\"}"), TEXT("{\"a\":\"\\\\\"}"), TEXT("{\"a\":\"\\\\\\\"}"),
	TEXT("{\"a\":\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"}"), TEXT("{\"a\":\"\\a\"}"), TEXT("{\"a\":\"\\x41\"}"),
	TEXT("{\"a\":\"\\u\"}"), TEXT("{\"a\":\"\\u004\"}"), TEXT("{\"a\":\"\\u004g\"}"), TEXT("{\"a\":\"\\uABcd\"}"),
	TEXT("{\"a\":\"\\u0000\"}"), TEXT("{\"a\":\"\\ud83d\\ude00\"}"), TEXT("{\"a\":\"\\ud83d\"}"),
	TEXT("{\"a\":\"\\ude00\"}"), TEXT("{\"a\":\"\\ud83d\\u0041\"}"), TEXT("{\"a\":\"\\ud83d\\\"}"),
	TEXT("{\"a\":\"\x7f\"}"), TEXT("{\"a\":\"\x1f\"}"), TEXT("{\"a\":\"\t\"}"), TEXT("{\"a\":\"\n\"}"),
	TEXT("{\"a\":\"\0\"}"), TEXT("{\"a\":\"01234567\x1f\"}"), TEXT("{\"a\":\"0123456\\\"\"}"),
	TEXT("{\"a\":\"01234567\\\"\"}"), TEXT("{\"a\":\"012345\\u00e9\"}"), TEXT("{\"a\":\"\\\xc3\xa9\"}"),
	TEXT("{\"a\":\"\\\x01\"}"), TEXT("{\"a\":\"\\\0\"}"), TEXT("{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}"),
	TEXT("{\"a\":\"\xff\"}"), TEXT("{\"a\":\"\xc3\"}"), TEXT("{\"a\":\"\xc0\xaf\"}"),
	TEXT("{\"a\":\"\xed\xa0\x80\"}"), TEXT("{\"a\":\"\xf4\x90\x80\x80\"}"), TEXT("{\"a\":\"\xe2\x82\"}"),
	TEXT("{\"\xff\":1}"), TEXT("{\"a\":\xff}"), TEXT("{\"\\x\":1}"), TEXT("{\"\t\":1}"),
	/* with all the wanted paths */
	TEXT("{\"a\":{\"b\":[1]},\"c\":null,\"b\":{\"a\":\"\"},\"customer\":\"x@y\",\"score\":-0.50e+1,\"key\":true}"),
	TEXT("{\"a\":[{\"b\":1},2],\"value\":[{\"element\":\"QQ==\",\"score\":1e3}],\"zSetEntries\":[1,[2,{}],"
	     "\"\\u00e9\"]}"),
	TEXT("{ \"sequences\" : { \"questions\" : [ 1 , { \"options\" : [ { \"id\" : \"x\" } ] } ] } , \"value\" : [ ] "
	     "}"),
	TEXT("{\"zsetEntries\":[{\"element\":{\"zsetEntries\":[]}}],\"value\":[{\"element\":0},{\"element\":1}]}")};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

/* Put in at random places. */
static const struct slice pieces[] = {TEXT("{"), TEXT("}"), TEXT("["), TEXT("]"), TEXT(","), TEXT(":"), TEXT("\""),
	TEXT("\\"), TEXT("\\u"), TEXT("\\u0061"), TEXT("\\ud83d"), TEXT("\\ude00"), TEXT("\\u0000"), TEXT("\\\""),
	TEXT("\xc3\xa9"), TEXT("\xff"), TEXT("\0"), TEXT("\n"), TEXT(" "), TEXT("0"), TEXT("-"), TEXT("1e400"),
	TEXT("e"), TEXT("."), TEXT("true"), TEXT("null"), TEXT("\"a\":"), TEXT("\"a\":1,"), TEXT("\"b\":[]"),
	TEXT(",\"a\":{\"b\":[1]}"), TEXT("[1,{\"b\":2}]"), TEXT("\x1f"), TEXT("99999999999999999999")};
enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };

static struct buffer corpus[TEXTS + 64];
static size_t corpus_size;

static void
add_to_corpus(const char *bytes, size_t length)
{
	if (corpus_size < sizeof(corpus) / sizeof(corpus[0]))
		buffer_append(&corpus[corpus_size++], bytes, length);
}

/* Adds the lines of the sample messages. */
static bool
add_file(const char *name)
{
	FILE *file = fopen(name, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	if (file == NULL)
		return false;
	while ((length = getline(&line, &size, file)) > 0)
		add_to_corpus(line, (size_t)length - (line[length - 1] == '\n'));
	free(line);
	return fclose(file) == 0;
}

static void
show(const char *wrong, const char *bytes, size_t length)
{
	printf("# %s: ", wrong);
	for (size_t i = 0; i < length; i++)
		printf(bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '%' ? "%c" : "%%%02X", (unsigned char)bytes[i]);
	printf("\n");
}

static void
check_texts(void)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < corpus_size; i++) {
		const char *text = corpus[i].bytes, *reason = oracle_check(&oracle, text, corpus[i].length);
		if (reason != NULL)
			show(reason, text, corpus[i].length);
		wrong += reason != NULL;
	}
	ok(wrong == 0 && oracle.accepted > 20 && oracle.refused > 60, "%zu texts, of which %zu are records",
		corpus_size, oracle.accepted);
}

/* A record cut at each place, and each of its bytes replaced by each other one. */
static void
check_bytes(void)
{
	static const char record[] = "{\"a\":[-1.5e+3,{\"b\":true}],\"\\u00e9\\n\":\"\xc3\xa9\",\"c\":null}";
	unsigned wrong = 0;
	for (size_t place = 0; place < sizeof(record); place += tap_stride())
		for (unsigned byte = 0; byte < 256; byte++) {
			char text[sizeof(record)];
			memcpy(text, record, sizeof(record));
			text[place] = (char)byte;
			size_t length = place == sizeof(record) - 1 ? sizeof(record) : sizeof(record) - 1;
			const char *reason = oracle_check(&oracle, text, length);
			if (reason != NULL && wrong++ < 5)
				show(reason, text, length);
		}
	for (size_t length = 0; length < sizeof(record); length++)
		wrong += oracle_check(&oracle, record, length) != NULL;
	ok(wrong == 0, "each byte at each place of a record: %u wrong", wrong);
}

/*
 * Adds a member to an object or an element to an array, at its start, where what was right mostly stays right.
 * Returns what is to follow of the text.
 */
static size_t
add_value(const struct buffer *text, size_t start, struct buffer *changed)
{
	static const char *const names[] = {
		"a", "b", "key", "value", "element", "questions", "options", "\\u0061", "score"};
	static const char *const values[] = {"1", "-0.5e1", "null", "true", "\"x\"", "[]", "{}", "[{\"b\":[2]},3]",
		"{\"b\":{\"a\":4}}", "\"\\u00e9\xc3\xa9\\\"\"", " [ 1 , \"]\" ] "};
	char added[80];
	while (start < text->length && text->bytes[start] != '{' && text->bytes[start] != '[')
		start++;
	const char opening = start < text->length ? text->bytes[start++] : '\0';
	buffer_append(changed, text->bytes, start);
	const char *value = values[random_below(sizeof(values) / sizeof(values[0]))];
	if (opening == '{')
		snprintf(added, sizeof(added), "\"%s\":%s,", names[random_below(sizeof(names) / sizeof(names[0]))],
			value);
	else
		snprintf(added, sizeof(added), "%s,", value);
	buffer_append(changed, added, strlen(added));
	return start;
}

/* Changes the text at one random place. */
static void
mutate(struct buffer *text)
{
	struct buffer changed = {0};
	const struct slice piece = pieces[random_below(PIECES)];
	const struct buffer *other = &corpus[random_below(corpus_size)];
	size_t start = random_below(text->length + 1), end = start + random_below(text->length - start + 1);
	switch (random_below(12)) {
	case 0: /* without a range */
	case 1:
		buffer_append(&changed, text->bytes, start);
		end = random_below(2) == 0 ? end : start + (start < text->length);
		break;
	case 2: /* a range twice */
		buffer_append(&changed, text->bytes, end);
		end = start;
		break;
	case 3: /* another text in it */
		buffer_append(&changed, text->bytes, start);
		buffer_append(&changed, other->bytes, other->length);
		end = start;
		break;
	case 4: /* one byte */
		buffer_append(&changed, text->bytes, start);
		buffer_append(&changed, &(char){(char)random_below(256)}, 1);
		end = start + (start < text->length);
		break;
	case 5: /* a piece */
	case 6:
		buffer_append(&changed, text->bytes, start);
		buffer_append(&changed, piece.at, piece.length);
		end = start;
		break;
	default:
		end = add_value(text, start, &changed);
	}
	buffer_append(&changed, text->bytes + end, text->length - end);
	buffer_free(text);
	*text = changed;
}

static void
check_mutations(unsigned rounds)
{
	unsigned wrong = 0;
	size_t accepted = oracle.accepted, found = oracle.found;
	for (unsigned round = 0; round < rounds; round++) {
		struct buffer text = {0};
		const struct buffer *from = &corpus[random_below(corpus_size)];
		buffer_append(&text, from->bytes, from->length);
		for (size_t changes = 1 + random_below(3); changes > 0; changes--)
			mutate(&text);
		const char *reason = oracle_check(&oracle, text.bytes, text.length);
		if (reason != NULL && wrong++ < 5)
			show(reason, text.bytes, text.length);
		buffer_free(&text);
	}
	accepted = oracle.accepted - accepted;
	found = oracle.found - found;
	/* were nearly all of one sort, this would test little */
	ok(wrong == 0 && accepted > rounds / 50 && accepted < rounds / 2 && found > accepted,
		"%u mutations, of which %zu are records with %zu values: %u wrong", rounds, accepted, found, wrong);
}

/* {"a":{"a":... or {"a":[[... of that many levels. */
static struct buffer
nested(size_t levels, bool arrays)
{
	struct buffer text = {0};
	buffer_append(&text, "{\"a\":", 5);
	for (size_t i = 1; i < levels; i++)
		buffer_append(&text, arrays ? "[" : "{\"a\":", arrays ? 1 : 5);
	buffer_append(&text, "1", 1);
	for (size_t i = 1; i < levels; i++)
		buffer_append(&text, arrays ? "]" : "}", 1);
	buffer_append(&text, "}", 1);
	return text;
}

static void
check_depth(void)
{
	static const size_t levels[] = {999, 1000, 1001, 2047, 2048, 2049, 1000000};
	for (size_t i = 0; i < 2 * sizeof(levels) / sizeof(levels[0]); i++) {
		struct buffer text = nested(levels[i / 2], i % 2);
		const char *reason = oracle_check(&oracle, text.bytes, text.length);
		struct json_error error = {0};
		bool taken = json_scan(text.bytes, text.length, &oracle.tree, oracle.slots, &error);
		ok(reason == NULL && taken == (levels[i / 2] <= 1000), "%zu levels of %s%s%s", levels[i / 2],
			i % 2 ? "arrays" : "objects", reason != NULL ? ": " : "", reason != NULL ? reason : "");
		buffer_free(&text);
	}
}

/* Strings of every length, at every distance from the end of the record, with what is special at every place. */
static void
check_string_lengths(void)
{
	unsigned wrong = 0;
	for (size_t length = 1; length < 40; length++)
		for (size_t place = 0; place < length; place++)
			for (const char *special = "\"\\\x1f\x80 ~"; *special != '\0'; special++) {
				struct buffer text = {0};
				buffer_append(&text, "{\"a\":\"", 6);
				for (size_t i = 0; i < length; i++)
					buffer_append(&text, i == place ? special : "x", 1);
				buffer_append(&text, "\"}", 2);
				wrong += oracle_check(&oracle, text.bytes, text.length) != NULL;
				buffer_free(&text);
			}
	ok(wrong == 0, "strings of 1 to 39 bytes with a special one at each place: %u wrong", wrong);
}

/* Names in any letter case, unless the tree holds them in the very case. */
static void
check_any_case(void)
{
	static const char record[] =
		"{\"KEY\":1,\"ZSETENTRIES\":6,\"zSetEntries\":2,\"zsetEntries\":3,\"k\":4,\"K\\u0065y\":5}";
	struct json_tree tree = {.any_case = true};
	struct slice slots[3];
	struct json_error error;
	json_want(&tree, &(struct json_step){(char *)"key", 3, 0}, 1);
	json_want(&tree, &(struct json_step){(char *)"zSetEntries", 11, 0}, 1);
	json_want(&tree, &(struct json_step){(char *)"zsetEntries", 11, 0}, 1);
	ok(json_scan(record, sizeof(record) - 1, &tree, slots, &error), "names in several letter cases");
	ok(slots[0].at != NULL && *slots[0].at == '5', "of a name in several cases the last counts");
	ok(slots[1].at != NULL && *slots[1].at == '2', "a name in its very case stays apart");
	ok(slots[2].at != NULL && *slots[2].at == '3', "from one in another");
	json_tree_free(&tree);
}

int
main(int argc, char *argv[])
{
	oracle_open(&oracle);
	for (size_t i = 0; i < TEXTS; i++)
		add_to_corpus(texts[i].at, texts[i].length);
	for (int i = 1; i < argc; i++)
		ok(add_file(argv[i]), "%s can be read", argv[i]);
	ok(corpus_size > TEXTS, "sample messages, too");
	check_texts();
	check_bytes();
	check_depth();
	check_string_lengths();
	check_any_case();
	check_mutations(tap_rounds());
	for (size_t i = 0; i < corpus_size; i++)
		buffer_free(&corpus[i]);
	oracle_close(&oracle);
	return tap_end();
}
