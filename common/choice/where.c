#include "where.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char *
parse_value(const char **text, struct buffer *value)
{
	if (**text == '"') {
		char *spelt;
		size_t length;
		const char *wrong = paths_parse_key(text, &spelt, &length);
		if (wrong != NULL)
			return "a quoted value must be a JSON string";
		buffer_append(value, spelt, length);
		free(spelt);
		return **text == '\0' || **text == '|' ? NULL : "a quoted value ends at its quote";
	}
	size_t length = strcspn(*text, "|");
	buffer_append(value, *text, length);
	*text += length;
	return NULL;
}

static const char *
parse_values(const char **text, struct test *test)
{
	for (;; (*text)++) {
		test->values = need(reallocarray(test->values, test->count + 1, sizeof(*test->values)));
		test->values[test->count] = (struct buffer){0};
		const char *wrong = parse_value(text, &test->values[test->count++]);
		if (wrong != NULL || **text == '\0')
			return wrong;
	}
}

const char *
where_parse(struct tests *tests, struct paths *paths, const char **text)
{
	tests->list = need(reallocarray(tests->list, tests->count + 1, sizeof(*tests->list)));
	struct test *test = &tests->list[tests->count++];
	*test = (struct test){0};
	bool absent = **text == '!';
	*text += absent;
	const char *wrong = paths_parse(paths, text, &test->path, NULL);
	if (wrong != NULL)
		return wrong;
	test->negated = absent || strncmp(*text, "!=", 2) == 0;
	if (!absent && **text == '!' && (*text)[1] == '=')
		(*text)++;
	if (!absent && **text == '=') {
		(*text)++;
		return parse_values(text, test);
	}
	return **text == '\0' ? NULL : "a test is PATH=V[|V...], PATH!=V[|V...], PATH or !PATH";
}

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

bool
where_holds(struct tests *tests, const struct slice *values)
{
	for (size_t i = 0; i < tests->count; i++) {
		const struct test *test = &tests->list[i];
		struct slice value = path_value(test->path, values);
		bool holds = test->count > 0 ? is_one_of(test, value, &tests->scratch) : !slice_is_null(value);
		if (holds == test->negated)
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
