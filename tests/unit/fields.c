/* Parts: fields paths envelope reason date output json json_string utf8 buffer memory write */
#include "fields.h"

#include "tap.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define A_KEY                                                                                                          \
	"expected a key (quote one that holds a blank or one of . , [ ] = ! : @ \" < > ~ | *; . alone is the whole "   \
	"record)"
#define FORM                                                                                                           \
	"fields are [NAME=]PATH[!][:TYPE], separated by commas (quote a key that holds a blank or one of "             \
	".,[]=!:@\"<>~|*)"
#define ALONE "beside other fields the whole record needs a NAME="
#define AT_PATHS "the @ paths are @topic, @partition, @offset, @timestamp, @key, @headers.NAME, @position and @payload"

static struct output out; /* large */

/* The list as it was understood: NAME=PATH! :TYPE of each field, or what is wrong with it and where. */
static void
describe(const char *list, bool enveloped, bool two_sided, char *text, size_t size)
{
	static const char *const types[] = {"", " string", " number", " boolean", " year"};
	struct paths paths;
	struct fields fields = {0};
	const char *at = list;
	size_t used = 0;
	paths_open(&paths, enveloped, two_sided);
	const char *wrong = fields_parse(&fields, &paths, &at);
	text[0] = '\0';
	if (wrong != NULL)
		snprintf(text, size, "%zu: %s", (size_t)(at - list), wrong);
	for (size_t i = 0; wrong == NULL && i < fields.count; i++) {
		const struct field *field = &fields.list[i];
		used += (size_t)snprintf(text + used, size - used, "%s%s=%s%s%s", i > 0 ? ", " : "",
			field->name != NULL ? field->name : "", field->path->text, field->required ? "!" : "",
			types[field->type]);
	}
	fields_close(&fields);
	paths_close(&paths);
}

static void
check_lists(void)
{
	static const struct {
		const char *list, *understood;
	} lists[] = {{"email", "email=email"}, {"a,b!,c:year", "a=a, b=b!, c=c year"},
		{"x=a.b[0].c!:number", "x=a.b[0].c! number"}, {"a.b[0][12]", "b=a.b[0][12]"},
		{"headers.\"User-Agent\"", "User-Agent=headers.\"User-Agent\""},
		{"\"a\\u00e9.,[]=!:@\\\"\"", "a\xc3\xa9.,[]=!:@\"=\"a\\u00e9.,[]=!:@\\\"\""},
		{"\"new name\"=a", "new name=a"}, {" a, b! : string , c = d", "a=a, b=b! string, c=d"},
		{"a b", "2: " FORM}, {"raw=.", "raw=."}, {".", "=.!"}, {"a,.", "2: " ALONE}, {"1.", "2: " A_KEY},
		{"birthYear=birthDay!:year", "birthYear=birthDay! year"}, {"1.a", "a=1.a"}, {"", "0: " A_KEY},
		{"a,", "2: " A_KEY}, {",a", "0: " A_KEY}, {"a.", "2: " A_KEY}, {"a..b", "2: " A_KEY},
		{"[0]", "0: " A_KEY}, {"a[x]", "1: an index is a number in brackets, such as [0]"},
		{"a[-1]", "1: an index is a number in brackets, such as [0]"},
		{"a[0", "1: an index is a number in brackets, such as [0]"},
		{"a[99999999999999999999]", "1: an index is a number in brackets, such as [0]"},
		{"a:int", "2: a type is string, number, boolean or year"},
		{"a:", "2: a type is string, number, boolean or year"},
		{"a:years", "2: a type is string, number, boolean or year"},
		{"a,b=a,a", "6: two fields have this name: rename one with NAME="},
		{"\"a", "0: a quoted key must be a JSON string"}, {"\"\\x\"", "0: a quoted key must be a JSON string"},
		{"a!!", "2: " FORM}, {"@topic", "0: @ paths need --envelope"}};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char text[1000];
		describe(lists[i].list, false, false, text, sizeof(text));
		ok(strcmp(text, lists[i].understood) == 0, "'%s' is '%s'", lists[i].list, lists[i].understood);
		if (strcmp(text, lists[i].understood) != 0)
			printf("# but was '%s'\n", text);
	}
}

static void
check_other_places(void)
{
	static const struct {
		const char *list;
		bool two_sided;
		const char *understood;
	} lists[] = {{"@topic,@partition,@offset,@timestamp,@key,@position", false,
			     "topic=@topic, partition=@partition, offset=@offset, timestamp=@timestamp, key=@key, "
			     "position=@position"},
		{"trace=@headers.\"trace-id\"!", false, "trace=@headers.\"trace-id\"!"},
		{"1.a,b=2.a,c=a", true, "a=1.a, b=2.a, c=a"},
		{"1.@topic,t=2.@topic", true, "topic=1.@topic, t=2.@topic"}, {"1.,t=2.", true, "3: " ALONE},
		{"t=1.,e=2.,x=.", true, "t=1., e=2., x=."}, {"@payload", false, "payload=@payload"},
		{"@headers", false, "0: " AT_PATHS}, {"@topic.x", false, "0: " AT_PATHS}};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char text[1000];
		describe(lists[i].list, true, lists[i].two_sided, text, sizeof(text));
		ok(strcmp(text, lists[i].understood) == 0, "'%s' is '%s'", lists[i].list, lists[i].understood);
		if (strcmp(text, lists[i].understood) != 0)
			printf("# but was '%s'\n", text);
	}
}

/* What comes of a record: a line of output, or the reason why none does. */
static void
convert(const char *list, const char *key, const char *json, char *text, size_t size)
{
	struct paths paths;
	struct fields fields = {0};
	struct json_error error;
	struct reason reason;
	int fd = memfd_create("fields", 0);
	paths_open(&paths, false, false);
	if (fields_parse(&fields, &paths, &list) != NULL)
		abort(); /* not what is tested here */
	struct slice *values = paths_lay_out(&paths);
	if (!json_scan(json, strlen(json), &paths.sides[EVENTS].record, values, &error))
		abort();
	output_open(&out, dup(fd), 0);
	if (fields_convert(&fields, values, &reason))
		fields_write(&fields, key == NULL ? NULL : fields_named(&fields, key), &out);
	else {
		reason_say(&reason, text, size);
		output_string(&out, text);
	}
	if (output_close(&out) != 0)
		abort();
	ssize_t length = pread(fd, text, size - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	close(fd);
	free(values);
	fields_close(&fields);
	paths_close(&paths);
}

static void
check_values(void)
{
	static const struct {
		const char *list, *key, *json, *result;
	} cases[] = {{"a", NULL, "{\"a\":28.50}", "{\"a\":28.50}\n"},
		{"b,a", NULL, "{\"a\":1,\"b\":\"\\u00e9\"}", "{\"b\":\"\\u00e9\",\"a\":1}\n"},
		{"a", NULL, "{}", "{\"a\":null}\n"}, {"a!", NULL, "{}", "a: expected a value, found nothing"},
		{"a!", NULL, "{\"a\":null}", "a: expected a value, found null"},
		{"x=a.b!", NULL, "{\"a\":{\"b\":null}}", "a.b: expected a value, found null"},
		{"a", NULL, "{\"a\": [ 1 , \"x \\\" y\" , { \"b\" : [ ] } ] }",
			"{\"a\":[1,\"x \\\" y\",{\"b\":[]}]}\n"},
		{"a:string", NULL, "{\"a\":-1e400}", "{\"a\":\"-1e400\"}\n"},
		{"a:string", NULL, "{\"a\":true}", "{\"a\":\"true\"}\n"},
		{"a:string", NULL, "{\"a\":\"x\"}", "{\"a\":\"x\"}\n"},
		{"a:string", NULL, "{\"a\":null}", "{\"a\":null}\n"},
		{"a:string", NULL, "{\"a\":[]}", "a: expected a string, number, true or false, found []"},
		{"a:number", NULL, "{\"a\":\"28.50\"}", "{\"a\":28.50}\n"},
		{"a:number", NULL, "{\"a\":\"\\u0032\"}", "{\"a\":2}\n"},
		{"a:number", NULL, "{\"a\":\"1 \"}", "a: expected a number, found \"1 \""},
		{"a:number", NULL, "{\"a\":\"\"}", "a: expected a number, found \"\""},
		{"a:number", NULL, "{\"a\":\"NaN\"}", "a: expected a number, found \"NaN\""},
		{"a:number", NULL, "{\"a\":true}", "a: expected a number, found true"},
		{"a:number", NULL, "{\"a\":\"1\\u0000\"}", "a: expected a number, found \"1\\u0000\""},
		{"a:year", NULL, "{\"a\":\"1963-08-16T10:00:00Z\"}", "{\"a\":\"1963\"}\n"},
		{"a:year", NULL, "{\"a\":\"\\u0031963-08-16\"}", "{\"a\":\"1963\"}\n"},
		{"a:year", NULL, "{\"a\":\"1963-02-29\"}",
			"a: expected a string that starts with a date such as 1963-08-16, found \"1963-02-29\""},
		{"a:year", NULL, "{\"a\":1963}",
			"a: expected a string that starts with a date such as 1963-08-16, found 1963"},
		{"a", "a", "{\"a\":\"x\\ty\"}", "x\\ty\t{\"a\":\"x\\ty\"}\n"},
		{"a", "a", "{\"a\":5}", "5\t{\"a\":5}\n"}, {"a", "a", "{}", "\t{\"a\":null}\n"},
		{"a:string", "a", "{\"a\":5}", "5\t{\"a\":\"5\"}\n"},
		{"a:year", "a", "{\"a\":\"1963-08-16\"}", "1963\t{\"a\":\"1963\"}\n"},
		{"a", "a", "{\"a\":[ 1, 2 ]}", "[1,2]\t{\"a\":[1,2]}\n"},
		{"a[1].b", NULL, "{\"a\":[0,{\"b\":2}]}", "{\"b\":2}\n"},
		{"\"\\u0022\"", NULL, "{\"\\\"\":1}", "{\"\\\"\":1}\n"},
		{"n=a", NULL, "{\"a\":1,\"a\":\"last\"}", "{\"n\":\"last\"}\n"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1000];
		convert(cases[i].list, cases[i].key, cases[i].json, text, sizeof(text));
		ok(strcmp(text, cases[i].result) == 0, "'%s' of %s", cases[i].list, cases[i].json);
		if (strcmp(text, cases[i].result) != 0)
			printf("# was %s\n", text);
	}
}

int
main(void)
{
	check_lists();
	check_other_places();
	check_values();
	return tap_end();
}
