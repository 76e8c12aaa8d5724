/*
 * A target for libFuzzer: a field list, a line with a test, and a record. What can be parsed must make an object of
 * just these fields, and a test and its opposite can't both hold.
 */
#include "fuzz.h"

#include "fields.h"
#include "where.h"

struct parsed {
	struct paths paths;
	struct fields fields;
	struct tests test, opposite;
	struct slice *values;
};

/* Whether it could be parsed; if not, the place must lie within the text. */
static bool
is_right(const char *wrong, const char *text, const char *at)
{
	if (wrong != NULL && (at < text || at > text + strlen(text) || *wrong == '\0'))
		refute("'%s' is refused without a place or a reason", text);
	return wrong == NULL;
}

/* PATH=V becomes PATH!=V, and PATH becomes !PATH, or the other way round. */
static char *
opposite_of(const char *test, struct paths *paths)
{
	test += strspn(test, PATH_BLANKS);
	const char *at = test + (*test == '!');
	const struct path *path;
	char *text = malloc(strlen(test) + 2);
	if (paths_parse(paths, &at, &path, NULL) != NULL)
		refute("'%s' is a test without a path", test);
	at += strspn(at, PATH_BLANKS);
	if (*test == '!')
		strcpy(text, test + 1);
	else if (*at == '\0')
		sprintf(text, "!%s", test);
	else if (*at == '!')
		sprintf(text, "%.*s%s", (int)(at - test), test, at + 1);
	else if (*at == '=')
		sprintf(text, "%.*s!%s", (int)(at - test), test, at);
	else
		strcpy(text, ""); /* what can't be compared holds for neither of < and >= */
	return text;
}

static bool
parse(struct parsed *parsed, const char *list, const char *test)
{
	const char *at = list;
	paths_open(&parsed->paths, strchr(list, '@') != NULL, false);
	if (!is_right(fields_parse(&parsed->fields, &parsed->paths, &at), list, at))
		return false;
	at = test;
	if (*test == '\0')
		return true;
	if (!is_right(where_parse(&parsed->test, &parsed->paths, &at), test, at))
		return false;
	char *opposite = opposite_of(test, &parsed->paths);
	at = opposite;
	if (*opposite != '\0' && where_parse(&parsed->opposite, &parsed->paths, &at) != NULL)
		refute("'%s' is a test, but '%s' is none", test, opposite);
	free(opposite);
	return true;
}

static void
check_output(struct fields *fields)
{
	static struct output out;
	static int file;
	size_t length, i = 0;
	const char *name;
	json_t *value;
	output_open(&out, dup(emptied(&file)), 0);
	fields_write(fields, NULL, &out);
	if (output_close(&out) != 0)
		refute("the output can't be written");
	char *line = content(file, &length);
	if (length == 0 || memchr(line, '\n', length) != line + length - 1)
		refute("no line is: %s", line);
	json_t *object = object_of(line, length - 1);
	bool whole = fields->list[0].name == NULL; /* the record itself, whatever it holds */
	json_object_foreach(object, name, value) if (!whole && fields_named(fields, name) != &fields->list[i++])
		refute("another field than '%s' is in its place: %s", fields->list[i - 1].name, line);
	if (!whole && i != fields->count)
		refute("not all fields are there: %s", line);
	json_decref(object);
	free(line);
}

static void
check_record(struct parsed *parsed, struct slice record)
{
	struct json_error error;
	struct reason reason;
	parsed->values = paths_lay_out(&parsed->paths);
	struct json_tree *tree = &parsed->paths.sides[EVENTS].record;
	if (json_scan(record.at, record.length, tree, parsed->values, &error)) {
		if (parsed->opposite.count > 0 &&
			where_holds(&parsed->test, parsed->values) == where_holds(&parsed->opposite, parsed->values))
			refute("a test and its opposite are the same");
		if (fields_convert(&parsed->fields, parsed->values, &reason)) {
			check_output(&parsed->fields);
			return;
		}
		char text[512] = "";
		reason_say(&reason, text, sizeof(text));
		if (text[0] == '\0' || strchr(text, '\n') != NULL)
			refute("a reason is no line: %s", text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct slice input = {(const char *)bytes, size};
	struct parsed parsed = {0};
	struct slice list = take_part(&input, "\n"), test = take_part(&input, "\n"), record = take_part(&input, "\n");
	if (parse(&parsed, list.at, test.at))
		check_record(&parsed, record);
	fields_close(&parsed.fields);
	where_close(&parsed.test);
	where_close(&parsed.opposite);
	paths_close(&parsed.paths);
	free(parsed.values);
	drop(list);
	drop(test);
	drop(record);
	return 0;
}
