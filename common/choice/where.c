#include "where.h"

#include "decimal.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char forms[] = "a test is PATH=V[|V...], PATH!=V[|V...], PATH<V, <=, >, >=, PATH or !PATH; "
			    "quote a V that begins with one of = ! < > ~";

static const struct comparison {
	const char *text;
	enum test_kind kind;
	bool negated;
	int least, most;
} comparisons[] = {{"!=", TEST_EQUAL, true, 0, 0}, {"=", TEST_EQUAL, false, 0, 0}, {"<=", TEST_ORDER, false, -1, 0},
	{"<", TEST_ORDER, false, -1, -1}, {">=", TEST_ORDER, false, 0, 1}, {">", TEST_ORDER, false, 1, 1}};

/* ---- parsing ---- */

static void
skip_blanks(const char **text)
{
	*text += strspn(*text, PATH_BLANKS);
}

static const char *
parse_quoted(const char **text, struct buffer *value)
{
	char *spelt;
	size_t length;
	if (paths_parse_key(text, &spelt, &length) != NULL)
		return "a quoted value must be a JSON string";
	buffer_append(value, spelt, length);
	free(spelt);
	skip_blanks(text);
	return **text == '\0' || **text == '|' ? NULL : "a quoted value ends at its quote";
}

/* What is written in another language holds for nothing here, and is not to do so silently. */
static const char *
judge_bare(const char **text, size_t length)
{
	const char *start = *text, *both = memmem(start, length, "&&", 2);
	if (length > 0 && strchr("=!<>~", *start) != NULL)
		return forms;
	if (length > 1 && *start == '\'' && start[length - 1] == '\'')
		return "a value is quoted with double quotes";
	if (both != NULL) {
		*text = both;
		return "give each test by itself, all must hold (or quote the value)";
	}
	if (start[length] == '|' && start[length + 1] == '|') {
		*text = start + length + 1;
		return "one | separates values (quote one that is empty or holds a |)";
	}
	return NULL;
}

static const char *
parse_bare(const char **text, struct buffer *value)
{
	size_t length = strcspn(*text, "|");
	const char *wrong = judge_bare(text, length);
	if (wrong != NULL)
		return wrong;
	const char *start = *text;
	*text += length;
	while (length > 0 && strchr(PATH_BLANKS, start[length - 1]) != NULL)
		length--;
	buffer_append(value, start, length);
	return NULL;
}

/* Whether text looks like a number without being one of JSON's, such as .5 */
static bool
is_another_number(const char *text)
{
	char *end;
	strtod(text, &end);
	return end != text && *end == '\0' && strpbrk(text, "0123456789") != NULL;
}

static const char *
judge_order(const char **text, struct test *test, bool quoted)
{
	struct slice value = {test->values[0].bytes, test->values[0].length};
	if (**text == '|')
		return "one value is compared with (quote one that holds a |)";
	if (value.length == 0 && !quoted)
		return "expected a value";
	if (quoted)
		return NULL;
	test->number = json_spells_number(value);
	if (!test->number && is_another_number(value.at))
		return "a number is written as in JSON, such as -0.5 (quote it to compare text)";
	if (test->number && !decimal_is_comparable(value))
		return "an exponent has at most 18 digits";
	return NULL;
}

static const char *
parse_values(const char **text, struct test *test)
{
	for (;; (*text)++) {
		skip_blanks(text);
		test->values = need(reallocarray(test->values, test->count + 1, sizeof(*test->values)));
		test->values[test->count] = (struct buffer){0};
		bool quoted = **text == '"';
		const char *start = *text;
		const char *wrong = (quoted ? parse_quoted : parse_bare)(text, &test->values[test->count++]);
		if (wrong == NULL && test->kind == TEST_ORDER) {
			wrong = judge_order(text, test, quoted);
			if (wrong != NULL && **text != '|')
				*text = start;
		}
		if (wrong != NULL || **text == '\0')
			return wrong;
	}
}

static const char *
parse_comparison(const char **text, struct test *test)
{
	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
		const struct comparison *comparison = &comparisons[i];
		if (strncmp(*text, comparison->text, strlen(comparison->text)) != 0)
			continue;
		*text += strlen(comparison->text);
		test->kind = comparison->kind;
		test->negated = comparison->negated;
		test->least = comparison->least;
		test->most = comparison->most;
		return parse_values(text, test);
	}
	return forms;
}

const char *
where_parse(struct tests *tests, struct paths *paths, const char **text)
{
	tests->list = need(reallocarray(tests->list, tests->count + 1, sizeof(*tests->list)));
	struct test *test = &tests->list[tests->count++];
	*test = (struct test){.kind = TEST_THERE};
	skip_blanks(text);
	bool expected = paths->expected;
	test->negated = **text == '!';
	*text += test->negated;
	paths->expected = expected && !test->negated;
	const char *start = *text, *wrong = paths_parse(paths, text, &test->path, NULL);
	paths->expected = expected;
	if (wrong != NULL)
		return wrong;
	if (test->path->whole) {
		*text = start;
		return "a test is of a part of the record";
	}
	skip_blanks(text);
	if (**text == '\0')
		return NULL;
	return test->negated ? "nothing stands behind !PATH" : parse_comparison(text, test);
}

/* ---- testing ---- */

static bool
is_one_of(const struct test *test, struct slice value, struct buffer *scratch)
{
	if (slice_is_null(value) || slice_is_object(value) || slice_is_array(value))
		return false;
	if (slice_is_string(value))
		value = json_string_content(value, scratch);
	for (size_t i = 0; i < test->count; i++)
		if (test->values[i].length == value.length &&
			memcmp(test->values[i].bytes, value.at, value.length) == 0)
			return true;
	return false;
}

static int
compare_bytes(struct slice a, struct slice b)
{
	int order = memcmp(a.at, b.at, a.length < b.length ? a.length : b.length);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* What can't be compared does not hold. */
static bool
is_in_order(const struct test *test, struct slice value, struct buffer *scratch)
{
	struct slice with = {test->values[0].bytes, test->values[0].length};
	bool number = slice_is_number(value);
	if (!number && !slice_is_string(value))
		return false;
	if (!number) {
		value = json_string_content(value, scratch);
		number = test->number && json_spells_number(value);
	} else if (!test->number) {
		return false;
	}
	int order = number ? decimal_compare(value, with) : compare_bytes(value, with);
	order = (order > 0) - (order < 0);
	return order >= test->least && order <= test->most;
}

static bool
holds(const struct test *test, struct slice value, struct buffer *scratch)
{
	switch (test->kind) {
	case TEST_EQUAL:
		return is_one_of(test, value, scratch);
	case TEST_ORDER:
		return is_in_order(test, value, scratch);
	default:
		return !slice_is_null(value);
	}
}

bool
where_holds(struct tests *tests, const struct slice *values)
{
	for (size_t i = 0; i < tests->count; i++) {
		const struct test *test = &tests->list[i];
		if (holds(test, path_value(test->path, values), &tests->scratch) == test->negated)
			return false;
	}
	return true;
}

void
where_close(struct tests *tests)
{
	for (size_t i = 0; i < tests->count; i++) {
		for (size_t j = 0; j < tests->list[i].count; j++)
			buffer_free(&tests->list[i].values[j]);
		free(tests->list[i].values);
	}
	free(tests->list);
	buffer_free(&tests->scratch);
}
